import { withoutIndividuals, type Interpretation } from '../interpretations/interpretation.js'
import type { InterpretationsOf } from '../interpretations/open-interpretations.js'
import { summarise } from '../interpretations/summarise.js'
import type { Matches } from '../variants/variant-store.js'
import type { Variant } from '../variants/variant.js'
import type { VisibleSet } from '../variants/visible-set.js'
import type { DatasetRelease } from './disclose.js'

/** What may be told of an allele: what was said of visible people, or of nobody in particular; never of whom. */
export function visibleAmong(of: InterpretationsOf, visible: VisibleSet): InterpretationsOf {
  const isVisible = ({ individual }: Interpretation) =>
    individual === undefined || visible.kind === 'everybody' || visible.people.has(individual)
  return (variant) => withoutIndividuals(of(variant).filter(isVisible))
}

/**
 * Adds what laboratories say: to each record, and in numbers beside the counts of the one allele that was asked for. An allele
 * that no visible person has is not spoken of, because what is said of it could only come from somebody who is not to be seen.
 */
export function withInterpretations(released: DatasetRelease, matches: Matches, of: InterpretationsOf): DatasetRelease {
  const asked = oneAllele(matches)
  const summary = asked && summarise(of(asked))
  return {
    ...released,
    ...(summary ? { interpretations: summary } : {}),
    records: released.records.map((record) => {
      const interpretations = of(record.variant)
      return interpretations.length > 0 ? { ...record, interpretations } : record
    }),
  }
}

function oneAllele(matches: Matches): Variant | undefined {
  return matches.kind === 'several-alleles' ? undefined : matches.variant
}
