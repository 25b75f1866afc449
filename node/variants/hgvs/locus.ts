import { contigByNumber, type AssemblyId } from '../../../schemas/index.js'
import {
  spellTranscript,
  toCodingIndexes,
  toGenomePosition,
  toSplicedPlace,
  toSplicing,
  type Transcript,
} from '../genes/transcript.js'
import { HgvsError } from './hgvs-error.js'
import { spellPosition, type HgvsPosition } from './hgvs.js'

/** What positions of one description count on: a contig, or a transcript on it. */
export interface Locus {
  readonly assembly: AssemblyId
  readonly contig: number
  readonly strand: '+' | '-'
  /** `NC_000017.11:g.`, `NM_007294.4:c.` */
  readonly prefix: string
  /** The base of the genome, 0-based. @throws HgvsError there is no such base */
  toGenome(position: HgvsPosition): number
  /** The inverse; undefined where the reference of the description has no such base. */
  toPosition(genome: number): HgvsPosition | undefined
}

/** The contig itself: `g.`, or `m.` of the mitochondrial one. */
export function contigLocus(assembly: AssemblyId, contig: number, system: 'g' | 'm'): Locus {
  const { accession, name, length } = contigByNumber(assembly, contig)
  return {
    assembly,
    contig,
    strand: '+',
    prefix: `${accession}:${system}.`,
    toGenome({ base }) {
      if (base > length) throw new HgvsError('wrong', `${name} of ${assembly} has ${length} bases, not ${base}`)
      return base - 1
    },
    toPosition: (genome) =>
      genome >= 0 && genome < length ? { base: genome + 1, isBehindStop: false, offset: 0 } : undefined,
  }
}

/**
 * A transcript: `c.` counts from the first base of its coding sequence, `n.` from its own first base.
 *
 * @throws HgvsError its bases cannot be found by counting, or it has no coding sequence
 */
export function transcriptLocus(transcript: Transcript, system: 'c' | 'n'): Locus {
  const name = spellTranscript(transcript)
  const { assembly, contig, strand, caveat } = transcript
  if (caveat !== undefined) throw new HgvsError('cannot', `${name} cannot be counted on ${assembly}: ${caveat}`)
  const splicing = toSplicing(transcript)
  const coding = system === 'c' ? toCodingIndexes(transcript, splicing) : ([0, splicing.length] as const)
  if (!coding) throw new HgvsError('wrong', `${name} has no coding sequence in the gene table: write n.`)
  const codingCaveat = system === 'c' ? transcript.coding?.caveat : undefined
  if (codingCaveat !== undefined) {
    throw new HgvsError('cannot', `the coding sequence of ${name} cannot be counted: ${codingCaveat}`)
  }
  const [from, to] = coding

  function toIndex(position: HgvsPosition): number {
    const { base, isBehindStop } = position
    const spelled = `${system}.${spellPosition(position)}`
    const index = isBehindStop ? to + base - 1 : base > 0 ? from + base - 1 : from + base
    if (!isBehindStop && base > 0 && index >= to) {
      const what =
        system === 'c'
          ? `its coding sequence has ${to - from} bases; write *1 for the first one behind it`
          : `it has ${to} bases`
      throw new HgvsError('wrong', `${spelled} is beyond the end of ${name}: ${what}`)
    }
    if (index < 0)
      throw new HgvsError('wrong', `${spelled} is before the first base of ${name}, ${spellPosition(spellIndex(0, 0))}`)
    if (index >= splicing.length) {
      const last = spellPosition(spellIndex(splicing.length - 1, 0))
      throw new HgvsError('wrong', `${spelled} is behind the last base of ${name}, ${last}`)
    }
    return index
  }

  function spellIndex(index: number, offset: number): HgvsPosition {
    if (index >= to) return { base: index - to + 1, isBehindStop: true, offset }
    return { base: index >= from ? index - from + 1 : index - from, isBehindStop: false, offset }
  }

  return {
    assembly,
    contig,
    strand,
    prefix: `${name}:${system}.`,
    toGenome(position) {
      const index = toIndex(position)
      const exonic = toGenomePosition(transcript, splicing, index)
      const { offset } = position
      if (offset === 0) return exonic
      const number = splicing.exons.findIndex((exon) => index < exon.index + exon.end - exon.start)
      const exon = splicing.exons[number]!
      const isBorder = offset > 0 ? index === exon.index + exon.end - exon.start - 1 : index === exon.index
      const next = splicing.exons[offset > 0 ? number + 1 : number - 1]
      const spelled = `${system}.${spellPosition(position)}`
      const side = offset > 0 ? 'last base of an exon before an intron' : 'first base of an exon behind an intron'
      if (!isBorder || !next) throw new HgvsError('wrong', `${spelled}: that base is not the ${side} of ${name}`)
      const intron = exon.start < next.start ? next.start - exon.end : exon.start - next.end
      if (Math.abs(offset) > intron) {
        throw new HgvsError('wrong', `${spelled} is beyond the intron of ${name}, which has ${intron} bases`)
      }
      return strand === '+' ? exonic + offset : exonic - offset
    },
    toPosition(genome) {
      const place = toSplicedPlace(transcript, splicing, genome)
      return place && spellIndex(place.index, place.offset)
    },
  }
}
