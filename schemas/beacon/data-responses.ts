import { count, objectSchema, text } from '../json-schema.js'
import { handoverSchema, type Handover } from './handover.js'
import type { ResponseMeta } from './meta.js'
import { nodeMatchingProperties } from '../network/matching.js'

export const COUNT_PRECISIONS = ['exact', 'imprecise', 'rounded'] as const

export interface ResponseSummary {
  readonly exists: boolean
  readonly numTotalResults?: number
  readonly countPrecision?: (typeof COUNT_PRECISIONS)[number]
}

export interface ResultSet {
  readonly id: string
  readonly setType: string
  readonly exists: boolean
  /** Set by a network: the beacon that this set comes from. */
  readonly beaconId?: string
  readonly resultsCount?: number
  readonly results: readonly object[]
  readonly resultsHandovers?: readonly Handover[]
  readonly info?: object
}

/** Any Beacon data answer: boolean, count, result sets or collections. */
export interface DataResponse {
  readonly meta: ResponseMeta
  readonly responseSummary: ResponseSummary
  readonly response?: { readonly resultSets: readonly ResultSet[] } | { readonly collections: readonly object[] }
  readonly info?: object
}

export interface ErrorResponse {
  readonly meta: ResponseMeta
  readonly error: { readonly errorCode: number; readonly errorMessage: string; readonly reason?: string }
}

/** Our addition to Beacon's error object, `reason`, so that a hub can tell what a node cannot answer from a fault. */
export const UNKNOWN_FILTERING_TERM = 'unknown-filtering-term'
/** The node does not answer this kind of question: a parameter or query type that it does not have. */
export const UNSUPPORTED_QUERY = 'unsupported-query'

const meta = { $ref: 'responseMeta.json' }
const exists = { type: 'boolean' }
const info = { type: 'object', properties: nodeMatchingProperties }

function summary(required: readonly string[]) {
  return {
    type: 'object',
    required,
    properties: { exists, numTotalResults: count, countPrecision: { enum: COUNT_PRECISIONS } },
  }
}

export const booleanResponseSchema = objectSchema('Boolean answer', ['meta', 'responseSummary'], {
  meta,
  responseSummary: summary(['exists']),
  info,
})

export const countResponseSchema = objectSchema('Count answer', ['meta', 'responseSummary'], {
  meta,
  responseSummary: summary(['exists', 'numTotalResults']),
  info,
})

export const resultSetSchema = objectSchema('Result set', ['id', 'setType', 'exists', 'results'], {
  id: text,
  setType: text,
  exists,
  beaconId: text,
  resultsCount: count,
  results: { type: 'array', items: { type: 'object' } },
  resultsHandovers: { type: 'array', items: handoverSchema },
  info: {
    type: 'object',
    properties: {
      counts: { $ref: '../network/counts.json' },
      bounds: { type: 'object', properties: { individuals: { $ref: '../network/bounds.json' } } },
      ...nodeMatchingProperties,
    },
  },
})

export const resultSetsResponseSchema = objectSchema('Result sets answer', ['meta', 'responseSummary', 'response'], {
  meta,
  responseSummary: summary(['exists']),
  response: {
    type: 'object',
    required: ['resultSets'],
    properties: { resultSets: { type: 'array', items: { $ref: 'resultSet.json' } } },
  },
  info: { type: 'object', properties: { ...info.properties, node: { $ref: '../network/nodeSummary.json' } } },
})

export const collectionsResponseSchema = objectSchema('Collections answer', ['meta', 'responseSummary', 'response'], {
  meta,
  responseSummary: summary(['exists']),
  response: {
    type: 'object',
    required: ['collections'],
    properties: { collections: { type: 'array', items: { type: 'object' } } },
  },
  info,
})

export const errorResponseSchema = objectSchema('Error answer', ['meta', 'error'], {
  meta,
  error: {
    type: 'object',
    required: ['errorCode', 'errorMessage'],
    properties: { errorCode: { type: 'integer', minimum: 400, maximum: 599 }, errorMessage: text, reason: text },
  },
})
