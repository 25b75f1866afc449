import type { VariantLevelData } from './clinical-interpretation.js'
import { count, objectSchema, text } from '../json-schema.js'
import { BASES_PATTERN } from './request.js'

/** Beacon v2 `genomicVariation`, the parts that a node fills. */
export interface GenomicVariation {
  /** Equal to variantInternalId: what verifiers and networks look for. */
  readonly id: string
  readonly variantInternalId: string
  readonly variation: LegacyVariation
  readonly variantLevelData?: VariantLevelData
  readonly frequencyInPopulations?: readonly FrequencyInPopulations[] | undefined
}

/** Beacon's LegacyVariation: bases trimmed to what differs, placed by a VRS 1.3 SequenceLocation (interbase). */
export interface LegacyVariation {
  /** `SNP`, `MNP`, `INS`, `DEL`, `INDEL`, or a structural type of VCF. */
  readonly variantType: string
  readonly referenceBases: string
  readonly alternateBases: string
  readonly location: {
    readonly type: 'SequenceLocation'
    /** `refseq:NC_…` */
    readonly sequence_id: string
    readonly interval: {
      readonly type: 'SequenceInterval'
      readonly start: { readonly type: 'Number'; readonly value: number }
      readonly end: { readonly type: 'Number'; readonly value: number }
    }
  }
}

export interface FrequencyInPopulations {
  readonly source: string
  readonly sourceReference: string
  readonly frequencies: readonly PopulationFrequency[]
}

/** One population's frequency. The zygosity fields count people, as in `info.counts`; on MT there are none. */
export interface PopulationFrequency {
  readonly population: string
  readonly alleleFrequency: number
  readonly alleleCount: number
  readonly alleleNumber: number
  readonly alleleCountHomozygous?: number
  readonly alleleCountHeterozygous?: number
  readonly alleleCountHemizygous?: number
}

const position = {
  type: 'object',
  required: ['type', 'value'],
  properties: { type: { const: 'Number' }, value: count },
  additionalProperties: false,
}

const bases = { type: 'string', pattern: BASES_PATTERN }

export const genomicVariationSchema = objectSchema('Genomic variation', ['variantInternalId', 'variation'], {
  id: text,
  variantInternalId: text,
  variation: {
    type: 'object',
    required: ['variantType', 'alternateBases', 'location'],
    properties: {
      variantType: text,
      referenceBases: bases,
      alternateBases: bases,
      location: {
        type: 'object',
        required: ['type', 'sequence_id', 'interval'],
        properties: {
          type: { const: 'SequenceLocation' },
          sequence_id: { type: 'string', pattern: String.raw`^\w[^:]+:.+$` },
          interval: {
            type: 'object',
            required: ['type', 'start', 'end'],
            properties: { type: { const: 'SequenceInterval' }, start: position, end: position },
            additionalProperties: false,
          },
        },
        additionalProperties: false,
      },
    },
  },
  variantLevelData: {
    type: 'object',
    properties: { clinicalInterpretations: { type: 'array', items: { $ref: 'clinicalInterpretation.json' } } },
  },
  frequencyInPopulations: {
    type: 'array',
    items: {
      type: 'object',
      required: ['source', 'sourceReference', 'frequencies'],
      properties: {
        source: text,
        sourceReference: text,
        frequencies: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['population', 'alleleFrequency'],
            properties: {
              population: text,
              alleleFrequency: { type: 'number', minimum: 0, maximum: 1 },
              alleleCount: count,
              alleleNumber: count,
              alleleCountHomozygous: count,
              alleleCountHeterozygous: count,
              alleleCountHemizygous: count,
            },
          },
        },
      },
    },
  },
})
