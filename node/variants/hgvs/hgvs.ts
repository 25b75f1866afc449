/** The parts of a description in the nomenclature of the Human Genome Variation Society (hgvs-nomenclature.org). */

/** Genomic, mitochondrial, coding and non-coding: how bases are counted. */
export type CoordinateSystem = 'g' | 'm' | 'c' | 'n'

/** A base. 1-based, as people write it. */
export interface HgvsPosition {
  /** Never 0. From the first coding base on (`c.1`), before it when negative (`c.-1`); behind the stop codon with `isBehindStop` (`c.*1`). */
  readonly base: number
  readonly isBehindStop: boolean
  /** Into the intron: `+5` behind the base, `-5` before it; 0 in exons. */
  readonly offset: number
}

/** What happens to the bases from first to last. Bases in the direction of the reference that the description names. */
export type HgvsEdit =
  | { readonly kind: 'substitution'; readonly reference: string; readonly alternate: string }
  | { readonly kind: 'deletion'; readonly reference?: string }
  | { readonly kind: 'duplication'; readonly reference?: string }
  | { readonly kind: 'inversion'; readonly reference?: string }
  | { readonly kind: 'insertion'; readonly alternate: string }
  | { readonly kind: 'delins'; readonly reference?: string; readonly alternate: string }

export interface NucleotideHgvs {
  readonly kind: 'nucleotide'
  /** As written, with its version when there is one. */
  readonly accession: string
  readonly system: CoordinateSystem
  readonly first: HgvsPosition
  /** The same as `first` when one base is named. */
  readonly last: HgvsPosition
  readonly edit: HgvsEdit
}

/** One amino acid in the place of another. One-letter codes, `*` for the end. */
export interface ProteinHgvs {
  readonly kind: 'protein'
  readonly accession: string
  /** 1-based. */
  readonly position: number
  readonly reference: string
  readonly alternate: string
}

export type Hgvs = NucleotideHgvs | ProteinHgvs

/** `-12+3`, `*5`, `77` */
export function spellPosition({ base, isBehindStop, offset }: HgvsPosition): string {
  return `${isBehindStop ? '*' : ''}${base}${offset > 0 ? '+' : ''}${offset === 0 ? '' : offset}`
}

export function isSamePosition(a: HgvsPosition, b: HgvsPosition): boolean {
  return a.base === b.base && a.isBehindStop === b.isBehindStop && a.offset === b.offset
}

/** `5558`, `100_102` */
export function spellInterval(first: HgvsPosition, last: HgvsPosition): string {
  return isSamePosition(first, last) ? spellPosition(first) : `${spellPosition(first)}_${spellPosition(last)}`
}

export function spellEdit(edit: HgvsEdit): string {
  switch (edit.kind) {
    case 'substitution':
      return `${edit.reference}>${edit.alternate}`
    case 'deletion':
      return 'del'
    case 'duplication':
      return 'dup'
    case 'inversion':
      return 'inv'
    case 'insertion':
      return `ins${edit.alternate}`
    case 'delins':
      return `delins${edit.alternate}`
  }
}
