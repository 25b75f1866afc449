import {
  weakerAnBasis,
  type AlleleCounts,
  type AnBasis,
  type Counts,
  type MitochondrialCounts,
  type PartialAlleleCounts,
} from '../../schemas/index.js'
import type { Ploidy } from './ploidy.js'

/** A number that is known from below and above, both included. */
export interface Interval {
  readonly lower: number
  readonly upper: number
}

/**
 * What is known of an allele that was counted elsewhere. There are no people behind the numbers: they can be added to no set
 * and restricted to none. A zygosity that is absent is not known; on MT `hemizygotes` are the homoplasmic and `heterozygotes`
 * the heteroplasmic, as in `Calls`.
 */
export interface SiteCounts {
  readonly individuals: Interval
  readonly alleleCount: Interval
  /** By `unknown` what is known of it. */
  readonly alleleNumber: number
  readonly anBasis: AnBasis
  readonly heterozygotes?: number
  readonly homozygotes?: number
  readonly hemizygotes?: number
}

/** Of an allele that the file does not name: nobody carries it, and its absence says nothing of who was called. */
export const NOT_COUNTED: SiteCounts = toZero(0, 'unknown')

/** Nobody carries the allele. */
export function toZero(alleleNumber: number, anBasis: AnBasis): SiteCounts {
  const nobody = { lower: 0, upper: 0 }
  return {
    individuals: nobody,
    alleleCount: nobody,
    alleleNumber,
    anBasis,
    heterozygotes: 0,
    homozygotes: 0,
    hemizygotes: 0,
  }
}

/** Whether somebody carries the allele, which is always known. */
export function isCarried({ individuals }: SiteCounts): boolean {
  return individuals.upper > 0
}

/** Of things that may share people or alleles: at least the largest, at most all of them. */
export function uniteIntervals(parts: readonly Interval[]): Interval {
  return {
    lower: parts.reduce((most, { lower }) => Math.max(most, lower), 0),
    upper: parts.reduce((sum, { upper }) => sum + upper, 0),
  }
}

/**
 * Unites what two sources counted of one allele. Who was counted by both is not known, so that bounds are left of what both
 * counted, and the larger alleleNumber with basis `unknown` of what both called; a source in which nobody carries it adds nobody.
 *
 * @param samePeople both are records of one file: equal numbers of called alleles are those of the same people
 */
export function uniteSiteCounts(a: SiteCounts, b: SiteCounts, samePeople = false): SiteCounts {
  const isKnown = a.alleleNumber === 0 || b.alleleNumber === 0 || (samePeople && a.alleleNumber === b.alleleNumber)
  const anBasis = isKnown ? weakerAnBasis(a.anBasis, b.anBasis) : 'unknown'
  const denominator = { alleleNumber: Math.max(a.alleleNumber, b.alleleNumber), anBasis }
  if (!isCarried(a)) return { ...b, ...denominator }
  if (!isCarried(b)) return { ...a, ...denominator }
  return {
    individuals: uniteIntervals([a.individuals, b.individuals]),
    alleleCount: uniteIntervals([a.alleleCount, b.alleleCount]),
    ...denominator,
  }
}

function exact({ lower, upper }: Interval): number | undefined {
  return lower === upper ? lower : undefined
}

/** A family has one carrier at least, so that families are known of nobody and of one person. */
function familiesOf(individuals: number | undefined): number | undefined {
  return individuals !== undefined && individuals <= 1 ? individuals : undefined
}

type Known = { readonly [Name in keyof PartialAlleleCounts]?: PartialAlleleCounts[Name] | undefined }

function withoutUnknown(known: Known): Known {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
}

/** The counts as they stand in an answer: what is not known is left out, and said to be so. */
export function toSiteAlleleCounts(site: SiteCounts, ploidy: Ploidy): Counts {
  const { alleleNumber, anBasis, heterozygotes, homozygotes, hemizygotes } = site
  const individuals = exact(site.individuals)
  const families = familiesOf(individuals)
  const zygosities =
    ploidy === 'mt'
      ? { homoplasmic: hemizygotes, heteroplasmic: heterozygotes }
      : { heterozygotes, homozygotes, hemizygotes }
  const alleleCount = exact(site.alleleCount)
  const known = withoutUnknown({ individuals, families, ...zygosities, alleleCount })
  const parts = [individuals, families, alleleCount, ...Object.values(zygosities)]
  const isWhole = parts.every((part) => part !== undefined)
  if (isWhole) return { ...known, alleleNumber, anBasis } as AlleleCounts | MitochondrialCounts
  return { partial: true, ...known, alleleNumber, anBasis } as PartialAlleleCounts
}

/** The same of several alleles. */
export function toSiteRegionCounts(variants: number, site: SiteCounts): Counts {
  const individuals = exact(site.individuals)
  const families = familiesOf(individuals)
  if (individuals !== undefined && families !== undefined) return { variants, individuals, families }
  return { partial: true, variants, ...(individuals === undefined ? {} : { individuals }) }
}
