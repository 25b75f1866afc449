import { type STRUCTURAL_RULES, structuralMatchSchema, type StructuralMatchParameters } from '../beacon/request.js'
import { closed } from '../json-schema.js'

/** Where a node looked a gene up: among the places of its gene table, or in what its files say of their alleles. */
export const GENE_SOURCES = ['gene table', 'annotation'] as const
export type GeneSource = (typeof GENE_SOURCES)[number]

/** Which alleles a node took an HGVS short form for. */
export const SHORT_FORM_MEANINGS = [
  'one allele',
  'every allele within the codon that makes this change',
  'alleles whose annotation has this text',
] as const
export type ShortFormMeaning = (typeof SHORT_FORM_MEANINGS)[number]

/** By which rule alleles were found, where a question leaves that to the node; part of `info`. */
export interface Matching {
  /** The rule for structural alleles, with its numbers. */
  readonly structuralMatch?: StructuralMatch
  readonly geneSource?: GeneSource
  readonly shortForm?: { readonly meaning: ShortFormMeaning }
}

/** A rule that was used, which always has a name. */
export type StructuralMatch = StructuralMatchParameters & { readonly rule: (typeof STRUCTURAL_RULES)[number] }

const meaning = { enum: SHORT_FORM_MEANINGS }

/** Properties of an `info` object of a node, which may say more of a short form than the hub lets through. */
export const nodeMatchingProperties = {
  structuralMatch: { ...structuralMatchSchema, required: ['rule'] },
  geneSource: { enum: GENE_SOURCES },
  shortForm: { type: 'object', required: ['meaning'], properties: { meaning } },
} as const

/** Properties of what the hub says. */
export const matchingProperties = {
  ...nodeMatchingProperties,
  shortForm: { ...nodeMatchingProperties.shortForm, ...closed },
} as const
