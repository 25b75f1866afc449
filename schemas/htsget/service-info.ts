import type { JsonSchema } from '../json-schema.js'
import { HTSGET_FORMATS, type HtsgetEndpoint, type HtsgetFormat } from './ticket.js'

/** The `htsget` object of a service-info. `fieldsParameterEffective` has one s, `tagsParametersEffective` two: so spells the standard. */
export interface HtsgetCapabilities {
  readonly datatype: HtsgetEndpoint
  readonly formats: readonly HtsgetFormat[]
  readonly fieldsParameterEffective: boolean
  readonly tagsParametersEffective: boolean
}

export const htsgetServiceInfoSchema: JsonSchema = {
  title: 'htsget service-info',
  allOf: [
    { $ref: '../beacon/serviceInfo.json' },
    {
      type: 'object',
      required: ['htsget'],
      properties: {
        type: {
          type: 'object',
          properties: { group: { const: 'org.ga4gh' }, artifact: { const: 'htsget' } },
        },
        htsget: {
          type: 'object',
          required: ['datatype', 'formats', 'fieldsParameterEffective', 'tagsParametersEffective'],
          properties: {
            datatype: { enum: Object.keys(HTSGET_FORMATS) },
            formats: { type: 'array', items: { enum: [...HTSGET_FORMATS.reads, ...HTSGET_FORMATS.variants] } },
            fieldsParameterEffective: { type: 'boolean' },
            tagsParametersEffective: { type: 'boolean' },
          },
          additionalProperties: false,
        },
      },
    },
  ],
}
