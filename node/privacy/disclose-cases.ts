import type { Interpretation } from '../interpretations/interpretation.js'
import type { Case, ReadCase } from '../metadata/read-case.js'
import { fractionOf } from '../variants/allele-fractions.js'
import { Bitmap } from '../variants/bitmap.js'
import { carriersOf, type Calls } from '../variants/calls.js'
import type { Origin } from '../variants/cohort-rules.js'
import type { Ploidy } from '../variants/ploidy.js'
import { parseStructural } from '../variants/structural.js'
import type { Variant } from '../variants/variant.js'

/** `unspecified`: a carrier of whose other copy, or copies, nothing is known. */
export type Zygosity = 'heterozygous' | 'homozygous' | 'hemizygous' | 'homoplasmic' | 'heteroplasmic' | 'unspecified'

/** One person with an allele, inherited or in a tumour. */
export interface ReleasedCase extends Case {
  readonly origin: Origin
  /** Absent in tumours, where it is not known. */
  readonly zygosity?: Zygosity
  /** Of a tumour, where it is known: the share of its reads that show the allele. */
  readonly alleleFraction?: number
  /** What laboratories say of the allele in this person; absent: nothing. */
  readonly interpretations?: readonly Interpretation[]
}

export interface ReleasedCases {
  readonly cases: readonly ReleasedCase[]
  /** People in `cases`. */
  readonly listed: number
  /** People of the dataset who have the allele: more than are listed where the list was cut. */
  readonly individuals: number
}

/** People listed with one allele. Who has it is asked in full, page by page, below the allele's id. */
export const MOST_PEOPLE_OF_A_RECORD = 100
/** People listed in one answer of one dataset. */
const MOST_PEOPLE_OF_A_PAGE = 1_000

/** Releases the people of the alleles of one page, as long as there is room. */
export type ReleaseCases = (
  variant: Variant,
  calls: Calls,
  ploidy: Ploidy,
  said: readonly Interpretation[],
) => ReleasedCases

/** @param read who people are, as the dataset calls them; the caller has seen that the dataset tells cases */
export function createCaseRelease(read: ReadCase): ReleaseCases {
  let room = MOST_PEOPLE_OF_A_PAGE
  return (variant, calls, ploidy, said) => {
    const germline = carriersOf(calls)
    const everybody = Bitmap.or(germline, calls.somatic)
    const cases: ReleasedCase[] = []
    const listed = firstOf(everybody, Math.min(room, MOST_PEOPLE_OF_A_RECORD))
    for (const person of listed) {
      const own = said.filter(({ individual }) => individual === person)
      const interpretations = own.length > 0 ? { interpretations: own } : {}
      const inherited = germline.has(person) ? read(person, 'germline') : undefined
      const zygosity = zygosityOf(person, variant, calls, ploidy)
      if (inherited) cases.push({ ...inherited, origin: 'germline', zygosity, ...interpretations })
      const acquired = calls.somatic.has(person) ? read(person, 'somatic') : undefined
      // What is said of a person's allele is told once.
      if (acquired) {
        const alleleFraction = fractionOf(calls.fractions, person)
        cases.push({
          ...acquired,
          origin: 'somatic',
          ...(alleleFraction === undefined ? {} : { alleleFraction }),
          ...(inherited ? {} : interpretations),
        })
      }
    }
    room -= listed.length
    return { cases, listed: listed.length, individuals: everybody.size }
  }
}

function firstOf(people: Bitmap, count: number): readonly number[] {
  const first: number[] = []
  for (let rank = 0; rank < Math.min(count, people.size); rank++) first.push(people.select(rank)!)
  return first
}

function zygosityOf(person: number, { alternateBases }: Variant, calls: Calls, ploidy: Ploidy): Zygosity {
  if (calls.homozygous.has(person)) return 'homozygous'
  if (calls.hemizygous.has(person)) return ploidy === 'mt' ? 'homoplasmic' : 'hemizygous'
  if (ploidy === 'mt') return 'heteroplasmic'
  // Half a call (decision 0002), and a number of copies of which it is not known on which chromosomes they are.
  const structural = parseStructural(alternateBases)
  const isNumberOfCopies = structural?.copyNumber !== undefined && !structural.type.includes(':')
  return calls.oneAllele.has(person) || isNumberOfCopies ? 'unspecified' : 'heterozygous'
}
