import { isPartialCounts, type AssemblyId, type Counts } from '../../schemas/index.js'
import { ploidyAt, type Ploidy } from '../variants/ploidy.js'
import {
  isCarried,
  toSiteAlleleCounts,
  toSiteRegionCounts,
  uniteSiteCounts,
  type SiteCounts,
} from '../variants/site-counts.js'
import type { PopulationCounts } from './population-counts.js'
import type { PreCounted } from '../variants/variant-store.js'

/** One allele of a pre-counted dataset. */
export function countSite(counted: SiteCounts, ploidy: Ploidy): Counts {
  return toSiteAlleleCounts(counted, ploidy)
}

/** What its frequency is made of; one of which the alleles are not known has no basis, and so no frequency. */
export function toSitePopulation(counted: SiteCounts, ploidy: Ploidy): PopulationCounts {
  const { alleleCount, alleleNumber, heterozygotes, homozygotes, hemizygotes } = counted
  const anBasis = alleleCount.lower === alleleCount.upper ? counted.anBasis : 'unknown'
  const isKnown = heterozygotes !== undefined && homozygotes !== undefined && hemizygotes !== undefined
  return {
    alleleCount: alleleCount.lower,
    alleleNumber,
    anBasis,
    ...(ploidy !== 'mt' && isKnown ? { zygosities: { heterozygotes, homozygotes, hemizygotes } } : {}),
  }
}

/** What a pre-counted dataset answers. */
export function countSites({ variants, variant, counted }: PreCounted, assembly: AssemblyId): Counts {
  if (!variant) return toSiteRegionCounts(variants, counted)
  return toSiteAlleleCounts(counted, ploidyAt(assembly, variant.contig, variant.start))
}

/**
 * The counts of several datasets of a node, pre-counted ones among them. Who is in more than one is not known, so that a number to
 * which two of them contribute is not known either, and is left out.
 *
 * @param people counts of the union of the datasets with people; absent when none was asked
 * @returns undefined when not even the number of alleles is known
 */
export function uniteWithSites(
  people: Counts | undefined,
  sites: readonly PreCounted[],
  assembly: AssemblyId,
): Counts | undefined {
  const [first] = sites
  if (!first) return people
  return first.variant ? uniteAllele(people, sites, assembly, first.variant) : uniteRegions(people, sites, assembly)
}

function uniteAllele(
  people: Counts | undefined,
  sites: readonly PreCounted[],
  assembly: AssemblyId,
  { contig, start }: NonNullable<PreCounted['variant']>,
): Counts {
  const own = people && toSiteForm(people)
  const [head, ...rest] = [...(own ? [own] : []), ...sites.map(({ counted }) => counted)]
  const united = rest.reduce((sum, counted) => uniteSiteCounts(sum, counted), head!)
  const { alleleNumber, anBasis } = united
  // Nobody but people of the node carries it: what is known of them holds.
  if (people && sites.every(({ counted }) => !isCarried(counted))) return { ...people, alleleNumber, anBasis }
  const somatic = people?.somaticIndividuals
  return {
    ...toSiteAlleleCounts(united, ploidyAt(assembly, contig, start)),
    ...(somatic === undefined ? {} : { somaticIndividuals: somatic }),
  }
}

/** Counts of one allele in people, as bounds that are exact. */
function toSiteForm(counts: Counts): SiteCounts {
  if (isPartialCounts(counts) || 'variants' in counts)
    throw new TypeError('these are no counts of one allele in people')
  const { individuals, alleleCount, alleleNumber, anBasis } = counts
  const zygosities =
    'homoplasmic' in counts
      ? { heterozygotes: counts.heteroplasmic, homozygotes: 0, hemizygotes: counts.homoplasmic }
      : { heterozygotes: counts.heterozygotes, homozygotes: counts.homozygotes, hemizygotes: counts.hemizygotes }
  return {
    individuals: { lower: individuals, upper: individuals },
    alleleCount: { lower: alleleCount, upper: alleleCount },
    alleleNumber,
    anBasis,
    ...zygosities,
  }
}

/** Distinct alleles of several datasets are only known when all stand in one. */
function uniteRegions(
  people: Counts | undefined,
  sites: readonly PreCounted[],
  assembly: AssemblyId,
): Counts | undefined {
  const parts = [...(people ? [people] : []), ...sites.map((matches) => countSites(matches, assembly))]
  const hits = parts.filter((counts) => 'variants' in counts && counts.variants > 0)
  return hits.length > 1 ? undefined : (hits[0] ?? parts[0])
}
