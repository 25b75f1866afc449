import { count, objectSchema, text } from '../json-schema.js'
import { GRANULARITIES, INCLUDE_RESULTSET_RESPONSES } from './granularity.js'

/** Bases of an allele on the Beacon wire: IUPAC, upper case; empty for a pure insertion or deletion. */
export const BASES_PATTERN = '^[ACGTUNRYSWKMBDHV.-]*$'

/** How near a structural allele must be to the one that is asked for: our addition to Beacon (docs/decisions/0010). */
export const STRUCTURAL_RULES = ['default', 'reciprocal-overlap', 'breakpoints', 'overlap'] as const

export interface StructuralMatchParameters {
  /** `default`: one of the next two is enough; `overlap`: Beacon's range query. */
  readonly rule?: (typeof STRUCTURAL_RULES)[number]
  /** What both alleles have in common, as a part of the longer one. */
  readonly minimumOverlap?: number
  /** Most bases between the two starts, and between the two ends. */
  readonly window?: number
}

/** Ends that lie further apart are not those of one event, bases. */
export const LARGEST_WINDOW = 1_000_000

export const structuralMatchSchema = {
  type: 'object',
  properties: {
    rule: { enum: STRUCTURAL_RULES },
    minimumOverlap: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    window: { type: 'integer', minimum: 0, maximum: LARGEST_WINDOW },
  },
  additionalProperties: false,
}

/** Variant parameters of Beacon v2 (`requestParameters.g_variant`). Coordinates 0-based, half-open. */
export interface GVariantParameters {
  readonly assemblyId?: string
  readonly referenceName?: string
  readonly start?: readonly number[]
  readonly end?: readonly number[]
  readonly referenceBases?: string
  readonly alternateBases?: string
  readonly variantType?: string
  readonly variantMinLength?: number
  readonly variantMaxLength?: number
  readonly geneId?: string
  readonly aminoacidChange?: string
  readonly genomicAlleleShortForm?: string
  readonly mateName?: string
  readonly structuralMatch?: StructuralMatchParameters
}

export const gVariantParametersSchema = objectSchema('Variant parameters', [], {
  assemblyId: text,
  referenceName: text,
  start: { type: 'array', items: count, minItems: 1, maxItems: 2 },
  end: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: 2 },
  referenceBases: { type: 'string', pattern: BASES_PATTERN },
  alternateBases: { type: 'string', pattern: BASES_PATTERN },
  variantType: text,
  variantMinLength: count,
  variantMaxLength: { type: 'integer', minimum: 1 },
  geneId: text,
  aminoacidChange: text,
  genomicAlleleShortForm: text,
  mateName: text,
  structuralMatch: structuralMatchSchema,
})

export const FILTER_OPERATORS = ['=', '<', '>', '!', '>=', '<='] as const

/** How near a term must be; only `exact` and, below it, descendants are told apart by a Fyr node. */
export const SIMILARITIES = ['exact', 'high', 'medium', 'low'] as const

/** An ontology, alphanumeric (with `operator` or `value`) or custom filter. */
export interface RequestFilter {
  readonly id: string
  readonly operator?: (typeof FILTER_OPERATORS)[number]
  readonly value?: string | number
  /** An entry type, as in `biosample` or `biosamples`. */
  readonly scope?: string
  readonly includeDescendantTerms?: boolean
  readonly similarity?: (typeof SIMILARITIES)[number]
}

/** Filters are joined by AND; those of an inner list by OR (proposed for Beacon, pull request 266; read by others already). */
export type RequestFilterItem = RequestFilter | readonly RequestFilter[]

export interface BeaconQuery {
  readonly requestParameters?: { readonly [group: string]: unknown }
  readonly filters?: readonly RequestFilterItem[]
  readonly includeResultsetResponses?: string
  readonly pagination?: { readonly skip?: number; readonly limit?: number }
  readonly requestedGranularity?: string
  readonly testMode?: boolean
}

/** Body of every Beacon POST. `meta` is demanded by the standard; we also read bodies without it. */
export interface BeaconRequestBody extends BeaconQuery {
  readonly meta?: { readonly apiVersion?: string; readonly requestedSchemas?: readonly object[] }
  readonly query?: BeaconQuery
}

const pagination = { type: 'object', properties: { skip: count, limit: count } }

const filter = {
  type: 'object',
  required: ['id'],
  properties: {
    id: text,
    operator: { enum: FILTER_OPERATORS },
    value: { type: ['string', 'number'] },
    scope: text,
    includeDescendantTerms: { type: 'boolean' },
    similarity: { enum: SIMILARITIES },
  },
}

const query = {
  filters: {
    type: 'array',
    items: { if: { type: 'array' }, then: { items: filter, minItems: 1 }, else: filter },
  },
  includeResultsetResponses: { enum: INCLUDE_RESULTSET_RESPONSES },
  pagination,
  requestedGranularity: { enum: GRANULARITIES },
  requestParameters: { type: 'object' },
  testMode: { type: 'boolean' },
}

export const requestBodySchema = objectSchema('Body of a Beacon request', [], {
  meta: {
    type: 'object',
    properties: { apiVersion: text, requestedSchemas: { type: 'array', items: { type: 'object' } } },
  },
  query: { type: 'object', properties: query },
  // The standard's own examples put pagination and granularity beside `query`, and clients put the rest there too:
  // what `query` lacks is read from there, so it must be as good.
  ...query,
})
