import type { Variant } from '../variant.js'
import { CARRIER_COLUMNS, type CarrierColumns } from './layout.js'
import type { Statement } from './segment-handles.js'

/** An allele as far as a question about several looks at it. */
export interface CarriedAllele extends Variant, CarrierColumns {}

export const CARRIED = `contig, start, ref AS referenceBases, alt AS alternateBases, ${CARRIER_COLUMNS.join(', ')}, somatic`

const pageOf = (table: string, only = 'TRUE'): Statement<CarriedAllele> => ({
  sql: `SELECT ${CARRIED} FROM ${table}
        WHERE contig = ? AND start < ? AND (start, ref, alt) > (?, ?, ?) AND ${only} ORDER BY start, ref, alt LIMIT ?`,
})
const SHORT_PAGE = pageOf('allele')
export const LONG_STARTS_PAGE = pageOf('long_allele')

/** What `alleleType` says of a short allele. */
const IS_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['SNP', 'length(ref) = 1 AND length(alt) = 1'],
  ['MNP', 'length(ref) > 1 AND length(ref) = length(alt)'],
  ['INS', "ref = ''"],
  ['DEL', "alt = ''"],
  ['INDEL', "ref <> '' AND alt <> '' AND length(ref) <> length(alt)"],
])
const PAGES_OF_TYPES = new Map<string, Statement<CarriedAllele>>()

/** @returns the page of all types where none of these is a sequence's: rows are looked at again, and left out then */
export function shortPageOf(types: readonly string[] | undefined): Statement<CarriedAllele> {
  const wanted = [...IS_OF_TYPE].filter(([type]) => types?.includes(type)).map(([, sql]) => `(${sql})`)
  if (wanted.length === 0) return SHORT_PAGE
  const only = `(${wanted.join(' OR ')})`
  let page = PAGES_OF_TYPES.get(only)
  if (!page) PAGES_OF_TYPES.set(only, (page = pageOf('allele', only)))
  return page
}
