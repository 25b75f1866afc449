import { CONTIG_MT } from '../../../schemas/index.js'
import { toCodingIndexes, toGenomePosition, toSplicedPlace, toSplicing, type Transcript } from '../genes/transcript.js'
import type { Reference } from '../reference.js'
import { isStructural } from '../structural.js'
import type { Variant } from '../variant.js'
import { spellAminoAcid, translate, type GeneticCode } from './genetic-code.js'
import { reverseComplement } from './reverse-complement.js'

/**
 * What an allele that replaces bases of one codon by as many others does to the protein, as far as the sequence tells:
 * `NP_009225.1:p.(Tyr1853Cys)`, `p.(Leu52=)`, `p.(Arg97Ter)`, `p.(Met1?)`. In brackets, because nobody looked at the protein
 * (hgvs-nomenclature.org, protein recommendations).
 *
 * @returns undefined for other alleles, for what lengthens the protein, and where codons cannot be counted
 */
export function toHgvsP(
  variant: Variant,
  transcript: Transcript,
  reference: Pick<Reference, 'bases' | 'has'> | undefined,
): string | undefined {
  const { contig, start, referenceBases, alternateBases } = variant
  const { protein, strand } = transcript
  const isCounted = transcript.caveat === undefined && transcript.coding?.caveat === undefined
  if (protein === undefined || !isCounted || contig !== transcript.contig || !reference?.has(contig)) return undefined
  if (isStructural(alternateBases) || referenceBases.length !== alternateBases.length) return undefined
  // Most alleles are in introns: before anything is counted.
  const end = start + referenceBases.length
  if (!transcript.exons.some(([first, last]) => first <= start && end <= last)) return undefined
  const splicing = toSplicing(transcript)
  const coding = toCodingIndexes(transcript, splicing)
  if (!coding || (coding[1] - coding[0]) % 3 !== 0) return undefined
  const changed = new Map<number, string>()
  for (let offset = 0; offset < referenceBases.length; offset++) {
    const place = toSplicedPlace(transcript, splicing, start + offset)
    if (place?.offset !== 0) return undefined
    const base = alternateBases[offset]!
    changed.set(place.index - coding[0], strand === '+' ? base : reverseComplement(base))
  }
  const codons = new Set([...changed.keys()].map((index) => Math.floor(index / 3)))
  const [codon, another] = codons
  const count = (coding[1] - coding[0]) / 3
  if (codon === undefined || another !== undefined || codon < 0 || codon >= count) return undefined
  const toBase = (index: number) => {
    const at = toGenomePosition(transcript, splicing, coding[0] + index)
    const base = reference.bases(contig, at, at + 1)
    return strand === '+' ? base : reverseComplement(base)
  }
  const indexes = [0, 1, 2].map((index) => 3 * codon + index)
  const code: GeneticCode = contig === CONTIG_MT ? 'mitochondrial' : 'standard'
  const from = translate(indexes.map(toBase).join(''), code)
  const to = translate(indexes.map((index) => changed.get(index) ?? toBase(index)).join(''), code)
  const change = from && to && spellChange(codon, count, from, to)
  return change && `${protein}:p.(${change})`
}

function spellChange(codon: number, count: number, from: string, to: string): string | undefined {
  const isLast = codon === count - 1
  // A start that is read as methionine though it is another codon, selenocysteine, and a sequence that is cut off.
  if ((codon === 0 && from !== 'M') || (from === '*') !== isLast) return undefined
  const place = `${spellAminoAcid(from)}${codon + 1}`
  if (from === to) return `${place}=`
  if (codon === 0) return `${place}?`
  return isLast ? undefined : `${place}${spellAminoAcid(to)}`
}
