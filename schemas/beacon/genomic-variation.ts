import { closed, count, fraction, objectSchema, text } from '../json-schema.js'
import { caseLevelDataSchema, type CaseLevelData } from './case-level-data.js'
import type { LabelledTerm, VariantLevelData } from './clinical-interpretation.js'
import { annotationProperties, type MolecularAttributes, type VariantIdentifiers } from './annotation.js'
import { variationSchema, type Variation } from './variation.js'

/** Beacon v2 `genomicVariation`, the parts that a node fills. */
export interface GenomicVariation {
  /** Equal to variantInternalId: what verifiers and networks look for. */
  readonly id: string
  readonly variantInternalId: string
  readonly variation: Variation
  /** VRS computed identifiers among the alternative ids. */
  readonly identifiers?: VariantIdentifiers
  readonly molecularAttributes?: MolecularAttributes
  /** Who has the allele; only of datasets that allow it. */
  readonly caseLevelData?: readonly CaseLevelData[]
  readonly variantLevelData?: VariantLevelData
  readonly frequencyInPopulations?: readonly FrequencyInPopulations[]
  readonly info?: VariationInfo
}

/** What Beacon has no field for. */
export interface VariationInfo {
  /** A structural allele as its file has it. */
  readonly structural?: {
    /** With what stands behind the first colon: `DUP:TANDEM`, `INS:ME:ALU`. */
    readonly type: string
    /** Bases, where it is not the length of the location. */
    readonly length?: number
    readonly copyNumber?: number
    /** The other end of a breakend, in VCF's notation (1-based), e.g. `N[17:198982[`. */
    readonly mate?: string
  }
  /** When somebody has the allele in a tumour: of which genome it is in how many people of the dataset. */
  readonly alleleOrigins?: readonly AlleleOrigin[]
  /** When `caseLevelData` does not list everybody of the dataset who has the allele: how many have it, and how many are listed. */
  readonly caseLevelData?: { readonly individuals: number; readonly listed: number }
  /** Effects of annotations whose ontology id is not known. */
  readonly effectsWithoutOntologyTerm?: readonly string[]
}

export interface AlleleOrigin {
  readonly alleleOrigin: { readonly id: string; readonly label: string }
  readonly individuals: number
  /** Of tumours: in how many of these people it is which tumour, as far as biosamples tell; people of whom they do not are in none. */
  readonly tumourTypes?: TumourTypes
}

/** Fields of biosamples that say which tumour it is. */
export const TUMOUR_TYPE_FIELDS = ['histologicalDiagnosis', 'tumorProgression'] as const

export type TumourTypes = Readonly<Partial<Record<(typeof TUMOUR_TYPE_FIELDS)[number], readonly TumourTypeCount[]>>>

export interface TumourTypeCount extends LabelledTerm {
  readonly individuals: number
  /** Absent where it is known of too few of these people, or where the question chose them. */
  readonly alleleFractions?: AlleleFractionSummary
}

/** In what share of the reads of people's tumours an allele is. */
export interface AlleleFractionSummary {
  /** Of whom it is known. */
  readonly individuals: number
  readonly median: number
  readonly least: number
  readonly most: number
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

const ontologyTerm = { type: 'object', required: ['id'], properties: { id: text, label: text } }

const tumourTypes = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['id', 'individuals'],
    properties: {
      ...ontologyTerm.properties,
      individuals: count,
      alleleFractions: {
        type: 'object',
        required: ['individuals', 'median', 'least', 'most'],
        properties: { individuals: count, median: fraction, least: fraction, most: fraction },
        ...closed,
      },
    },
  },
}

const info = {
  type: 'object',
  properties: {
    structural: {
      type: 'object',
      required: ['type'],
      properties: { type: text, length: count, copyNumber: count, mate: text },
    },
    caseLevelData: {
      type: 'object',
      required: ['individuals', 'listed'],
      properties: { individuals: count, listed: count },
    },
    alleleOrigins: {
      type: 'array',
      items: {
        type: 'object',
        required: ['alleleOrigin', 'individuals'],
        properties: {
          alleleOrigin: ontologyTerm,
          individuals: count,
          tumourTypes: {
            type: 'object',
            properties: Object.fromEntries(TUMOUR_TYPE_FIELDS.map((field) => [field, tumourTypes])),
            ...closed,
          },
        },
      },
    },
  },
}

export const genomicVariationSchema = objectSchema('Genomic variation', ['variantInternalId', 'variation'], {
  id: text,
  variantInternalId: text,
  variation: variationSchema,
  ...annotationProperties,
  info,
  caseLevelData: { type: 'array', items: caseLevelDataSchema, minItems: 1 },
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
              alleleFrequency: fraction,
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
