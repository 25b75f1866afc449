import type { ClinicalRelevance } from '../../schemas/index.js'
import type { Variant } from '../variants/variant.js'

/** What one laboratory says of one allele and one condition. */
export interface Interpretation {
  /** As the dataset spells it. */
  readonly variant: Variant
  readonly anchor: string
  readonly relevance: ClinicalRelevance
  readonly laboratory: string
  /** ISO 8601 calendar date. */
  readonly date: string
  /** CURIE. */
  readonly condition: string
  readonly conditionLabel?: string
  /** Whether the allele was found to cause the condition; absent: not said. */
  readonly causative?: boolean
  /** Node-wide number of the person in whom it was found; never leaves the node. */
  readonly individual?: number
}

/** What tells an interpretation from others: a newer one of the same takes its place. */
export function toInterpretationKey({ variant, laboratory, condition, individual }: Interpretation): string {
  const { contig, start, referenceBases, alternateBases } = variant
  return JSON.stringify([contig, start, referenceBases, alternateBases, laboratory, condition, individual ?? 0])
}

/**
 * What laboratories say of one allele without the people behind it: of each laboratory, condition and class the newest, so
 * that the number of entries does not tell in how many people the allele was found.
 */
export function withoutIndividuals(interpretations: readonly Interpretation[]): readonly Interpretation[] {
  const newest = new Map<string, Interpretation>()
  for (const { individual: _, ...interpretation } of interpretations) {
    const { laboratory, condition, relevance, date } = interpretation
    const key = JSON.stringify([laboratory, condition, relevance])
    const known = newest.get(key)
    if (!known || known.date < date) newest.set(key, interpretation)
  }
  return [...newest.values()]
}
