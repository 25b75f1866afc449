import { weakerAnBasis, type AlleleCounts, type AnBasis, type MitochondrialCounts } from '../../schemas/index.js'
import { restrictFractions, uniteFractions, type AlleleFractionSet } from './allele-fractions.js'
import { Bitmap, EMPTY } from './bitmap.js'
import type { Ploidy } from './ploidy.js'

/**
 * What is known of a set of people at one allele. The sets are shared between callers and never changed.
 * Carriers are the first three, which do not overlap; people outside `twoAlleles` and `oneAllele` were not called.
 */
export interface Calls {
  readonly heterozygous: Bitmap
  readonly homozygous: Bitmap
  /** Carriers with one copy of the locus; on MT the homoplasmic. */
  readonly hemizygous: Bitmap
  readonly twoAlleles: Bitmap
  /** Exactly one called allele: one copy of the locus, or half of the call missing. */
  readonly oneAllele: Bitmap
  /** Called alleles, where they were counted already (`alleleNumberOf`). */
  readonly alleleNumber?: number
  readonly anBasis: AnBasis
  /** People with the allele in a tumour; they enter no allele count and no denominator. */
  readonly somatic: Bitmap
  /** Of these people, as far as it is known, the share of the tumour's reads that show the allele. */
  readonly fractions: AlleleFractionSet
}

/** Nobody was called: a dataset without data. */
export const NOBODY: Calls = {
  heterozygous: EMPTY,
  homozygous: EMPTY,
  hemizygous: EMPTY,
  twoAlleles: EMPTY,
  oneAllele: EMPTY,
  anBasis: 'called',
  somatic: EMPTY,
  fractions: EMPTY,
}

/** How a segment keeps the calls of one allele: those who are not called, instead of those who are. */
export interface RecordedCalls {
  readonly heterozygous: Bitmap
  readonly homozygous: Bitmap
  readonly hemizygous: Bitmap
  readonly noCall: Bitmap
  readonly oneAllele: Bitmap
  readonly somatic: Bitmap
  readonly fractions: AlleleFractionSet
}

/** @param covered the people whose file has a record for the allele; everybody else of the segment is not in the result */
export function toCalls(recorded: RecordedCalls, covered: Bitmap): Calls {
  const { heterozygous, homozygous, hemizygous, noCall, oneAllele, somatic, fractions } = recorded
  const called = noCall.isEmpty ? covered : Bitmap.andNot(covered, noCall)
  const twoAlleles = oneAllele.isEmpty ? called : Bitmap.andNot(called, oneAllele)
  return { heterozygous, homozygous, hemizygous, twoAlleles, oneAllele, anBasis: 'called', somatic, fractions }
}

/** The reverse of `toCalls`. */
export function toRecordedCalls({ twoAlleles, anBasis: _, ...calls }: Calls, covered: Bitmap): RecordedCalls {
  return { ...calls, noCall: Bitmap.andNot(Bitmap.andNot(covered, twoAlleles), calls.oneAllele) }
}

export function restrictCalls(calls: Calls, people: Bitmap): Calls {
  return {
    heterozygous: Bitmap.and(calls.heterozygous, people),
    homozygous: Bitmap.and(calls.homozygous, people),
    hemizygous: Bitmap.and(calls.hemizygous, people),
    twoAlleles: Bitmap.and(calls.twoAlleles, people),
    oneAllele: Bitmap.and(calls.oneAllele, people),
    anBasis: calls.anBasis,
    somatic: Bitmap.and(calls.somatic, people),
    fractions: restrictFractions(calls.fractions, people),
  }
}

/**
 * Unites what several sources say of one allele, each person once: a person carries what any source saw, and counts in the
 * denominator by the source that called most.
 */
export function mergeCalls(parts: readonly Calls[]): Calls {
  const [first, second] = parts
  if (!first) throw new TypeError('nothing to merge')
  if (!second) return first
  const union = (name: Exclude<keyof Calls, 'anBasis' | 'alleleNumber' | 'fractions'>) =>
    unite(parts.map((part) => part[name]))
  const homozygous = union('homozygous')
  const hemizygous = minus(union('hemizygous'), homozygous)
  const heterozygous = minus(minus(union('heterozygous'), homozygous), hemizygous)
  const twoAlleles = union('twoAlleles')
  const oneAllele = minus(union('oneAllele'), twoAlleles)
  const anBasis = parts.map((part) => part.anBasis).reduce(weakerAnBasis)
  const somatic = union('somatic')
  const fractions = uniteFractions(parts.map((part) => part.fractions))
  return { heterozygous, homozygous, hemizygous, twoAlleles, oneAllele, anBasis, somatic, fractions }
}

