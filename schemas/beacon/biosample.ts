import { objectSchema } from '../json-schema.js'
import {
  date,
  duration,
  info,
  measurementSchema,
  phenotypicFeatureSchema,
  procedureSchema,
  recordId,
  string,
  term,
  terms,
  type Measurement,
  type OntologyTerm,
  type PhenotypicFeature,
  type Procedure,
} from './model-parts.js'

/** Beacon v2 `biosample`. */
export interface BiosampleRecord {
  readonly id: string
  readonly individualId?: string
  readonly biosampleStatus: OntologyTerm
  readonly sampleOriginType: OntologyTerm
  readonly sampleOriginDetail?: OntologyTerm
  readonly collectionDate?: string
  /** The person's age when it was taken, as an ISO 8601 duration. */
  readonly collectionMoment?: string
  readonly obtentionProcedure?: Procedure
  readonly tumorProgression?: OntologyTerm
  readonly tumorGrade?: OntologyTerm
  readonly pathologicalStage?: OntologyTerm
  readonly pathologicalTnmFinding?: readonly OntologyTerm[]
  readonly histologicalDiagnosis?: OntologyTerm
  readonly diagnosticMarkers?: readonly OntologyTerm[]
  readonly phenotypicFeatures?: readonly PhenotypicFeature[]
  readonly measurements?: readonly Measurement[]
  readonly sampleProcessing?: OntologyTerm
  readonly sampleStorage?: OntologyTerm
  readonly notes?: string
  readonly info?: { readonly [key: string]: unknown }
}

export const biosampleSchema = objectSchema('Biosample', ['id', 'biosampleStatus', 'sampleOriginType'], {
  id: recordId,
  individualId: recordId,
  biosampleStatus: term,
  sampleOriginType: term,
  sampleOriginDetail: term,
  collectionDate: date,
  collectionMoment: duration,
  obtentionProcedure: procedureSchema,
  tumorProgression: term,
  tumorGrade: term,
  pathologicalStage: term,
  pathologicalTnmFinding: terms,
  histologicalDiagnosis: term,
  diagnosticMarkers: terms,
  phenotypicFeatures: { type: 'array', items: phenotypicFeatureSchema },
  measurements: { type: 'array', items: measurementSchema },
  sampleProcessing: term,
  sampleStorage: term,
  notes: string,
  info,
})
