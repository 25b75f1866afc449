import type { AssemblyId } from '../../../schemas/index.js'

/** [start, end), 0-based. */
export type Span = readonly [number, number]

/** A transcript on the genome. */
export interface Transcript {
  /** Without its version: `NM_007294`, `ENST00000357654`. */
  readonly accession: string
  /** Absent where the file gives none. */
  readonly version?: string
  /** Symbol of its gene. */
  readonly symbol?: string
  /** What it is translated to, with version where there is one: `NP_009225.1`. */
  readonly protein?: string
  readonly assembly: AssemblyId
  readonly contig: number
  readonly strand: '+' | '-'
  /** Ascending on the genome, whatever the strand; never empty, never overlapping. */
  readonly exons: readonly Span[]
  /** From the first to the last coding base on the genome, the stop codon included. */
  readonly coding?: Coding
  /** Why positions in it cannot be found by counting in its exons; absent: they can. */
  readonly caveat?: string
}

export interface Coding {
  readonly start: number
  readonly end: number
  /** Why codons cannot be found by counting from the first coding base; absent: they can. */
  readonly caveat?: string
}

/** `NM_007294.4` */
export function spellTranscript({ accession, version }: Pick<Transcript, 'accession' | 'version'>): string {
  return version === undefined ? accession : `${accession}.${version}`
}

/** An exon in the order of the transcript. */
interface PlacedExon {
  /** On the genome. */
  readonly start: number
  readonly end: number
  /** Where it begins in the spliced sequence, 0-based. */
  readonly index: number
}

/** Where the bases of the spliced sequence come from. */
export interface Splicing {
  readonly exons: readonly PlacedExon[]
  /** Bases of the spliced sequence. */
  readonly length: number
}

/** The exons in the order of the transcript, 5' first. */
export function toSplicing({ exons, strand }: Pick<Transcript, 'exons' | 'strand'>): Splicing {
  let length = 0
  const ordered = strand === '+' ? exons : exons.toReversed()
  const placed = ordered.map(([start, end]): PlacedExon => {
    const index = length
    length += end - start
    return { start, end, index }
  })
  return { exons: placed, length }
}

/** The base of the genome, 0-based, that stands at an index of the spliced sequence. @throws TypeError there is none */
export function toGenomePosition({ strand }: Pick<Transcript, 'strand'>, splicing: Splicing, index: number): number {
  const exon = splicing.exons.find((each) => each.index <= index && index < each.index + each.end - each.start)
  if (!exon) throw new TypeError(`no base ${index} in a transcript of ${splicing.length}`)
  return strand === '+' ? exon.start + index - exon.index : exon.end - 1 - (index - exon.index)
}

/** Where a base of the genome stands: in an exon, or in an intron, seen from the nearer exon. */
export interface SplicedPlace {
  /** Index in the spliced sequence. */
  readonly index: number
  /** Bases into the intron: behind the base at `index` when positive, before it when negative. */
  readonly offset: number
}

/**
 * The inverse of `toGenomePosition`, for introns too. The middle base of an intron is counted from the exon before it
 * (hgvs-nomenclature.org, numbering of introns).
 *
 * @returns undefined before the first exon and behind the last one
 */
export function toSplicedPlace(
  { strand }: Pick<Transcript, 'strand'>,
  { exons }: Splicing,
  position: number,
): SplicedPlace | undefined {
  for (const [number, { start, end, index }] of exons.entries()) {
    if (start <= position && position < end) {
      return { index: strand === '+' ? index + position - start : index + end - 1 - position, offset: 0 }
    }
    const next = exons[number + 1]
    if (!next) return undefined
    const behind = strand === '+' ? position - (end - 1) : start - position
    const before = strand === '+' ? next.start - position : position - (next.end - 1)
    if (behind > 0 && before > 0) {
      return behind <= before ? { index: next.index - 1, offset: behind } : { index: next.index, offset: -before }
    }
  }
  return undefined
}

/** [from, to) of the coding sequence in the spliced one; undefined where the transcript has none. */
export function toCodingIndexes(transcript: Transcript, splicing: Splicing): Span | undefined {
  const { coding, strand } = transcript
  if (!coding) return undefined
  const [first, last] = strand === '+' ? [coding.start, coding.end - 1] : [coding.end - 1, coding.start]
  const [from, to] = [first, last].map((position) => toSplicedPlace(transcript, splicing, position))
  return from?.offset === 0 && to?.offset === 0 ? [from.index, to.index + 1] : undefined
}