/**
 * Unites what several sources say of one allele that tell of different people. Most questions want numbers, and those of
 * different people add up: everybody who was called, which may be everybody there is, is only united for who asks.
 */
export function addCalls(parts: readonly Calls[]): Calls {
  const [first, second] = parts
  if (!first) throw new TypeError('nothing to add')
  if (!second) return first
  let [twoAlleles, oneAllele]: (Bitmap | undefined)[] = []
  return {
    heterozygous: unite(parts.map((part) => part.heterozygous)),
    homozygous: unite(parts.map((part) => part.homozygous)),
    hemizygous: unite(parts.map((part) => part.hemizygous)),
    get twoAlleles() {
      return (twoAlleles ??= unite(parts.map((part) => part.twoAlleles)))
    },
    get oneAllele() {
      return (oneAllele ??= unite(parts.map((part) => part.oneAllele)))
    },
    alleleNumber: parts.reduce((sum, part) => sum + alleleNumberOf(part), 0),
    anBasis: parts.map((part) => part.anBasis).reduce(weakerAnBasis),
    somatic: unite(parts.map((part) => part.somatic)),
    fractions: uniteFractions(parts.map((part) => part.fractions)),
  }
}

export function alleleNumberOf(calls: Calls): number {
  return calls.alleleNumber ?? 2 * calls.twoAlleles.size + calls.oneAllele.size
}

/** Most sets of most alleles are empty: only what has to be united is copied. */
function unite(sets: readonly Bitmap[]): Bitmap {
  let united = EMPTY
  let count = 0
  for (const set of sets) {
    if (set.isEmpty) continue
    if (++count > 2) return Bitmap.orMany(sets)
    united = count === 1 ? set : Bitmap.or(united, set)
  }
  return united
}

function minus(set: Bitmap, others: Bitmap): Bitmap {
  return set.isEmpty || others.isEmpty ? set : Bitmap.andNot(set, others)
}

/** The same people called, and nobody a carrier. */
export function withoutCarriers(calls: Calls): Calls {
  return { ...calls, heterozygous: EMPTY, homozygous: EMPTY, hemizygous: EMPTY, somatic: EMPTY, fractions: EMPTY }
}

/** Whether somebody carries it, in the inherited genome or in a tumour. */
export function isCarried({ heterozygous, homozygous, hemizygous, somatic }: Calls): boolean {
  return !(heterozygous.isEmpty && homozygous.isEmpty && hemizygous.isEmpty && somatic.isEmpty)
}

export function carriersOf(calls: Calls): Bitmap {
  return Bitmap.orMany([calls.heterozygous, calls.homozygous, calls.hemizygous])
}

/** Distinct families of a set of people. */
export type CountFamilies = (people: Bitmap) => number

/**
 * Counts of one allele; on MT homoplasmic and heteroplasmic people stand in place of the zygosities and AN is people called.
 */
export function toCounts(
  calls: Calls,
  ploidy: Ploidy,
  countFamilies: CountFamilies,
): AlleleCounts | MitochondrialCounts {
  const heterozygotes = calls.heterozygous.size
  const homozygotes = calls.homozygous.size
  const hemizygotes = calls.hemizygous.size
  const individuals = heterozygotes + homozygotes + hemizygotes
  const families = individuals === 0 ? 0 : countFamilies(carriersOf(calls))
  const alleleNumber = alleleNumberOf(calls)
  const alleleCount = heterozygotes + 2 * homozygotes + hemizygotes
  const { anBasis } = calls
  const [homoplasmic, heteroplasmic] = [hemizygotes, heterozygotes]
  const counts =
    ploidy === 'mt'
      ? { individuals, families, homoplasmic, heteroplasmic, alleleCount, alleleNumber, anBasis }
      : { individuals, families, heterozygotes, homozygotes, hemizygotes, alleleCount, alleleNumber, anBasis }
  return calls.somatic.isEmpty ? counts : { ...counts, somaticIndividuals: calls.somatic.size }
}
