import { objectSchema, text } from '../json-schema.js'

/** The five classes of the ACMG/AMP guidelines in Beacon's words (`PhenoClinicEffect.clinicalRelevance`), from 1 to 5. */
export const CLINICAL_RELEVANCES = [
  'benign',
  'likely benign',
  'uncertain significance',
  'likely pathogenic',
  'pathogenic',
] as const

export type ClinicalRelevance = (typeof CLINICAL_RELEVANCES)[number]

export interface LabelledTerm {
  /** A CURIE. */
  readonly id: string
  readonly label?: string
}

/** Beacon v2 `PhenoClinicEffect`: what somebody says an allele does. What the standard has no field for stands in `info`. */
export interface ClinicalInterpretation {
  readonly conditionId: string
  readonly effect: LabelledTerm
  readonly clinicalRelevance?: ClinicalRelevance
  /** Of what kind the condition is. */
  readonly category?: LabelledTerm
  readonly annotatedWith?: {
    readonly toolName: string
    readonly version: string
    readonly toolReferences: Readonly<Record<string, string>>
  }
  readonly info?: object
}

export interface VariantLevelData {
  readonly clinicalInterpretations?: readonly ClinicalInterpretation[]
}

const term = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', pattern: '^\\w[^:]+:.+$' }, label: text },
}

export const clinicalInterpretationSchema = objectSchema('Clinical interpretation', ['conditionId', 'effect'], {
  conditionId: text,
  effect: term,
  clinicalRelevance: { enum: CLINICAL_RELEVANCES },
  category: term,
  annotatedWith: {
    type: 'object',
    required: ['toolName', 'version', 'toolReferences'],
    properties: { toolName: text, version: text, toolReferences: { type: 'object', minProperties: 1 } },
  },
  info: { type: 'object' },
})
