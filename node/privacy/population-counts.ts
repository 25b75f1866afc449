import type { AnBasis } from '../../schemas/index.js'
import type { PeopleGroup } from '../metadata/people-groups.js'
import type { Bitmap } from '../variants/bitmap.js'
import type { Calls } from '../variants/calls.js'
import type { Ploidy } from '../variants/ploidy.js'

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

/** @param calls of the visible people */
export function toPopulationCounts(calls: Calls, ploidy: Ploidy): PopulationCounts {
  return toPopulation(calls, ploidy, (set) => set.size)
}

/**
 * The same of each group, of which only the people of `calls` are looked at. Every number of a part of a dataset's people comes from
 * here, so that what is not to be told of small groups, or of what two answers differ by, is decided here.
 */
export function countGroups(calls: Calls, ploidy: Ploidy, groups: readonly PeopleGroup[]): readonly GroupCounts[] {
  return groups.map(({ label, people }) => ({
    label,
    counts: toPopulation(calls, ploidy, (set) => set.andCardinality(people)),
  }))
}

function toPopulation(calls: Calls, ploidy: Ploidy, count: (people: Bitmap) => number): PopulationCounts {
  const heterozygotes = count(calls.heterozygous)
  const homozygotes = count(calls.homozygous)
  const hemizygotes = count(calls.hemizygous)
  return {
    alleleCount: heterozygotes + 2 * homozygotes + hemizygotes,
    alleleNumber: 2 * count(calls.twoAlleles) + count(calls.oneAllele),
    anBasis: calls.anBasis,
    ...(ploidy === 'mt' ? {} : { zygosities: { heterozygotes, homozygotes, hemizygotes } }),
  }
}
