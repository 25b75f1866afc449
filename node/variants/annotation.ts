/**
 * What is known of an allele beside who has it: a set of terms, each a letter that says its kind and a text. On its way from a
 * file to its row, and from there to a record, it is one text: the terms in order, a line each.
 */
export const TERM_KINDS = {
  /** Gene symbol. */
  gene: 'g',
  /** Gene id as a CURIE or an Ensembl id: `HGNC:1097`, `ENSG00000157764`, `NCBIGene:673`. */
  geneId: 'i',
  /** One-letter form: `V600E`. */
  aminoacidChange: 'a',
  /** Sequence Ontology name, as VEP and SnpEff write it: `missense_variant`. */
  effect: 'e',
  genomicHgvs: 'h',
  transcriptHgvs: 't',
  proteinHgvs: 'p',
  /** dbSNP: `rs113488022`. */
  dbSnp: 'd',
  /** ClinVar's variation id, digits. */
  clinvar: 'c',
  /** ClinVar's allele id, digits. */
  clinvarAllele: 'l',
  /** An Interpretation as JSON. */
  interpretation: 's',
} as const

export type TermKind = keyof typeof TERM_KINDS

/** A classification of an allele for one condition, in the words of the file. */
export interface Interpretation {
  /** CURIE; absent when the file gives no id. */
  readonly conditionId?: string
  readonly condition: string
  /** ClinVar's CLNSIG. */
  readonly significance: string
}

const KIND_OF: ReadonlyMap<string, TermKind> = new Map(
  Object.entries(TERM_KINDS).map(([kind, letter]) => [letter, kind as TermKind]),
)

export function toTerm(kind: TermKind, text: string): string {
  // A line end within a term would make two of it.
  return TERM_KINDS[kind] + (/[^ -~]/.test(text) ? text.replace(/\p{Cc}+/gu, ' ') : text)
}

/** The text of terms; the empty one for none. Equal sets have equal texts. */
export function toAnnotation(terms: Iterable<string>): string {
  return [...new Set(terms)].sort().join('\n')
}

export function termsOf(annotation: string): readonly string[] {
  return annotation === '' ? [] : annotation.split('\n')
}

/** What is said of one allele in several places: nothing is lost, nothing stands twice. */
export function uniteAnnotations(annotations: readonly string[]): string {
  const [first = '', ...others] = annotations
  if (others.every((other) => other === first)) return first
  return toAnnotation(annotations.flatMap(termsOf))
}

/** Texts by kind, each list in order. */
export type TermsByKind = { readonly [Kind in TermKind]?: readonly string[] }

export function groupTerms(annotation: string): TermsByKind {
  const groups: { [Kind in TermKind]?: string[] } = {}
  for (const term of termsOf(annotation)) {
    const kind = KIND_OF.get(term[0]!)
    if (!kind) throw new Error(`an annotation has a term of unknown kind "${term[0]}"`)
    ;(groups[kind] ??= []).push(term.slice(1))
  }
  return groups
}

/** What an ingest was annotated with, so that "nobody" can be told from "not annotated". */
export const COVERAGES = ['genes', 'aminoacids'] as const
export type Coverage = (typeof COVERAGES)[number]

/** What all of several are annotated with. */
export function commonCoverage(coverages: readonly (readonly Coverage[])[]): readonly Coverage[] {
  return COVERAGES.filter((coverage) => coverages.length > 0 && coverages.every((other) => other.includes(coverage)))
}
