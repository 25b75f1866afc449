import type { RecordedCalls } from '../calls.js'
import { decodeSet, encodeSet, type EncodedSet } from '../encoded-set.js'
import { SET_COLUMNS } from './layout.js'

/** The calls of one allele as they are stored: nothing need be decoded on the way from a scan to its row. */
export type EncodedCalls = { readonly [Set in keyof RecordedCalls]: EncodedSet }

type SetColumnName = (typeof SET_COLUMNS)[number]

/** Which set of the calls stands in which column. */
export const CALLS_BY_COLUMN: { readonly [Column in SetColumnName]: keyof RecordedCalls } = {
  heterozygous: 'heterozygous',
  homozygous: 'homozygous',
  hemizygous: 'hemizygous',
  no_call: 'noCall',
  one_allele: 'oneAllele',
}

/** The sets of an allele's calls, in the order of the columns. */
export const CALL_SETS: readonly (keyof RecordedCalls)[] = SET_COLUMNS.map((column) => CALLS_BY_COLUMN[column])

export function encodeCalls(calls: RecordedCalls): EncodedCalls {
  return mapCalls((set) => encodeSet(calls[set]))
}

export function decodeCalls(calls: EncodedCalls): RecordedCalls {
  return mapCalls((set) => decodeSet(calls[set]))
}

/** Gives every set of an allele's calls its value. */
export function mapCalls<Value>(toValue: (set: keyof RecordedCalls) => Value): { readonly [Set in keyof RecordedCalls]: Value } {
  return Object.fromEntries(CALL_SETS.map((set) => [set, toValue(set)])) as { [Set in keyof RecordedCalls]: Value }
}
