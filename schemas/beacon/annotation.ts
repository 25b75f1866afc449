import { text } from '../json-schema.js'

/** Beacon v2 `ontologyTerm`. */
interface Term {
  /** CURIE. */
  readonly id: string
  readonly label?: string
}

/** Beacon v2 `externalReference`: the allele in another database. */
export interface AlternativeId {
  readonly id: string
  readonly notes?: string
  readonly reference?: string
}

/** Beacon v2 `Identifiers` of a genomicVariation. */
export interface VariantIdentifiers {
  readonly genomicHGVSId?: string
  readonly transcriptHGVSIds?: readonly string[]
  readonly proteinHGVSIds?: readonly string[]
  /** `clinvar:` and digits. */
  readonly clinvarVariantId?: string
  readonly variantAlternativeIds?: readonly AlternativeId[]
}

/** Beacon v2 `MolecularAttributes`. */
export interface MolecularAttributes {
  /** Symbols, then ids. */
  readonly geneIds?: readonly string[]
  /** One-letter form. */
  readonly aminoacidChanges?: readonly string[]
  /** Sequence Ontology. */
  readonly molecularEffects?: readonly Term[]
}

const texts = { type: 'array', items: text, minItems: 1 }
const curie = { type: 'string', pattern: String.raw`^\w[^:]+:.+$` }
const ontologyTerm = { type: 'object', required: ['id'], properties: { id: curie, label: text } }

/** The properties of a record that come from annotations. */
export const annotationProperties = {
  identifiers: {
    type: 'object',
    properties: {
      genomicHGVSId: text,
      transcriptHGVSIds: texts,
      proteinHGVSIds: texts,
      clinvarVariantId: { type: 'string', pattern: String.raw`^(clinvar:)?\d+$` },
      variantAlternativeIds: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id'],
          properties: { id: curie, notes: text, reference: { type: 'string', format: 'uri' } },
        },
      },
    },
  },
  molecularAttributes: {
    type: 'object',
    properties: {
      geneIds: texts,
      aminoacidChanges: texts,
      molecularEffects: { type: 'array', items: ontologyTerm },
    },
  },
}
