import type { AssemblyId } from '../../schemas/assembly.js'
import { hasMateOn } from './mate.js'
import { isStructural, parseStructural } from './structural.js'
import { isNearlyTheSame } from './structural-match.js'
import { overlaps, variantEnd, type Variant } from './variant.js'
import { typesOf } from './variant-types.js'
import type { Narrowing, PatternQuery, SeveralQuery } from './variant-query.js'

/** Bases that the allele holds or replaces, whichever is more. */
export function variantLength({ start, referenceBases, alternateBases }: Variant): number {
  const structural = parseStructural(alternateBases)
  if (structural) return structural.length ?? structural.end - start
  return Math.max(referenceBases.length, alternateBases.length)
}

/** `N` stands for any one base; lengths must agree (Beacon v2 docs, variant queries). */
export function fitsBases(pattern: string, bases: string): boolean {
  if (pattern.length !== bases.length) return false
  for (let i = 0; i < pattern.length; i++) if (pattern[i] !== 'N' && pattern[i] !== bases[i]) return false
  return true
}

/** Whether two patterns can stand for one sequence. */
function canAgree(a: string, b: string): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && a[i] !== 'N' && b[i] !== 'N') return false
  return a.length === b.length
}

/**
 * Whether a trimmed allele is one of those that a pattern spells: the bases before and after it, which trimming took away,
 * must be able to be the same in reference and alternate.
 */
export function fitsPattern(variant: Variant, query: PatternQuery): boolean {
  if (isStructural(variant.alternateBases)) return false
  const { referenceBases: ref, alternateBases: alt } = query
  if (ref === undefined) return variant.start === query.start && fitsBases(alt, variant.alternateBases)
  const before = variant.start - query.start
  const after = ref.length - before - variant.referenceBases.length
  if (before < 0 || after < 0 || alt.length - before - variant.alternateBases.length !== after) return false
  return (
    fitsBases(ref.slice(before, ref.length - after), variant.referenceBases) &&
    fitsBases(alt.slice(before, alt.length - after), variant.alternateBases) &&
    canAgree(ref.slice(0, before), alt.slice(0, before)) &&
    canAgree(ref.slice(ref.length - after), alt.slice(alt.length - after))
  )
}

function isWithin(value: number, [from, to]: readonly [number, number]): boolean {
  return from <= value && value < to
}

function fitsNarrowing(variant: Variant, narrowing: Narrowing & { readonly assembly: AssemblyId }): boolean {
  const { referenceBases, alternateBases, types, mateContig, minimumLength = 0, maximumLength = Infinity } = narrowing
  const length = variantLength(variant)
  const spellsBases = referenceBases !== undefined || alternateBases !== undefined
  if (spellsBases && isStructural(variant.alternateBases)) return false
  return (
    (referenceBases === undefined || fitsBases(referenceBases, variant.referenceBases)) &&
    (alternateBases === undefined || fitsBases(alternateBases, variant.alternateBases)) &&
    (types === undefined || typesOf(variant, narrowing.assembly).some((type) => types.includes(type))) &&
    (mateContig === undefined || hasMateOn(variant, mateContig, narrowing.assembly)) &&
    minimumLength <= length &&
    length <= maximumLength
  )
}

/** Whether an allele of the query's contig is one that the query asks for. */
export function answersQuery(variant: Variant, query: SeveralQuery): boolean {
  switch (query.kind) {
    case 'all':
      return true
    case 'pattern':
      return fitsPattern(variant, query)
    case 'range':
      return overlaps(variant, query.start, query.end) && fitsNarrowing(variant, query)
    case 'bracket':
      return (
        isWithin(variant.start, query.start) &&
        isWithin(variantEnd(variant), query.end) &&
        fitsNarrowing(variant, query)
      )
    case 'structural':
      return isNearlyTheSame(variant, query) && fitsNarrowing(variant, query)
  }
}
