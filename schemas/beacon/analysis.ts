import { objectSchema } from '../json-schema.js'
import { date, info, recordId, string } from './model-parts.js'

/** Beacon v2 `analysis`: how the variants of a run were found. */
export interface AnalysisRecord {
  readonly id: string
  readonly analysisDate: string
  readonly pipelineName: string
  readonly runId?: string
  readonly biosampleId?: string
  readonly individualId?: string
  readonly pipelineRef?: string
  readonly aligner?: string
  readonly variantCaller?: string
  readonly info?: { readonly [key: string]: unknown }
}

export const analysisSchema = objectSchema('Analysis', ['id', 'analysisDate', 'pipelineName'], {
  id: recordId,
  analysisDate: date,
  pipelineName: string,
  runId: recordId,
  biosampleId: recordId,
  individualId: recordId,
  pipelineRef: string,
  aligner: string,
  variantCaller: string,
  info,
})
