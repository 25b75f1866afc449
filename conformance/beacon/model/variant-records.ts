import type { JsonSchema } from '../../../schemas/index.js'
import * as t from './terms.js'

const closed = { additionalProperties: false } as const
const bases = { type: 'string', pattern: String.raw`^[ACGTUNRYSWKMBDHV\-.]*$` } as const
/** A VRS CURIE; VRS 1.3 takes it for a sequence_id. Not an ontology id. */
const prefixed = { type: 'string', pattern: String.raw`^\w[^:]*:.+$` } as const

const position: JsonSchema = {
  type: 'object',
  required: ['type'],
  properties: { type: { enum: ['Number', 'IndefiniteRange', 'DefiniteRange'] } },
  if: { properties: { type: { const: 'Number' } } },
  then: t.object(['value'], { type: t.text, value: t.integer }, closed),
}

const interval: JsonSchema = {
  ...t.object(['type', 'start', 'end'], {
    type: { enum: ['SequenceInterval', 'SimpleInterval'] },
    start: {},
    end: {},
  }),
  additionalProperties: false,
  if: { properties: { type: { const: 'SimpleInterval' } } },
  then: { properties: { start: t.integer, end: t.integer } },
  else: { properties: { start: position, end: position } },
}

/** VRS 1.3 Location: closed objects, each with its type. */
const location: JsonSchema = {
  type: 'object',
  required: ['type'],
  properties: { type: { enum: ['SequenceLocation', 'ChromosomeLocation'] } },
  if: { properties: { type: { const: 'SequenceLocation' } } },
  then: t.object(
    ['sequence_id', 'interval'],
    {
      _id: t.text,
      type: t.text,
      sequence_id: prefixed,
      interval,
    },
    closed,
  ),
}

/** Where a VRS variation is: a location, or a reference to one (or to a gene) by id. */
const place: JsonSchema = {
  if: { properties: { type: { const: 'SequenceLocation' } }, required: ['type'], type: 'object' },
  then: location,
}

const legacyVariation = t.object(['variantType', 'alternateBases', 'location'], {
  variantType: t.text,
  referenceBases: bases,
  alternateBases: bases,
  location,
})

/** VRS 1.3: lower case, unlike the CURIEs of EFO. */
const COPY_CHANGES = [30069, 20073, 30068, 30067, 30064, 30070, 30071, 30072].map(
  (n) => `efo:${String(n).padStart(7, '0')}`,
)

const VRS_TYPES = ['Allele', 'Haplotype', 'CopyNumberCount', 'CopyNumberChange', 'Genotype'] as const

function whenType(type: (typeof VRS_TYPES)[number], then: JsonSchema): JsonSchema {
  return { if: { properties: { type: { const: type } } }, then }
}

const legacyKeys = ['variantType', 'alternateBases', 'referenceBases']

/** Exactly one of the VRS forms and LegacyVariation; `type` tells VRS, and a VRS object takes no keys of the other. */
const variation: JsonSchema = {
  type: 'object',
  if: { required: ['type'] },
  then: {
    properties: { type: { enum: VRS_TYPES }, ...Object.fromEntries(legacyKeys.map((key) => [key, false])) },
    allOf: [
      whenType(
        'Allele',
        t.object(['location', 'state'], { location: place, state: t.object(['type'], { type: t.text }) }),
      ),
      whenType(
        'CopyNumberChange',
        t.object(['subject', 'copy_change'], { subject: place, copy_change: { enum: COPY_CHANGES } }),
      ),
      whenType('CopyNumberCount', t.object(['subject', 'copies'], { subject: place, copies: { type: 'object' } })),
      whenType('Haplotype', t.object(['members'], { members: { type: 'array' } })),
      whenType('Genotype', t.object(['members', 'count'], {})),
    ],
  },
  else: legacyVariation,
}

const phenoClinicEffect = t.object(['conditionId', 'effect'], {
  conditionId: t.text,
  effect: t.term,
  category: t.term,
  evidenceType: t.term,
  clinicalRelevance: {
    enum: ['benign', 'likely benign', 'uncertain significance', 'likely pathogenic', 'pathogenic'],
  },
  annotatedWith: t.object(['toolName', 'version', 'toolReferences'], {
    toolName: t.text,
    version: t.text,
    toolReferences: { type: 'object', minProperties: 1 },
  }),
})

const effects = { clinicalInterpretations: t.list(phenoClinicEffect), phenotypicEffects: t.list(phenoClinicEffect) }

const caseLevelVariant = t.object(['biosampleId'], {
  biosampleId: t.text,
  individualId: t.text,
  analysisId: t.text,
  runId: t.text,
  id: t.text,
  zygosity: t.term,
  alleleOrigin: t.term,
  ...effects,
})

export const genomicVariant = t.object(['variantInternalId', 'variation'], {
  variantInternalId: t.text,
  variation,
  identifiers: t.object([], {
    genomicHGVSId: t.text,
    transcriptHGVSIds: t.list(t.text),
    proteinHGVSIds: t.list(t.text),
    clinvarVariantId: { type: 'string', pattern: String.raw`^(clinvar:)?\d+$` },
    variantAlternativeIds: t.list(t.object([], { id: t.text, notes: t.text, reference: t.text })),
  }),
  molecularAttributes: t.object([], {
    geneIds: t.list(t.text),
    aminoacidChanges: t.list(t.text),
    molecularEffects: t.list(t.term),
    genomicFeatures: t.list(t.object(['featureClass'], { featureClass: t.term, featureID: t.term })),
  }),
  caseLevelData: t.list(caseLevelVariant),
  variantLevelData: t.object([], effects),
  frequencyInPopulations: t.list(
    t.object(['source', 'sourceReference', 'frequencies'], {
      source: t.text,
      sourceReference: t.text,
      version: t.text,
      frequencies: t.list(
        t.object(['population', 'alleleFrequency'], { population: t.text, alleleFrequency: t.number }),
        { minItems: 1 },
      ),
    }),
  ),
})
