import type { RecordType } from '../metadata/record.js'
import type { Within } from '../metadata/narrow-people.js'

/** Every entry type of the Beacon v2 model. */
export const ENTRY_TYPES = [
  'individual',
  'biosample',
  'run',
  'analysis',
  'cohort',
  'dataset',
  'genomicVariant',
] as const

export type EntryTypeId = (typeof ENTRY_TYPES)[number]

/** Their names in paths. */
export const PATH_NAMES = {
  individual: 'individuals',
  biosample: 'biosamples',
  run: 'runs',
  analysis: 'analyses',
  cohort: 'cohorts',
  dataset: 'datasets',
  genomicVariant: 'g_variants',
} as const satisfies Record<EntryTypeId, string>

/** What can be asked below one entry of a type, by its path; the union of the standard's `endpoints.json` and `beaconMap.json`. */
export const BELOW: Readonly<Record<EntryTypeId, readonly EntryTypeId[]>> = {
  individual: ['biosample', 'genomicVariant', 'analysis', 'run'],
  biosample: ['analysis', 'genomicVariant', 'run'],
  run: ['analysis', 'genomicVariant'],
  analysis: ['genomicVariant'],
  cohort: ['individual', 'biosample', 'genomicVariant', 'analysis', 'run'],
  dataset: ['individual', 'biosample', 'genomicVariant', 'analysis', 'run'],
  genomicVariant: ['individual', 'biosample', 'analysis', 'run'],
}

/** Types below whose entries, or for which as a whole, filtering terms are listed. */
export const WITH_OWN_TERMS = ['cohort', 'dataset'] as const

/** What a path asks for: entries of a type, perhaps one of them, perhaps those below an entry of another type. */
export interface EntryPoint {
  readonly wanted: EntryTypeId
  readonly below?: { readonly type: EntryTypeId; readonly id: string }
  /** `/individuals/{id}`. */
  readonly id?: string
}

/** The people or the record that a path names; datasets and variants are no part of it. */
export function withinOf({ wanted, below, id }: EntryPoint): Within | undefined {
  if (below && below.type !== 'dataset' && below.type !== 'genomicVariant') return { type: below.type, id: below.id }
  if (id !== undefined && isRecordType(wanted)) return { type: wanted, id }
  return undefined
}

/** Whether a path names an individual, or a record of one. */
export function namesOnePerson(within: Within | undefined): boolean {
  return within !== undefined && within.type !== 'cohort'
}

export function isRecordType(type: EntryTypeId): type is RecordType {
  return type !== 'cohort' && type !== 'dataset' && type !== 'genomicVariant'
}

/** The variant that a path names. */
export function variantIdOf({ wanted, below, id }: EntryPoint): string | undefined {
  if (below?.type === 'genomicVariant') return below.id
  return wanted === 'genomicVariant' ? id : undefined
}
