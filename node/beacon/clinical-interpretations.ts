import type { ClinicalInterpretation, LabelledTerm } from '../../schemas/index.js'
import type { Interpretation } from '../interpretations/interpretation.js'

/** Of what kind a condition is, by the vocabulary that names it; of others nothing is said. */
const CATEGORIES: readonly (readonly [readonly string[], LabelledTerm])[] = [
  [
    ['MONDO', 'OMIM', 'MIM', 'ORPHA', 'ORPHANET', 'DOID', 'ICD10', 'ICD10CM', 'SNOMED', 'SNOMEDCT'],
    { id: 'MONDO:0000001', label: 'disease or disorder' },
  ],
  [['HP'], { id: 'HP:0000118', label: 'phenotypic abnormality' }],
]

/** What a laboratory says of an allele, in Beacon's form. There is no person in it. */
export function toClinicalInterpretation(interpretation: Interpretation): ClinicalInterpretation {
  const { condition, conditionLabel, relevance, laboratory, date, causative } = interpretation
  const prefix = condition.slice(0, condition.indexOf(':')).toUpperCase()
  const category = CATEGORIES.find(([prefixes]) => prefixes.includes(prefix))?.[1]
  return {
    conditionId: condition,
    effect: { id: condition, ...(conditionLabel === undefined ? {} : { label: conditionLabel }) },
    clinicalRelevance: relevance,
    ...(category ? { category } : {}),
    annotatedWith: { toolName: laboratory, version: date, toolReferences: { laboratory } },
    info: { laboratory, date, ...(causative === undefined ? {} : { causative }) },
  }
}
