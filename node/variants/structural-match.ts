import { isStructural } from './structural.js'
import { variantEnd, type Variant } from './variant.js'
import type { StructuralMatch, StructuralQuery } from './variant-query.js'

/** The rule of counting.md where a question says nothing else: either is enough. */
export const DEFAULT_MINIMUM_OVERLAP = 0.8
export const DEFAULT_WINDOW = 1_000

/** A sequence allele of so many bases is one that another caller would name `<DEL>` or `<INS>` (dbVar and GIAB: 50 bases and more). */
export const STRUCTURAL_LENGTH = 50

/** Whether an allele is structural, and nearly the one that a question describes. */
export function isNearlyTheSame(variant: Variant, query: StructuralQuery): boolean {
  const { start, end, match, startsWithin } = query
  const { referenceBases, alternateBases } = variant
  if (startsWithin && (variant.start < startsWithin[0] || variant.start >= startsWithin[1])) return false
  const isLong = Math.max(referenceBases.length, alternateBases.length) >= STRUCTURAL_LENGTH
  if (!isLong && !isStructural(alternateBases)) return false
  const stop = variantEnd(variant)
  const common = Math.min(stop, end) - Math.max(variant.start, start)
  // Divided, not multiplied: the quotient of two integers is the nearest double of the fraction, as the caller's 0.8 is.
  const overlap = common / Math.max(stop - variant.start, end - start)
  if (match.minimumOverlap !== undefined && common > 0 && overlap >= match.minimumOverlap) return true
  const { window } = match
  return window !== undefined && Math.abs(variant.start - start) <= window && Math.abs(stop - end) <= window
}

/** Where alleles that match can start: [from, to). */
export function startsOf({ start, end, match, startsWithin }: StructuralQuery): readonly [number, number] {
  const [before, after] = reachOf(end - start, match)
  const [from, to] = startsWithin ?? [0, Infinity]
  return [Math.max(0, from, start - before), Math.min(to, start + after + 1)]
}

/**
 * How far before and behind the question's start that of a matching allele can be. The part m in common leaves the
 * question's length / m for the allele, and of the question at most 1 - m before the allele.
 */
function reachOf(length: number, { minimumOverlap, window = 0 }: StructuralMatch): readonly [number, number] {
  if (minimumOverlap === undefined) return [window, window]
  return [
    Math.max(window, Math.ceil(length / minimumOverlap - length) + 1),
    Math.max(window, Math.ceil(length * (1 - minimumOverlap)) + 1),
  ]
}

/** Where alleles of at most `span` bases of reference that match can start: [from, to), empty where none can. */
export function shortStartsOf(query: StructuralQuery, span: number): readonly [number, number] {
  const { start, end, match } = query
  const [from, to] = startsOf(query)
  const { minimumOverlap, window } = match
  if (minimumOverlap !== undefined && (end - start) * minimumOverlap <= span) return [from, to]
  // Too short for the part in common: only the window is left, within which both ends must be.
  if (window === undefined) return [0, 0]
  return [Math.max(from, start - window, end - window - span), Math.min(to, start + window + 1)]
}
