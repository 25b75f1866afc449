import type { AlleleFractionSummary } from '../../schemas/index.js'
import { fractionsOf } from '../variants/allele-fractions.js'
import type { Bitmap } from '../variants/bitmap.js'
import type { Calls } from '../variants/calls.js'

/**
 * Of fewer people with a known fraction nothing is told: the median of one or two, and the least and the most of a few, are
 * single people's fractions, and who knows some of these people would read off the others.
 */
const FEWEST_SUMMARISED = 5

/** What the allele fractions of some people come to; undefined where they are too few. */
export function summariseFractions(calls: Calls, people: Bitmap): AlleleFractionSummary | undefined {
  const sorted = fractionsOf(calls.fractions, people)
  const { length } = sorted
  if (length < FEWEST_SUMMARISED) return undefined
  const upper = sorted[Math.floor(length / 2)]!
  const lower = sorted[Math.ceil(length / 2) - 1]!
  return { individuals: length, median: (lower + upper) / 2, least: sorted[0]!, most: sorted[length - 1]! }
}
