import type { AnBasis } from '../../schemas/index.js'
import type { Bitmap } from '../variants/bitmap.js'
import { restrictCalls, type Calls } from '../variants/calls.js'
import type { Ploidy } from '../variants/ploidy.js'

/** People of whom a frequency of their own is told: a sex, a controller's patients, people with a phenotype. */
export interface PeopleGroup {
  readonly label: string
  readonly people: Bitmap
}

/** What a frequency is made of. */
export interface PopulationCounts {
  readonly alleleCount: number
  readonly alleleNumber: number
  readonly anBasis: AnBasis
  /** People; absent on MT. */
  readonly zygosities?: {
    readonly heterozygotes: number
    readonly homozygotes: number
    readonly hemizygotes: number
  }
}

export interface GroupCounts {
  readonly label: string
  readonly counts: PopulationCounts
}

/** @param calls of the visible people, or of a group of them */
export function toPopulationCounts(calls: Calls, ploidy: Ploidy): PopulationCounts {
  const heterozygotes = calls.heterozygous.size
  const homozygotes = calls.homozygous.size
  const hemizygotes = calls.hemizygous.size
  return {
    alleleCount: heterozygotes + 2 * homozygotes + hemizygotes,
    alleleNumber: 2 * calls.twoAlleles.size + calls.oneAllele.size,
    anBasis: calls.anBasis,
    ...(ploidy === 'mt' ? {} : { zygosities: { heterozygotes, homozygotes, hemizygotes } }),
  }
}

/** The same of each group, of which only the people of `calls` are looked at. */
export function countGroups(calls: Calls, ploidy: Ploidy, groups: readonly PeopleGroup[]): readonly GroupCounts[] {
  return groups.map(({ label, people }) => ({
    label,
    counts: toPopulationCounts(restrictCalls(calls, people), ploidy),
  }))
}
