import type { ClinicalInterpretation, ClinicalRelevance } from '../../schemas/index.js'
import type { Interpretation } from '../variants/annotation.js'

/** ClinVar's words of its five classes; other words, such as `risk factor`, say something else and go beside them. */
const CLASSES: ReadonlyMap<string, ClinicalRelevance> = new Map<string, ClinicalRelevance>([
  ['benign', 'benign'],
  ['likely benign', 'likely benign'],
  ['uncertain significance', 'uncertain significance'],
  ['likely pathogenic', 'likely pathogenic'],
  ['pathogenic', 'pathogenic'],
])

/**
 * Beacon's class of a ClinVar significance. Of `Pathogenic/Likely pathogenic`, which several laboratories together say, it is the
 * weaker, which all of them hold; a conflict, or a class with low penetrance, is none of the five.
 */
export function toClinicalRelevance(significance: string): ClinicalRelevance | undefined {
  const parts = significance
    .toLowerCase()
    .split(/[/|,;]/)
    .map((part) => part.trim())
  if (parts.some((part) => part.startsWith('conflicting') || part === 'low penetrance')) return undefined
  const found = new Set(parts.flatMap((part) => CLASSES.get(part) ?? []))
  const [only] = found
  if (found.size <= 1) return only
  if (found.size > 2) return undefined
  if (found.has('pathogenic') && found.has('likely pathogenic')) return 'likely pathogenic'
  return found.has('benign') && found.has('likely benign') ? 'likely benign' : undefined
}

const DISEASE = { id: 'MONDO:0000001', label: 'disease or disorder' }
const PHENOTYPE = { id: 'HP:0000118', label: 'phenotypic abnormality' }

/** The effect of an allele on a condition; a condition without an id is named by its words, and its effect is any disease. */
export function toClinicalInterpretation({
  conditionId,
  condition,
  significance,
}: Interpretation): ClinicalInterpretation {
  const clinicalRelevance = toClinicalRelevance(significance)
  return {
    conditionId: conditionId ?? condition,
    effect: conditionId === undefined ? DISEASE : { id: conditionId, label: condition },
    category: conditionId?.startsWith('HP:') ? PHENOTYPE : DISEASE,
    ...(clinicalRelevance ? { clinicalRelevance } : {}),
    info: { condition, significance, source: 'CLNSIG' },
  }
}
