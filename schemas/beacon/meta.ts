import { count, objectSchema, text } from '../json-schema.js'
import {
  GRANULARITIES,
  INCLUDE_RESULTSET_RESPONSES,
  type Granularity,
  type IncludeResultsetResponses,
} from './granularity.js'

export const API_VERSION = 'v2.1.1'
/** Sent only with a form that Beacon 2.1 does not have: result sets below record granularity without `results`. */
export const API_VERSION_2_2 = 'v2.2.0'

export interface SchemaPerEntity {
  readonly entityType?: string
  readonly schema?: string
}

export interface Pagination {
  /** Pages, not records. */
  readonly skip: number
  readonly limit: number
}

/** What the server understood of the request, echoed in every answer. */
export interface ReceivedRequestSummary {
  readonly apiVersion: string
  readonly requestedSchemas: readonly SchemaPerEntity[]
  readonly pagination: Partial<Pagination>
  readonly requestedGranularity: Granularity
  readonly includeResultsetResponses?: IncludeResultsetResponses
  readonly filters?: readonly string[] | undefined
  readonly requestParameters?: { readonly [group: string]: object } | undefined
  readonly testMode?: boolean
}

export interface ResponseMeta {
  readonly beaconId: string
  readonly apiVersion: string
  readonly returnedGranularity: Granularity
  readonly returnedSchemas: readonly SchemaPerEntity[]
  readonly receivedRequestSummary: ReceivedRequestSummary
  readonly testMode?: boolean
}

export interface InformationalMeta {
  readonly beaconId: string
  readonly apiVersion: string
  readonly returnedSchemas: readonly SchemaPerEntity[]
}

const schemaPerEntity = {
  type: 'object',
  properties: { entityType: { type: 'string' }, schema: { type: 'string' } },
}

export const receivedRequestSummarySchema = objectSchema(
  'What the server understood of the request',
  ['apiVersion', 'requestedSchemas', 'pagination', 'requestedGranularity'],
  {
    apiVersion: text,
    requestedSchemas: { type: 'array', items: schemaPerEntity },
    pagination: { type: 'object', properties: { skip: count, limit: count } },
    requestedGranularity: { enum: GRANULARITIES },
    includeResultsetResponses: { enum: INCLUDE_RESULTSET_RESPONSES },
    filters: { type: 'array', items: { type: 'string' } },
    requestParameters: { type: 'object', additionalProperties: { type: 'object' } },
    testMode: { type: 'boolean' },
  },
)

export const responseMetaSchema = objectSchema(
  'Meta of a data or error answer',
  ['beaconId', 'apiVersion', 'returnedGranularity', 'returnedSchemas', 'receivedRequestSummary'],
  {
    beaconId: text,
    apiVersion: text,
    returnedGranularity: { enum: GRANULARITIES },
    returnedSchemas: { type: 'array', items: schemaPerEntity },
    receivedRequestSummary: { $ref: 'receivedRequestSummary.json' },
    testMode: { type: 'boolean' },
  },
)

export const informationalMetaSchema = objectSchema(
  'Meta of an informational answer',
  ['beaconId', 'apiVersion', 'returnedSchemas'],
  { beaconId: text, apiVersion: text, returnedSchemas: { type: 'array', items: schemaPerEntity } },
)
