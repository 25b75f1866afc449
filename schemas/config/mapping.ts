import { closed, objectSchema, text, type JsonSchema } from '../json-schema.js'

/** Where the value of a field comes from. */
export type MappedField =
  | string
  | {
      readonly column: string
      /** What separates several values in a cell. */
      readonly separator?: string
      /** What a cell means; a cell that is not here is an error. */
      readonly values?: Readonly<Record<string, unknown>>
      /** Put before each value: `OMIM:`. */
      readonly prefix?: string
      /** Of an age or a duration that is written as a number. */
      readonly unit?: (typeof DURATION_UNITS)[number]
    }
  | { readonly constant: unknown }

export const MAPPED_TYPES = ['individuals', 'biosamples', 'runs', 'analyses', 'cohorts'] as const
export const MAPPED_DELIMITERS = ['tab', 'comma', 'semicolon'] as const
export const DURATION_UNITS = ['years', 'months', 'weeks', 'days'] as const

/** How the columns of a table become Beacon records: the file of `fyr-node ingest --mapping`. */
export interface TableMapping {
  readonly type: (typeof MAPPED_TYPES)[number]
  readonly delimiter?: (typeof MAPPED_DELIMITERS)[number]
  /** What stands between whole and fraction in a number (default: `point`). */
  readonly decimal?: 'point' | 'comma'
  /** Cells that say nothing, beside empty ones. */
  readonly missing?: readonly string[]
  /** `many`: rows with the same id are one record (default: `one`). */
  readonly rowsPerRecord?: 'one' | 'many'
  /** By field, e.g. `sex`, `diseases[].diseaseCode`, `phenotypicFeatures[absent].featureType`. */
  readonly fields: Readonly<Record<string, MappedField>>
}

const field: JsonSchema = {
  type: ['string', 'object'],
  minLength: 1,
  if: { type: 'object', required: ['constant'] },
  then: { properties: { constant: {} }, ...closed },
  else: {
    required: ['column'],
    properties: {
      column: text,
      separator: text,
      values: { type: 'object', minProperties: 1 },
      prefix: text,
      unit: { enum: DURATION_UNITS },
    },
    ...closed,
  },
}

export const mappingSchema = objectSchema(
  'Mapping of a table',
  ['type', 'fields'],
  {
    type: { enum: MAPPED_TYPES },
    delimiter: { enum: MAPPED_DELIMITERS },
    decimal: { enum: ['point', 'comma'] },
    missing: { type: 'array', items: { type: 'string' } },
    rowsPerRecord: { enum: ['one', 'many'] },
    fields: { type: 'object', minProperties: 1, additionalProperties: field },
  },
  closed,
)
