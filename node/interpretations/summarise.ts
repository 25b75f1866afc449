import { CLINICAL_RELEVANCES, type ClinicalRelevance } from '../../schemas/index.js'
import type { Interpretation } from './interpretation.js'

/** What a dataset's laboratories say of one allele, in numbers of laboratories. */
export interface InterpretationSummary {
  readonly laboratories: number
  /** Laboratories by the class they gave; one that gave two, for two conditions, stands in both. */
  readonly classes: { readonly [Relevance in ClinicalRelevance]?: number }
  /** ISO date of the newest. */
  readonly newest: string
  /** Benign or likely benign, uncertain, pathogenic or likely pathogenic: more than one of the three was said, of whatever condition. */
  readonly conflicting: boolean
  /** Laboratories that found it causative; absent: none said so. */
  readonly causative?: number
}

/** @returns undefined when nothing is said */
export function summarise(interpretations: readonly Interpretation[]): InterpretationSummary | undefined {
  if (interpretations.length === 0) return undefined
  const count = (chosen: readonly Interpretation[]) => new Set(chosen.map(({ laboratory }) => laboratory)).size
  const classes = CLINICAL_RELEVANCES.flatMap((relevance) => {
    const laboratories = count(interpretations.filter((each) => each.relevance === relevance))
    return laboratories === 0 ? [] : [[relevance, laboratories] as const]
  })
  const groups = new Set(interpretations.map(({ relevance }) => toGroup(relevance)))
  const causative = count(interpretations.filter((each) => each.causative === true))
  return {
    laboratories: count(interpretations),
    classes: Object.fromEntries(classes),
    newest: interpretations.map(({ date }) => date).reduce((a, b) => (a > b ? a : b)),
    conflicting: groups.size > 1,
    ...(causative === 0 ? {} : { causative }),
  }
}

function toGroup(relevance: ClinicalRelevance): 'benign' | 'uncertain' | 'pathogenic' {
  if (relevance === 'uncertain significance') return 'uncertain'
  return relevance.endsWith('benign') ? 'benign' : 'pathogenic'
}
