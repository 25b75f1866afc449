import { compileSchema, objectSchema, type JsonSchema } from '../../schemas/index.js'
import { readTruth } from '../suite/read-truth.js'
import type { AskedFilter } from './client.js'
import type { KnownVariant } from './known-variant.js'

/** A filter question with a known answer. */
export interface KnownFilter {
  readonly entryType: string
  readonly filters: readonly AskedFilter[]
  readonly exists: boolean
  /** Records that pass, where the beacon tells counts. */
  readonly count?: number
}

/** What somebody knows of a beacon's data: for beacons that show no records to calibrate by, and for answers that must be right. */
export interface Truth {
  readonly variants: readonly KnownVariant[]
  readonly filters: readonly KnownFilter[]
  /** An id that exists, by entry type. */
  readonly ids: Readonly<Record<string, string>>
}

export const NO_TRUTH: Truth = { variants: [], filters: [], ids: {} }

const text = { type: 'string', minLength: 1 } as const
const bases = { type: 'string', pattern: '^[ACGTUNRYSWKMBDHV.-]*$' } as const
const closed = { additionalProperties: false } as const

const variant: JsonSchema = {
  type: 'object',
  required: ['referenceName', 'start', 'end'],
  properties: {
    id: text,
    assemblyId: text,
    referenceName: text,
    start: { type: 'integer', minimum: 0 },
    end: { type: 'integer', minimum: 0 },
    referenceBases: bases,
    alternateBases: bases,
    variantType: text,
    geneId: text,
    aminoacidChange: text,
    genomicAlleleShortForm: text,
    exists: { type: 'boolean' },
  },
  ...closed,
}

const filter: JsonSchema = {
  type: 'object',
  required: ['entryType', 'filters'],
  properties: {
    entryType: text,
    filters: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['id'],
        properties: {
          id: text,
          operator: { enum: ['=', '<', '>', '!', '>=', '<='] },
          value: text,
          scope: text,
          includeDescendantTerms: { type: 'boolean' },
        },
        ...closed,
      },
    },
    exists: { type: 'boolean' },
    count: { type: 'integer', minimum: 0 },
  },
  ...closed,
}

const check = compileSchema(
  objectSchema(
    'Truth about a beacon',
    [],
    {
      variants: { type: 'array', items: variant },
      filters: { type: 'array', items: filter },
      ids: { type: 'object', additionalProperties: text },
    },
    closed,
  ),
)

/** @throws Error one sentence: what is wrong, and where */
export function readTruthFile(file: string): Truth {
  const truth = readTruth(file, check) as {
    readonly variants?: readonly (Omit<KnownVariant, 'exists'> & { readonly exists?: boolean })[]
    readonly filters?: readonly (Omit<KnownFilter, 'exists'> & { readonly exists?: boolean })[]
    readonly ids?: Readonly<Record<string, string>>
  }
  return {
    variants: (truth.variants ?? []).map((known) => ({ ...known, exists: known.exists ?? true, testMode: false })),
    filters: (truth.filters ?? []).map((known) => ({ ...known, exists: known.exists ?? true })),
    ids: truth.ids ?? {},
  }
}
