import type { Crypt4ghFile } from '../formats/crypt4gh/open-crypt4gh.js'
import type { KeyPair } from '../formats/crypt4gh/key-exchange.js'
import { openCramAsBam } from '../formats/cram/open-cram-as-bam.js'
import type { ReferenceSource } from '../formats/cram/reference.js'
import { openSliceable } from '../formats/open-sliceable.js'
import type { RandomAccess } from '../formats/random-access.js'
import type { SliceableFile } from '../formats/slice.js'
import type { Storage } from '../storage/open-storage.js'
import { StorageError } from '../storage/storage-error.js'
import type { StoredFile } from '../storage/stored-file.js'
import type { FileRecord } from './file-record.js'
import type { FileRegistry } from './open-files.js'
import { toPlainFile } from './readable-file.js'

/** A file that is open, in the version that was added. Reading fails when it is changed. */
export interface OpenFile {
  readonly version: string
  /** Its bytes; of one that is kept as Crypt4GH those of the plaintext. */
  readonly data: RandomAccess
  readonly encrypted?: Crypt4ghFile
  /** Its records. */
  readonly file: SliceableFile
  /** Of CRAM: the same records as BAM; opened when it is first needed. */
  readonly asBam?: () => Promise<SliceableFile>
}

/** Opens files and keeps their headers and indexes for the next who asks. */
export interface FileSource {
  /** @returns undefined: there is no such file */
  find(id: string): FileRecord | undefined
  /**
   * @throws StorageError `not-found` when it is no file of the node any more, `changed` when it is not what was added; FormatError
   * it is damaged
   */
  open(file: Pick<FileRecord, 'id'>): Promise<OpenFile>
}

export interface FileSourceOptions {
  readonly registry: Pick<FileRegistry, 'find'>
  readonly storage: Pick<Storage, 'open'>
  readonly key?: KeyPair
  /** What CRAM files of a dataset may be written over, by the names that the file has for contigs; absent: it is not known. */
  readonly referenceOf?: (datasetId: string, contigs: readonly string[]) => ReferenceSource | undefined
  /** Memory for headers and indexes, bytes. */
  readonly cacheBytes?: number
  readonly now?: () => number
}

const CACHE_BYTES = 128 << 20
/** A small file takes about so much beside what it says. */
const LEAST_BYTES = 16 << 10
/** How long a file is taken for unchanged before its storage is asked again; reading checks it in any case. */
const CHECK_MS = 1_000

interface Kept {
  readonly record: FileRecord
  readonly opened: Promise<OpenFile>
  bytes: number
  checkedAt: number
}

export function openFileSource({
  registry,
  storage,
  key,
  referenceOf,
  cacheBytes = CACHE_BYTES,
  now = () => performance.now(),
}: FileSourceOptions): FileSource {
  /** The least recently used first. */
  const kept = new Map<string, Kept>()
  let keptBytes = 0

  const forget = (id: string, entry: Kept) => {
    if (kept.get(id) !== entry) return
    kept.delete(id)
    keptBytes -= entry.bytes
  }
  const grow = (id: string, entry: Kept, bytes: number) => {
    if (kept.get(id) !== entry) return
    entry.bytes += bytes
    keptBytes += bytes
    for (const [oldest, other] of kept) {
      if (keptBytes <= cacheBytes || other === entry) break
      forget(oldest, other)
    }
  }
  /** Not ended by the signal of one caller: others may wait for the same. */
  const start = (record: FileRecord): Kept => {
    const entry: Kept = { record, opened: openRecord(record, storage, key, referenceOf), bytes: 0, checkedAt: now() }
    kept.set(record.id, entry)
    entry.opened.then(
      ({ file }) => grow(record.id, entry, LEAST_BYTES + file.bytes + file.header.length),
      () => forget(record.id, entry),
    )
    return entry
  }

  async function open(record: FileRecord): Promise<OpenFile> {
    let entry = kept.get(record.id)
    if (entry && entry.record !== record && !isSame(entry.record, record)) {
      forget(record.id, entry)
      entry = undefined
    }
    if (!entry) return start(record).opened
    kept.delete(record.id)
    kept.set(record.id, entry)
    if (now() - entry.checkedAt >= CHECK_MS) {
      entry.checkedAt = now()
      try {
        await openAsAdded(storage, record.location, record.version)
      } catch (error) {
        forget(record.id, entry)
        throw error
      }
    }
    return entry.opened
  }

  return {
    find: (id) => registry.find(id),
    async open({ id }) {
      const record = registry.find(id)
      if (!record) throw new StorageError('not-found', `there is no file ${id}`)
      return open(record)
    },
  }
}

function isSame(a: FileRecord, b: FileRecord): boolean {
  return a.location === b.location && a.version === b.version && a.indexLocation === b.indexLocation
}

async function openRecord(
  { datasetId, location, version, indexLocation, indexVersion }: FileRecord,
  storage: Pick<Storage, 'open'>,
  key: KeyPair | undefined,
  referenceOf: FileSourceOptions['referenceOf'],
): Promise<OpenFile> {
  const [stored, index] = await Promise.all([
    openAsAdded(storage, location, version),
    openAsAdded(storage, indexLocation, indexVersion),
  ])
  const { data, encrypted } = await toPlainFile(stored, key)
  const { data: indexData } = await toPlainFile(index, key)
  const file = await openSliceable(data, indexData)
  const opened = { version, data, ...(encrypted ? { encrypted } : {}), file }
  if (file.format !== 'CRAM') return opened
  let asBam: Promise<SliceableFile> | undefined
  return {
    ...opened,
    asBam() {
      const names = file.contigs.map(({ name }) => name)
      asBam ??= openCramAsBam(data, indexData, referenceOf?.(datasetId, names))
      asBam.catch(() => (asBam = undefined))
      return asBam
    },
  }
}

/** @param version absent: any */
async function openAsAdded(
  storage: Pick<Storage, 'open'>,
  location: string,
  version: string | undefined,
): Promise<StoredFile> {
  const stored = await storage.open(location)
  if (version === undefined || stored.version === version) return stored
  throw new StorageError('changed', `${stored.name} is not the file any more that was added: add it again`)
}
