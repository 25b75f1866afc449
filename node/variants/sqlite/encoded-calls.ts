import type { RecordedCalls } from '../calls.js'
import type { EncodedSet } from '../encode-numbers.js'
import { SET_COLUMNS } from './layout.js'

/** The calls of one allele as they are stored: nothing need be decoded on the way from a scan to its row. */
export type EncodedCalls = { readonly [Name in keyof RecordedCalls]: EncodedSet }

/** The same in the order of SET_COLUMNS. */
export type EncodedSets = readonly EncodedSet[]

/** Which set of the calls stands in which column. */
const CALLS_BY_COLUMN: { readonly [Column in (typeof SET_COLUMNS)[number]]: keyof RecordedCalls } = {
  heterozygous: 'heterozygous',
  homozygous: 'homozygous',
  hemizygous: 'hemizygous',
  no_call: 'noCall',
  one_allele: 'oneAllele',
  somatic: 'somatic',
  fractions: 'fractions',
}

/** The sets of an allele's calls, in the order of SET_COLUMNS. */
export const CALL_SETS: readonly (keyof RecordedCalls)[] = SET_COLUMNS.map((column) => CALLS_BY_COLUMN[column])

export function toSets(calls: EncodedCalls): EncodedSets {
  return CALL_SETS.map((name) => calls[name])
}
