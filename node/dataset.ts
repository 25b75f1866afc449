import {
  CURIE_PATTERN,
  type AccessLevel,
  type AssemblyId,
  type Granularity,
  type IdentifierPolicy,
  type NodeConfig,
} from '../schemas/index.js'
import { namesPersonalNumbers, removeFilesOf } from './files/change-files.js'
import { lockIngest } from './ingest/ingest-lock.js'
import { POPULATION_FIELDS } from './metadata/people-groups.js'
import {
  DATASET_ID,
  listDatasetIds,
  MOST_GROUPS,
  readManifest,
  removeDatasetFiles,
  writeManifest,
  type DatasetManifest,
} from './variants/dataset-manifest.js'

/** Below this genotype quality a call counts as a no-call (`counting.md`, "Which calls count"). */
const DEFAULT_MINIMUM_GENOTYPE_QUALITY = 20

/** A dataset that cannot be made or changed as asked. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
}

export interface DatasetOptions {
  readonly name: string
  readonly assembly: AssemblyId
  readonly granularity: Granularity
  readonly access: AccessLevel
  readonly basis?: string
  readonly controller?: string
  readonly contact?: string
  /** Default: pseudonymous. */
  readonly identifiers?: IdentifierPolicy
  /** Records of alleles may name the people who have them. Default: they may not. */
  readonly caseLevel?: boolean
}

/** @throws DatasetError the id is taken or none, public access without a basis, or case-level data without records */
export function addDataset(
  directory: string,
  config: NodeConfig,
  id: string,
  options: DatasetOptions,
  now: Date,
): void {
  if (!DATASET_ID.test(id)) {
    throw new DatasetError(`"${id}" is no dataset id: use letters, digits, ".", "_" and "-", at most 64`)
  }
  if (readManifest(directory, id)) throw new DatasetError(`there is a dataset ${id} already`)
  const { name, assembly, granularity, access, identifiers = 'pseudonymous', caseLevel = false } = options
  const basis = options.basis?.trim()
  if (access === 'public' && !basis) {
    throw new DatasetError('--access public needs --basis "why these data may be public"')
  }
  requireRecords(granularity, caseLevel)
  writeManifest(directory, {
    id,
    name,
    assembly,
    access,
    granularity,
    identifiers,
    caseLevelData: caseLevel,
    ...(basis ? { basis } : {}),
    controller: options.controller ?? config.organization.name,
    contact: options.contact ?? config.contact,
    normalisation: config.references?.[assembly] === undefined ? 'trimmed' : 'left-aligned',
    minimumGenotypeQuality: DEFAULT_MINIMUM_GENOTYPE_QUALITY,
    published: true,
    createDateTime: now.toISOString(),
    updateDateTime: now.toISOString(),
    segments: [],
  })
}

function requireRecords(granularity: Granularity, caseLevel: boolean): void {
  if (caseLevel && granularity !== 'record') {
    throw new DatasetError(`--case-level needs --granularity record: the dataset tells ${granularity} at most`)
  }
}

/** @throws DatasetError there is no such dataset */
export function requireManifest(directory: string, id: string): DatasetManifest {
  const manifest = DATASET_ID.test(id) ? readManifest(directory, id) : undefined
  if (!manifest) throw new DatasetError(`there is no dataset ${id}`)
  return manifest
}

/**
 * Withdraws a dataset (the node answers as if it did not exist) or publishes it again. A running node follows within a second.
 *
 * @throws DatasetError there is no such dataset; IngestError an ingest is running
 */
export function setPublished(directory: string, id: string, published: boolean, now: Date): void {
  const unlock = lockIngest(directory)
  try {
    writeManifest(directory, { ...requireManifest(directory, id), published, updateDateTime: now.toISOString() })
  } finally {
    unlock()
  }
}

/** What of a dataset's policy can be changed after it was made. */
export interface DatasetChanges extends Pick<DatasetOptions, 'identifiers' | 'caseLevel'> {
  /** Terms and fields of individuals by which frequencies are told, with commas between; `none` for none. */
  readonly groups?: string
}

/**
 * Changes how people are called, whether they are named beside alleles, and of which groups of them frequencies are told. A
 * running node follows within a second.
 *
 * @throws DatasetError there is no such dataset, it tells no records, a group is none, or a personal number would leave the node; IngestError an ingest is running
 */
export function setDataset(directory: string, id: string, changes: DatasetChanges, now: Date): void {
  const { identifiers, caseLevel } = changes
  const groups = changes.groups === undefined ? undefined : parseGroups(changes.groups)
  const unlock = lockIngest(directory)
  try {
    const manifest = requireManifest(directory, id)
    requireRecords(manifest.granularity, caseLevel ?? false)
    if (identifiers === 'keep' && namesPersonalNumbers(directory, id)) {
      throw new DatasetError(
        `a file of ${id} has samples named by personal identity numbers, which must not leave the node`,
      )
    }
    writeManifest(directory, {
      ...manifest,
      ...(identifiers === undefined ? {} : { identifiers }),
      ...(caseLevel === undefined ? {} : { caseLevelData: caseLevel }),
      ...(groups === undefined ? {} : { groups }),
      updateDateTime: now.toISOString(),
    })
  } finally {
    unlock()
  }
}

function parseGroups(text: string): readonly string[] {
  if (text.trim() === 'none') return []
  const groups = [...new Set(text.split(',').map((group) => group.trim()))]
  const isGroup = (group: string) =>
    POPULATION_FIELDS.some((field) => field === group) || new RegExp(CURIE_PATTERN).test(group)
  const wrong = groups.find((group) => !isGroup(group))
  if (wrong !== undefined) {
    throw new DatasetError(
      `"${wrong}" is no group: write a term such as HP:0001250, or ${POPULATION_FIELDS.join(' or ')}`,
    )
  }
  if (groups.length > MOST_GROUPS) throw new DatasetError(`a dataset has at most ${MOST_GROUPS} groups`)
  return groups
}

/**
 * Deletes a withdrawn dataset for good. Its people keep their numbers, which other datasets may share; the files that it served
 * by htsget stay where they are.
 *
 * @throws DatasetError there is no such dataset, or it is not withdrawn; IngestError an ingest is running
 */
export function removeDataset(directory: string, id: string): void {
  const unlock = lockIngest(directory)
  try {
    if (requireManifest(directory, id).published) {
      throw new DatasetError(`dataset ${id} is published: withdraw it first, then remove it`)
    }
    // First what names the dataset: should the command be killed between, it finds the dataset again.
    removeFilesOf(directory, id)
    removeDatasetFiles(directory, id)
  } finally {
    unlock()
  }
}

/** Every dataset of the node, withdrawn ones included, by id. */
export function listDatasets(directory: string): readonly DatasetManifest[] {
  return listDatasetIds(directory).map((id) => requireManifest(directory, id))
}

/** One line a dataset. */
export function toDatasetTable(manifests: readonly DatasetManifest[]): string {
  if (manifests.length === 0) return 'no datasets\n'
  const width = Math.max(...manifests.map(({ id }) => id.length))
  const lines = manifests.map(({ id, assembly, access, granularity, published, segments, name }) => {
    const alleles = segments.reduce((sum, segment) => sum + segment.alleles, 0)
    const state = published ? 'published' : 'withdrawn'
    return `${id.padEnd(width)}  ${state}  ${assembly}  ${access}  ${granularity}  ${segments.length} segments  ${alleles} alleles  ${name}`
  })
  return `${lines.join('\n')}\n`
}
