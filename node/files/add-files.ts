import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { FormatError } from '../formats/format-error.js'
import { lockIngest } from '../ingest/ingest-lock.js'
import { readSampleMap } from '../ingest/sample-map.js'
import type { Individuals } from '../metadata/individuals.js'
import { isLocation } from '../storage/location.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { checkNoOtherFile, storeFiles } from './change-files.js'
import { enrolPeople } from './enrol-people.js'
import { checkFileId, toDefaultId } from './file-id.js'
import { toFileKind, type FileRecord } from './file-record.js'
import { indexesDirectory } from './file-tables.js'
import { FilesError } from './files-error.js'
import { requireAssembly } from './require-assembly.js'
import { inspectFile, type InspectedFile, type InspectOptions } from './inspect-file.js'

/** So many that two files never share one. */
const DIGEST_DIGITS = 32

export interface AddFilesOptions extends Omit<InspectOptions, 'onProgress'> {
  readonly nodeDirectory: string
  /** `assembly` absent: the files may be of any. */
  readonly dataset: Pick<DatasetManifest, 'id' | 'identifiers'> & Partial<Pick<DatasetManifest, 'assembly'>>
  /** Paths and locations. */
  readonly files: readonly string[]
  /** Of a single file; default: the dataset and the file's name. */
  readonly id?: string
  /** Of a single file; default: beside it. */
  readonly index?: string
  /** Path of a sample map. */
  readonly sampleMap?: string
  /** Whose the files are that name nobody. */
  readonly individual?: string
  readonly individuals: Individuals
  readonly now: () => Date
  readonly onProgress?: (file: string, read: number, total: number) => void
}

export interface AddedFile {
  readonly record: FileRecord
  readonly isIndexBuilt: boolean
  readonly hasEndOfFile: boolean
}

/**
 * Looks at files, finds or builds their indexes, enrols their people, and stores what is known of them: all or none. The files
 * stay where they are. A file that is known already, by id and place, is looked at anew.
 *
 * @throws FilesError, StorageError, IngestError with the file's name
 */
export async function addFiles(options: AddFilesOptions): Promise<readonly AddedFile[]> {
  const { nodeDirectory, files, individuals, sampleMap, individual } = options
  const { id: datasetId, identifiers, assembly } = options.dataset
  const locations = files.map(toLocation)
  const ids = locations.map((location) => options.id ?? toDefaultId(datasetId, location))
  for (const [place, id] of ids.entries()) {
    checkFileId(id)
    checkNoOtherFile(nodeDirectory, { id, datasetId, location: locations[place]! })
    if (ids.indexOf(id) !== place)
      throw new FilesError(`two of the files would be ${id}: add them one by one, with --id`)
  }
  const map = sampleMap === undefined ? new Map<string, string>() : readSampleMap(sampleMap)
  const inspected: InspectedFile[] = []
  for (const location of locations) {
    const file = await inspect(location, options)
    if (assembly) requireAssembly(file.stored.name, file.contigs, assembly)
    inspected.push(file)
  }

  const unlock = lockIngest(nodeDirectory)
  try {
    const named = inspected.map(({ stored, samples }) => ({ name: basename(stored.name), samples }))
    const keepsIdentifiers = identifiers === 'keep'
    const owner = individual === undefined ? {} : { owner: individual }
    const enrolled = enrolPeople(individuals, named, { sampleMap: map, keepsIdentifiers, ...owner })
    const added = inspected.map((file, place): AddedFile => {
      const { stored, format, isEncrypted, location, index } = file
      const kept =
        index.kind === 'found'
          ? { indexLocation: index.location, indexVersion: index.version }
          : keepIndex(nodeDirectory, file, index.bytes)
      const record: FileRecord = {
        id: ids[place]!,
        datasetId,
        kind: toFileKind(format),
        format,
        isEncrypted,
        location,
        size: stored.size,
        version: stored.version,
        ...kept,
        people: enrolled.people[place]!,
        addDateTime: options.now().toISOString(),
      }
      return { record, isIndexBuilt: index.kind === 'built', hasEndOfFile: file.hasEndOfFile }
    })
    // The people first: a number that a file has must not be given to somebody else.
    individuals.store(enrolled.individuals)
    storeFiles(
      nodeDirectory,
      added.map(({ record }) => record),
    )
    return added
  } finally {
    unlock()
  }
}

/** Files are named from where the command is run. */
function toLocation(text: string): string {
  return isLocation(text) ? text : resolve(text)
}

async function inspect(location: string, { index, storage, key, onProgress }: AddFilesOptions): Promise<InspectedFile> {
  const name = basename(location)
  try {
    return await inspectFile(location, index === undefined ? undefined : toLocation(index), {
      storage,
      ...(key ? { key } : {}),
      ...(onProgress ? { onProgress: (read, total) => onProgress(name, read, total) } : {}),
    })
  } catch (error) {
    if (error instanceof FormatError) throw new FilesError(`${name}: ${error.message}`, { cause: error })
    throw error
  }
}

/** Writes an index that was built into the node's directory. Its name depends on the file's place and version alone. */
function keepIndex(
  nodeDirectory: string,
  { location, stored, format }: InspectedFile,
  bytes: Buffer,
): Pick<FileRecord, 'indexLocation'> {
  const folder = indexesDirectory(nodeDirectory)
  const digest = createHash('sha256').update(`${location}\0${stored.version}`).digest('hex').slice(0, DIGEST_DIGITS)
  const indexLocation = join(folder, `${digest}.${format === 'CRAM' ? 'crai' : 'csi'}`)
  mkdirSync(folder, { recursive: true })
  const partial = `${indexLocation}.partial`
  writeFileSync(partial, bytes)
  renameSync(partial, indexLocation)
  return { indexLocation }
}
