import { compileSchema, objectSchema, type JsonSchema } from '../../schemas/index.js'
import { readTruth } from '../suite/read-truth.js'
import { ENDPOINTS, type Endpoint, type Region } from './client.js'

/** A region with a known answer. */
export interface KnownRegion extends Region {
  /** How many records overlap it. */
  readonly records: number
  /** Of these records as `samtools view` or `bcftools view -H --no-version` print them. */
  readonly sha256?: string
}

export interface KnownFile {
  readonly endpoint: Endpoint
  readonly id: string
  /** Formats that it is served in; absent: those of the service-info. */
  readonly formats?: readonly string[]
  readonly regions?: readonly KnownRegion[]
}

/** What somebody knows of the files of a service. */
export interface Truth {
  readonly files: readonly KnownFile[]
}

const text = { type: 'string', minLength: 1 } as const
const count = { type: 'integer', minimum: 0 } as const
const closed = { additionalProperties: false } as const

const region: JsonSchema = {
  type: 'object',
  required: ['referenceName', 'records'],
  properties: {
    referenceName: text,
    start: count,
    end: count,
    records: count,
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  },
  ...closed,
}

const check = compileSchema(
  objectSchema(
    'Truth about an htsget service',
    ['files'],
    {
      files: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['endpoint', 'id'],
          properties: {
            endpoint: { enum: ENDPOINTS },
            id: text,
            formats: { type: 'array', minItems: 1, items: text },
            regions: { type: 'array', items: region },
          },
          ...closed,
        },
      },
    },
    closed,
  ),
)

/** @throws Error one sentence: what is wrong, and where */
export function readTruthFile(file: string): Truth {
  return readTruth(file, check) as Truth
}
