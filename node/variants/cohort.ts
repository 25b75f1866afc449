import { Bitmap, EMPTY } from './bitmap.js'
import { coversSite } from './callable-regions.js'
import { NOBODY, type Calls } from './calls.js'
import type { AbsentRule, Origin } from './cohort-rules.js'
import { ploidyAt, type Ploidy } from './ploidy.js'
import { isStructural } from './structural.js'
import type { Variant } from './variant.js'
import type { AssemblyId } from '../../schemas/index.js'

export interface People {
  readonly all: Bitmap
  readonly males: Bitmap
  readonly females: Bitmap
}

/** People of one ingest of whom the absence of a record says the same. */
export interface CohortFacts {
  readonly people: People
  readonly origin: Origin
  readonly absent: AbsentRule
  /** What was sequenced, in the laboratory's words. */
  readonly assay?: string
  /** Their files tell of sequence alleles. */
  readonly hasSequence: boolean
  /** Their files tell of structural alleles. */
  readonly hasStructural: boolean
}

export interface Cohort extends CohortFacts {
  /** The regions that the assay covers; absent: the whole assembly. 0-based. */
  readonly isCallable?: (contig: number, position: number) => boolean
}

/**
 * What is known of a cohort's people of whom no file has a record for the allele. By `hom-ref` they have the reference: basis
 * `called` inside the callable regions of an assay, else `assumed`. Outside the callable regions, by `unknown`, and for
 * alleles of a kind that their files do not tell of, they leave the denominator.
 *
 * @param covered people of whom a record is known: what a record says goes before what its absence says
 */
export function callsWhereAbsent(cohort: Cohort, assembly: AssemblyId, variant: Variant, covered: Bitmap): Calls {
  const { people, origin, absent, isCallable } = cohort
  const isTold = isStructural(variant.alternateBases) ? cohort.hasStructural : cohort.hasSequence
  if (origin === 'somatic' || absent === 'unknown' || !isTold) return NOBODY
  if (isCallable && !coversSite(isCallable, variant)) return NOBODY
  const ploidy = ploidyAt(assembly, variant.contig, variant.start)
  const basis = isCallable ? 'called' : 'assumed'
  const all = covered.isEmpty ? people.all : Bitmap.andNot(people.all, covered)
  if (all.isEmpty) return NOBODY
  if (ploidy === 'diploid') return { ...NOBODY, twoAlleles: all, anBasis: basis }
  if (ploidy === 'mt') return { ...NOBODY, oneAllele: all, anBasis: basis }
  return toReferenceCallsBySex(restrictPeople(people, all), ploidy, basis)
}

export function restrictPeople({ all, males, females }: People, people: Bitmap): People {
  return { all: Bitmap.and(all, people), males: Bitmap.and(males, people), females: Bitmap.and(females, people) }
}

/** On X and Y those of unknown sex leave the denominator, and the basis is `unknown`. */
function toReferenceCallsBySex({ all, males, females }: People, ploidy: Ploidy, basis: 'called' | 'assumed'): Calls {
  const known = males.size + females.size === all.size
  return {
    ...NOBODY,
    twoAlleles: ploidy === 'x' ? females : EMPTY,
    oneAllele: males,
    anBasis: known ? basis : 'unknown',
  }
}
