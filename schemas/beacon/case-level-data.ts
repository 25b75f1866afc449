import { fraction, text } from '../json-schema.js'
import type { ClinicalInterpretation, LabelledTerm } from './clinical-interpretation.js'
import { ontologyTermSchema } from './model-parts.js'

/** Beacon v2 `CaseLevelVariant`: an allele in one person. */
export interface CaseLevelData {
  /** `unknown` where the records do not tell in which sample the allele was found. */
  readonly biosampleId: string
  readonly individualId: string
  readonly runId?: string
  readonly analysisId?: string
  /** Genotype Ontology; absent in tumours. */
  readonly zygosity?: LabelledTerm
  /** Sequence Ontology: inherited, or in a tumour. */
  readonly alleleOrigin: LabelledTerm
  /** Of a tumour, which Beacon has no field for: the share of its reads that show the allele. */
  readonly alleleFraction?: number
  /** What laboratories say of the allele in this person. */
  readonly clinicalInterpretations?: readonly ClinicalInterpretation[]
}

export const caseLevelDataSchema = {
  type: 'object',
  required: ['biosampleId', 'individualId', 'alleleOrigin'],
  properties: {
    biosampleId: text,
    individualId: text,
    runId: text,
    analysisId: text,
    zygosity: ontologyTermSchema,
    alleleOrigin: ontologyTermSchema,
    alleleFraction: fraction,
    clinicalInterpretations: { type: 'array', items: { $ref: 'clinicalInterpretation.json' }, minItems: 1 },
  },
}
