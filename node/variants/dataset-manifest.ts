import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import {
  ACCESS_LEVELS,
  ASSEMBLY_IDS,
  closed,
  compileSchema,
  count,
  dateTime,
  GRANULARITIES,
  IDENTIFIER_POLICIES,
  objectSchema,
  text,
  type AccessLevel,
  type AssemblyId,
  type Granularity,
  type IdentifierPolicy,
} from '../../schemas/index.js'

/** An immutable segment file and what it holds. */
export interface SegmentEntry {
  /** File name in the dataset's `segments` folder. */
  readonly file: string
  readonly alleles: number
  readonly individuals: number
  readonly createDateTime: string
}

/** What a dataset holds: calls of people, or alleles that were counted elsewhere. Never both. */
export const DATASET_CONTENTS = ['genotypes', 'sites'] as const

export type DatasetContent = (typeof DATASET_CONTENTS)[number]

/** How the alleles of a pre-counted dataset were counted: with AC and AN, or as cases in which they were observed. */
export const SITES_SOURCES = ['allele-counts', 'observations'] as const

/** What the files of a pre-counted dataset say of themselves. */
export interface SitesFacts {
  readonly source: (typeof SITES_SOURCES)[number]
  /** Cases among whom alleles were observed, where the file says so (`##NrCases`). */
  readonly cases?: number
}

/** `manifest.json` of a dataset: all that is published of it. Replaced whole by an atomic rename. */
export interface DatasetManifest {
  readonly id: string
  readonly name: string
  readonly assembly: AssemblyId
  readonly access: AccessLevel
  readonly granularity: Granularity
  /** Absent: pseudonymous. */
  readonly identifiers?: IdentifierPolicy
  /** Records of alleles may name the people who have them; absent: they may not. */
  readonly caseLevelData?: boolean
  /** Terms and fields of individuals by which its people are grouped for frequencies (metadata/people-groups.ts); absent: none. */
  readonly groups?: readonly string[]
  readonly basis?: string
  readonly controller: string
  readonly contact: string
  readonly normalisation: 'trimmed' | 'left-aligned'
  readonly minimumGenotypeQuality: number
  /** False: withdrawn. The data are kept, but the node answers as if the dataset did not exist. */
  readonly published: boolean
  readonly createDateTime: string
  readonly updateDateTime: string
  readonly segments: readonly SegmentEntry[]
  /** Absent: genotypes, or nothing yet. */
  readonly content?: DatasetContent
  /** With content `sites`. */
  readonly sites?: SitesFacts
}

/** Ids stand in paths and URLs. */
export const DATASET_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Declared by one dataset: each is one or two frequencies, or some more, of every record. */
export const MOST_GROUPS = 20

const checkManifest = compileSchema(
  objectSchema(
    'Dataset manifest',
    [
      'id',
      'name',
      'assembly',
      'access',
      'granularity',
      'controller',
      'contact',
      'normalisation',
      'minimumGenotypeQuality',
      'published',
      'createDateTime',
      'updateDateTime',
      'segments',
    ],
    {
      id: { type: 'string', pattern: DATASET_ID.source },
      name: text,
      assembly: { enum: ASSEMBLY_IDS },
      access: { enum: ACCESS_LEVELS },
      granularity: { enum: GRANULARITIES },
      identifiers: { enum: IDENTIFIER_POLICIES },
      caseLevelData: { type: 'boolean' },
      groups: { type: 'array', items: text, maxItems: MOST_GROUPS },
      basis: text,
      controller: text,
      contact: text,
      normalisation: { enum: ['trimmed', 'left-aligned'] },
      minimumGenotypeQuality: { type: 'number', minimum: 0 },
      published: { type: 'boolean' },
      createDateTime: dateTime,
      updateDateTime: dateTime,
      content: { enum: DATASET_CONTENTS },
      sites: {
        type: 'object',
        required: ['source'],
        properties: { source: { enum: SITES_SOURCES }, cases: count },
        ...closed,
      },
      segments: {
        type: 'array',
        items: {
          type: 'object',
          required: ['file', 'alleles', 'individuals', 'createDateTime'],
          properties: {
            file: { type: 'string', pattern: '^[A-Za-z0-9-]+\\.sqlite$' },
            alleles: count,
            individuals: count,
            createDateTime: dateTime,
          },
          ...closed,
        },
      },
    },
    closed,
  ),
)

export function datasetsDirectory(nodeDirectory: string): string {
  return join(nodeDirectory, 'datasets')
}

export function datasetDirectory(nodeDirectory: string, datasetId: string): string {
  if (!DATASET_ID.test(datasetId)) throw new TypeError(`not a dataset id: ${datasetId}`)
  return join(datasetsDirectory(nodeDirectory), datasetId)
}

export function manifestPath(nodeDirectory: string, datasetId: string): string {
  return join(datasetDirectory(nodeDirectory, datasetId), 'manifest.json')
}

export function segmentsDirectory(nodeDirectory: string, datasetId: string): string {
  return join(datasetDirectory(nodeDirectory, datasetId), 'segments')
}

/**
 * @returns undefined when there is no such dataset
 * @throws Error the manifest is damaged: our own file, so this is an internal error
 */
export function readManifest(nodeDirectory: string, datasetId: string): DatasetManifest | undefined {
  const path = manifestPath(nodeDirectory, datasetId)
  if (!existsSync(path)) return undefined
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const result = checkManifest(value)
  if (!result.ok) throw new Error(`${path}: ${result.violation.pointer} ${result.violation.message}`)
  return value as DatasetManifest
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** Ids of the node's datasets, in order. */
export function listDatasetIds(nodeDirectory: string): readonly string[] {
  const directory = datasetsDirectory(nodeDirectory)
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((id) => DATASET_ID.test(id) && existsSync(manifestPath(nodeDirectory, id)))
    .sort()
}

/** A name without an ending for a new segment, unlike all others; names sort by time. */
export function newSegmentName(now: Date): string {
  return `${now.toISOString().replaceAll(/[^0-9]/g, '')}-${randomBytes(4).toString('hex')}`
}

/** Gives a whole segment the name by which the next manifest will know it. */
export function moveSegment(nodeDirectory: string, datasetId: string, partial: string, file: string): void {
  const path = join(segmentsDirectory(nodeDirectory, datasetId), file)
  renameSync(partial, path)
  syncFile(path)
}

/** Flushes a file and the folder entry that names it, so that a published manifest never points at lost bytes. */
function syncFile(path: string): void {
  syncDirectory(path)
  syncDirectory(dirname(path))
}

/** Removes a dataset: first its manifest, with which it is gone for readers, then its files. */
export function removeDatasetFiles(nodeDirectory: string, datasetId: string): void {
  const directory = datasetDirectory(nodeDirectory, datasetId)
  rmSync(manifestPath(nodeDirectory, datasetId))
  syncDirectory(directory)
  rmSync(directory, { recursive: true })
}

/** Publishes a manifest: readers see the old one or the new one, never anything else. Only one process may do so at a time. */
export function writeManifest(nodeDirectory: string, manifest: DatasetManifest): void {
  const path = manifestPath(nodeDirectory, manifest.id)
  mkdirSync(segmentsDirectory(nodeDirectory, manifest.id), { recursive: true })
  const temporary = `${path}.tmp`
  const descriptor = openSync(temporary, 'w')
  writeSync(descriptor, `${JSON.stringify(manifest, null, 2)}\n`)
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(temporary, path)
  syncDirectory(dirname(path))
}
