import { CONTIG_MT, type AssemblyId } from '../../../schemas/index.js'
import type { Transcript } from '../genes/transcript.js'
import { leftAlign } from '../left-align.js'
import type { Reference } from '../reference.js'
import { rightAlign } from '../right-align.js'
import { isStructural } from '../structural.js'
import type { Variant } from '../variant.js'
import { HgvsError } from './hgvs-error.js'
import { spellEdit, spellInterval, type HgvsEdit } from './hgvs.js'
import { contigLocus, transcriptLocus, type Locus } from './locus.js'
import { reverseComplement } from './reverse-complement.js'

/** What a description needs of a sequence. */
type Sequence = Pick<Reference, 'bases' | 'has'>

/**
 * The genomic description of an allele, shifted as far 3' as the sequence lets it: `NC_000017.11:g.43045712T>C`.
 *
 * @param reference of the assembly; without it only alleles that cannot be shifted are described
 * @returns undefined for what has no such description here: structural alleles, and indels without the sequence
 */
export function toHgvsG(assembly: AssemblyId, variant: Variant, reference: Sequence | undefined): string | undefined {
  return describe(variant, contigLocus(assembly, variant.contig, variant.contig === CONTIG_MT ? 'm' : 'g'), reference)
}

/**
 * The same on a transcript: `NM_007294.4:c.5558A>G`, with `n.` for one that codes for nothing.
 *
 * @returns undefined also where the allele reaches out of the transcript, or its bases cannot be counted
 */
export function toHgvsC(variant: Variant, transcript: Transcript, reference: Sequence | undefined): string | undefined {
  const locus = locusOf(transcript)
  return locus && describeOn(locus, variant, reference)
}

/** What positions on a transcript count on, with `n.` for one that codes for nothing; undefined where they cannot be counted. */
export function locusOf(transcript: Transcript): Locus | undefined {
  try {
    return transcriptLocus(transcript, transcript.coding ? 'c' : 'n')
  } catch (error) {
    if (error instanceof HgvsError) return undefined
    throw error
  }
}

/** An allele on what its positions count on; undefined as of `toHgvsC`. */
export function describeOn(locus: Locus, variant: Variant, reference: Sequence | undefined): string | undefined {
  return locus.contig === variant.contig ? describe(variant, locus, reference) : undefined
}

function describe(variant: Variant, locus: Locus, reference: Sequence | undefined): string | undefined {
  const { referenceBases, alternateBases } = variant
  if (isStructural(alternateBases)) return undefined
  const isShiftable = referenceBases === '' || alternateBases === ''
  if (isShiftable && !reference?.has(variant.contig)) return undefined
  const edit = isShiftable ? describeIndel(variant, locus, reference!) : describeReplacement(variant, locus)
  const [from, to] = locus.strand === '+' ? [edit.from, edit.to] : [edit.to, edit.from]
  const [first, last] = [locus.toPosition(from), locus.toPosition(to)]
  return first && last && `${locus.prefix}${spellInterval(first, last)}${spellEdit(edit.edit)}`
}

/** An edit of the bases from one to another of the genome, 0-based, both included. */
interface PlacedEdit {
  readonly from: number
  readonly to: number
  readonly edit: HgvsEdit
}

/** Of the kinds that fit, the nomenclature wants the first of: substitution, deletion, inversion, duplication, insertion, delins. */
function describeReplacement({ start, referenceBases, alternateBases }: Variant, { strand }: Locus): PlacedEdit {
  const orient = (bases: string) => (strand === '+' ? bases : reverseComplement(bases))
  const to = start + referenceBases.length - 1
  if (referenceBases.length === 1 && alternateBases.length === 1) {
    const edit = { kind: 'substitution', reference: orient(referenceBases), alternate: orient(alternateBases) } as const
    return { from: start, to, edit }
  }
  if (alternateBases === reverseComplement(referenceBases)) return { from: start, to, edit: { kind: 'inversion' } }
  return { from: start, to, edit: { kind: 'delins', alternate: orient(alternateBases) } }
}

function describeIndel(variant: Variant, { strand }: Locus, reference: Sequence): PlacedEdit {
  const { contig, start, referenceBases, alternateBases } =
    strand === '+' ? rightAlign(variant, reference) : leftAlign(variant, reference)
  if (alternateBases === '') {
    return { from: start, to: start + referenceBases.length - 1, edit: { kind: 'deletion' } }
  }
  // Shifted as far 3' as it goes, an insertion that doubles its neighbours stands behind them.
  const { length } = alternateBases
  const from = strand === '+' ? start - length : start
  if (from >= 0 && reference.bases(contig, from, from + length) === alternateBases) {
    return { from, to: from + length - 1, edit: { kind: 'duplication' } }
  }
  const alternate = strand === '+' ? alternateBases : reverseComplement(alternateBases)
  return { from: start - 1, to: start, edit: { kind: 'insertion', alternate } }
}
