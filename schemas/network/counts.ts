import { closed, count, objectSchema } from '../json-schema.js'

/**
 * What the alleleNumber rests on, weakest last: `called` genotype calls at the site; `assumed` people whose file has no row
 * there are taken as reference; `unknown` nothing is known of people without the allele.
 */
export const AN_BASES = ['called', 'assumed', 'unknown'] as const

export type AnBasis = (typeof AN_BASES)[number]

export function weakerAnBasis(a: AnBasis, b: AnBasis): AnBasis {
  return AN_BASES.indexOf(a) >= AN_BASES.indexOf(b) ? a : b
}

/** Beside what is inherited, and never mixed with it. */
export interface SomaticCounts {
  /** People with the allele (or one of the alleles) in a tumour; absent: none. They enter no other count. */
  readonly somaticIndividuals?: number
}

/** Counts of one allele. People: individuals, families, heterozygotes, homozygotes, hemizygotes. Alleles: alleleCount, alleleNumber. */
export interface AlleleCounts extends SomaticCounts {
  readonly individuals: number
  readonly families: number
  readonly heterozygotes: number
  readonly homozygotes: number
  readonly hemizygotes: number
  readonly alleleCount: number
  readonly alleleNumber: number
  readonly anBasis: AnBasis
}

/** Counts of one mitochondrial allele; alleleNumber is people called. */
export interface MitochondrialCounts extends SomaticCounts {
  readonly individuals: number
  readonly families: number
  readonly homoplasmic: number
  readonly heteroplasmic: number
  readonly alleleCount: number
  readonly alleleNumber: number
  readonly anBasis: AnBasis
}

/** Counts over several alleles: the union of their carriers. No allele count, number or frequency exists for it. */
export interface RegionCounts extends SomaticCounts {
  readonly variants: number
  readonly individuals: number
  readonly families: number
}

/**
 * Counts of one allele of which not everything is known, as of data that were counted elsewhere: what is not known is absent,
 * never zero, and bounds of the people stand beside. On MT homoplasmic and heteroplasmic stand in place of the zygosities.
 */
export interface PartialAlleleCounts extends SomaticCounts {
  readonly partial: true
  readonly individuals?: number
  readonly families?: number
  readonly heterozygotes?: number
  readonly homozygotes?: number
  readonly hemizygotes?: number
  readonly homoplasmic?: number
  readonly heteroplasmic?: number
  readonly alleleCount?: number
  /** By `unknown` it is what is known of it, and may be too small. */
  readonly alleleNumber: number
  readonly anBasis: AnBasis
}

/** Counts over several alleles whose carriers are not known as people: carriers of two alleles may be the same. */
export interface PartialRegionCounts extends SomaticCounts {
  readonly partial: true
  readonly variants: number
  readonly individuals?: number
  readonly families?: number
}

export type PartialCounts = PartialAlleleCounts | PartialRegionCounts

export type Counts = AlleleCounts | MitochondrialCounts | RegionCounts | PartialCounts

export function isPartialCounts(counts: Counts): counts is PartialCounts {
  return 'partial' in counts
}

/** Closed interval; `upper: null` says that nothing is known from above. */
export interface Bounds {
  readonly lower: number
  readonly upper: number | null
}

const anBasis = { enum: AN_BASES }

export const alleleCountsSchema = objectSchema(
  'Counts of one allele',
  ['individuals', 'families', 'heterozygotes', 'homozygotes', 'hemizygotes', 'alleleCount', 'alleleNumber', 'anBasis'],
  {
    individuals: count,
    families: count,
    heterozygotes: count,
    homozygotes: count,
    hemizygotes: count,
    alleleCount: count,
    alleleNumber: count,
    anBasis,
    somaticIndividuals: count,
  },
  closed,
)

export const mitochondrialCountsSchema = objectSchema(
  'Counts of one mitochondrial allele',
  ['individuals', 'families', 'homoplasmic', 'heteroplasmic', 'alleleCount', 'alleleNumber', 'anBasis'],
  {
    individuals: count,
    families: count,
    homoplasmic: count,
    heteroplasmic: count,
    alleleCount: count,
    alleleNumber: count,
    anBasis,
    somaticIndividuals: count,
  },
  closed,
)

export const regionCountsSchema = objectSchema(
  'Counts over several alleles: the union of their carriers',
  ['variants', 'individuals', 'families'],
  { variants: count, individuals: count, families: count, somaticIndividuals: count },
  closed,
)

export const partialAlleleCountsSchema = objectSchema(
  'Counts of one allele of which not everything is known: what is absent is not known',
  ['partial', 'alleleNumber', 'anBasis'],
  {
    partial: { const: true },
    individuals: count,
    families: count,
    heterozygotes: count,
    homozygotes: count,
    hemizygotes: count,
    homoplasmic: count,
    heteroplasmic: count,
    alleleCount: count,
    alleleNumber: count,
    anBasis,
    somaticIndividuals: count,
  },
  closed,
)

export const partialRegionCountsSchema = objectSchema(
  'Counts over several alleles whose carriers are not known as people',
  ['partial', 'variants'],
  { partial: { const: true }, variants: count, individuals: count, families: count, somaticIndividuals: count },
  closed,
)

/** Anything that can stand as `info.counts`. */
export const countsSchema = {
  title: 'Counts',
  oneOf: [
    { $ref: 'alleleCounts.json' },
    { $ref: 'mitochondrialCounts.json' },
    { $ref: 'regionCounts.json' },
    { $ref: 'partialAlleleCounts.json' },
    { $ref: 'partialRegionCounts.json' },
  ],
}

export const boundsSchema = objectSchema(
  'Bounds',
  ['lower', 'upper'],
  { lower: count, upper: { anyOf: [count, { type: 'null' }] } },
  closed,
)
