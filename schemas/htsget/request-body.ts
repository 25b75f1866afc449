import { objectSchema, text } from '../json-schema.js'

/** The largest coordinate: unsigned 32 bits (htsget 1.3). */
export const LARGEST_COORDINATE = 2 ** 32 - 1

export interface RequestedRegion {
  /** As the file spells it; `*`: reads without a place. */
  readonly referenceName: string
  /** 0-based, inclusive. */
  readonly start?: number
  /** Exclusive. */
  readonly end?: number
}

/** Body of a POST. Other members are ignored, as other parameters of a GET are. */
export interface HtsgetRequestBody {
  readonly format?: string
  readonly class?: string
  readonly fields?: readonly string[]
  readonly tags?: readonly string[]
  readonly notags?: readonly string[]
  readonly regions?: readonly RequestedRegion[]
  readonly encryptionScheme?: string
}

const coordinate = { type: 'integer', minimum: 0, maximum: LARGEST_COORDINATE }
const names = { type: 'array', items: { type: 'string' } }

export const htsgetRequestBodySchema = objectSchema('htsget POST body', [], {
  format: text,
  class: text,
  fields: names,
  tags: names,
  notags: names,
  regions: {
    type: 'array',
    minItems: 1,
    items: {
      type: 'object',
      required: ['referenceName'],
      properties: { referenceName: text, start: coordinate, end: coordinate },
    },
  },
  encryptionScheme: text,
})
