import { CONTIG_MT } from '../../../schemas/index.js'
import { spellTranscript, toCodingIndexes, toGenomePosition, toSplicing, type Transcript } from '../genes/transcript.js'
import type { Reference } from '../reference.js'
import { compareVariants, trimAlleles, type Variant } from '../variant.js'
import { CODONS, spellAminoAcid, translate, type GeneticCode } from './genetic-code.js'
import { HgvsError } from './hgvs-error.js'
import type { ProteinHgvs } from './hgvs.js'
import { reverseComplement } from './reverse-complement.js'

const SELENOCYSTEINE_CODON = 'TGA'

/** The alleles of a change of one amino acid. */
export interface CodonAlleles {
  /** In order, each once. */
  readonly variants: readonly Variant[]
  /** How many more changes of the codon there are that no single allele can make, because an intron lies between. */
  readonly acrossIntron: number
}

/**
 * Every allele that lies in one codon and turns its amino acid into another: for each other codon with that meaning, the
 * bases from the first to the last one that differs, as one allele (a substitution, or several bases at once).
 *
 * @throws HgvsError the codon cannot be found, or means another amino acid
 */
export function toCodonAlleles(
  { position, reference: from, alternate: to }: ProteinHgvs,
  transcript: Transcript,
  reference: Reference | undefined,
): CodonAlleles {
  const name = spellTranscript(transcript)
  const { assembly, contig, strand } = transcript
  const caveat = transcript.caveat ?? transcript.coding?.caveat
  if (caveat !== undefined)
    throw new HgvsError('cannot', `the codons of ${name} cannot be counted on ${assembly}: ${caveat}`)
  const splicing = toSplicing(transcript)
  const coding = toCodingIndexes(transcript, splicing)
  if (!coding) throw new HgvsError('wrong', `${name} has no coding sequence in the gene table`)
  const bases = coding[1] - coding[0]
  if (bases % 3 !== 0) {
    throw new HgvsError('cannot', `the coding sequence of ${name} has ${bases} bases, which are no whole codons`)
  }
  if (position * 3 > bases) {
    throw new HgvsError(
      'wrong',
      `p.${position} is beyond the end of ${name}, which has ${bases / 3} codons with that of the stop`,
    )
  }
  if (!reference?.has(contig)) {
    throw new HgvsError(
      'cannot',
      `a change of an amino acid needs the sequence of ${assembly}, which this node does not have`,
    )
  }
  const at = [0, 1, 2].map((base) => toGenomePosition(transcript, splicing, coding[0] + 3 * (position - 1) + base))
  const orient = (sequence: string) => (strand === '+' ? sequence : reverseComplement(sequence))
  const codon = at.map((base) => orient(reference.bases(contig, base, base + 1))).join('')
  const code: GeneticCode = contig === CONTIG_MT ? 'mitochondrial' : 'standard'
  const isSelenocysteine = from === 'U' && codon === SELENOCYSTEINE_CODON && position * 3 < bases
  const actual = isSelenocysteine ? 'U' : translate(codon, code)
  if (actual === undefined) {
    throw new HgvsError(
      'cannot',
      `the sequence of ${assembly} at codon ${position} of ${name} has letters other than A, C, G and T`,
    )
  }
  if (actual !== from) {
    const [is, isNot] = [actual, from].map(spellAminoAcid)
    throw new HgvsError('wrong', `amino acid ${position} of ${name} is ${is} (${codon}), not ${isNot}`)
  }
  if (to === 'U') throw new HgvsError('cannot', 'no change of a codon alone makes selenocysteine')
  const variants: Variant[] = []
  let acrossIntron = 0
  for (const other of CODONS) {
    if (other === codon || translate(other, code) !== to) continue
    const variant = toVariant(contig, at, codon, other, orient)
    if (variant) variants.push(variant)
    else acrossIntron++
  }
  return { variants: variants.sort(compareVariants), acrossIntron }
}

/** Undefined when bases on both sides of an intron differ. */
function toVariant(
  contig: number,
  at: readonly number[],
  codon: string,
  other: string,
  orient: (sequence: string) => string,
): Variant | undefined {
  const differing = [0, 1, 2].filter((index) => codon[index] !== other[index])
  const [first, last] = [differing[0]!, differing.at(-1)!]
  if (Math.abs(at[last]! - at[first]!) !== last - first) return undefined
  const { anchor: _, ...trimmed } = trimAlleles(
    Math.min(at[first]!, at[last]!),
    orient(codon.slice(first, last + 1)),
    orient(other.slice(first, last + 1)),
  )
  return { contig, ...trimmed }
}
