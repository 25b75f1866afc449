import { objectSchema } from '../json-schema.js'
import { date, info, recordId, string, term, type OntologyTerm } from './model-parts.js'

export const LIBRARY_LAYOUTS = ['PAIRED', 'SINGLE'] as const

/** Beacon v2 `run`: one sequencing of a biosample. */
export interface RunRecord {
  readonly id: string
  readonly biosampleId: string
  readonly individualId?: string
  readonly runDate: string
  readonly librarySource?: OntologyTerm
  readonly librarySelection?: string
  readonly libraryStrategy?: string
  readonly libraryLayout?: (typeof LIBRARY_LAYOUTS)[number]
  readonly platform?: string
  readonly platformModel?: OntologyTerm
  readonly info?: { readonly [key: string]: unknown }
}

export const runSchema = objectSchema('Run', ['id', 'biosampleId', 'runDate'], {
  id: recordId,
  biosampleId: recordId,
  individualId: recordId,
  runDate: date,
  librarySource: term,
  librarySelection: string,
  libraryStrategy: string,
  libraryLayout: { enum: LIBRARY_LAYOUTS },
  platform: string,
  platformModel: term,
  info,
})
