import { count, text } from '../json-schema.js'
import { BASES_PATTERN } from './request.js'

/** What a genomicVariation is: Beacon's LegacyVariation, or of VRS 1.3 an Allele or a copy number. Coordinates interbase. */
export type Variation = LegacyVariation | VrsAllele | CopyNumberCount | CopyNumberChange

/** A VRS 1.3 Number. */
export interface VrsNumber {
  readonly type: 'Number'
  readonly value: number
}

/** A VRS 1.3 SequenceLocation: closed, no other keys. */
export interface SequenceLocation {
  readonly type: 'SequenceLocation'
  /** `refseq:NC_…`, or the computed identifier `ga4gh:SQ.…`. */
  readonly sequence_id: string
  readonly interval: { readonly type: 'SequenceInterval'; readonly start: VrsNumber; readonly end: VrsNumber }
}

/** Beacon's LegacyVariation: bases trimmed to what differs, placed by a VRS 1.3 SequenceLocation. */
export interface LegacyVariation {
  /** `SNP`, `MNP`, `INS`, `DEL`, `INDEL`, or a structural type of VCF. */
  readonly variantType: string
  readonly referenceBases: string
  /** Demanded of every type; empty where nothing stands in place of the reference, or it is not known what. */
  readonly alternateBases: string
  readonly location: SequenceLocation
}

export interface VrsAllele {
  /** `ga4gh:VA.…` */
  readonly _id?: string
  readonly type: 'Allele'
  readonly location: SequenceLocation
  readonly state: { readonly type: 'LiteralSequenceExpression'; readonly sequence: string }
}

/** Copies of a place in a genome. */
export interface CopyNumberCount {
  /** `ga4gh:CN.…` */
  readonly _id?: string
  readonly type: 'CopyNumberCount'
  readonly subject: SequenceLocation
  readonly copies: VrsNumber
}

/** More copies of a place than usual, or fewer. */
export interface CopyNumberChange {
  /** `ga4gh:CX.…` */
  readonly _id?: string
  readonly type: 'CopyNumberChange'
  readonly subject: SequenceLocation
  /** Lower case (VRS 1.3): `efo:0030067` loss, `efo:0030070` gain. */
  readonly copy_change: 'efo:0030067' | 'efo:0030070'
}

const CURIE_PATTERN = String.raw`^\w[^:]+:.+$`
const closed = { additionalProperties: false }
const curie = { type: 'string', pattern: CURIE_PATTERN }
const number = { type: 'object', required: ['type', 'value'], properties: { type: { const: 'Number' }, value: count } }
const position = { ...number, ...closed }
const bases = { type: 'string', pattern: BASES_PATTERN }

const location = {
  type: 'object',
  required: ['type', 'sequence_id', 'interval'],
  properties: {
    type: { const: 'SequenceLocation' },
    sequence_id: curie,
    interval: {
      type: 'object',
      required: ['type', 'start', 'end'],
      properties: { type: { const: 'SequenceInterval' }, start: position, end: position },
      ...closed,
    },
  },
  ...closed,
}

const legacy = {
  type: 'object',
  required: ['variantType', 'alternateBases', 'location'],
  properties: { variantType: text, referenceBases: bases, alternateBases: bases, location },
  // Keys of VRS beside those of the legacy form would make it neither.
  not: { required: ['type'] },
}

function vrs(type: string, properties: { readonly [key: string]: object }) {
  return {
    type: 'object',
    required: ['type', ...Object.keys(properties)],
    properties: { _id: curie, type: { const: type }, ...properties },
    ...closed,
  }
}

const state = {
  type: 'object',
  required: ['type', 'sequence'],
  properties: {
    type: { const: 'LiteralSequenceExpression' },
    sequence: { type: 'string', pattern: String.raw`^[A-Z*\-]*$` },
  },
  ...closed,
}

export const variationSchema = {
  oneOf: [
    legacy,
    vrs('Allele', { location, state }),
    vrs('CopyNumberCount', { subject: location, copies: position }),
    vrs('CopyNumberChange', { subject: location, copy_change: { enum: ['efo:0030067', 'efo:0030070'] } }),
  ],
}
