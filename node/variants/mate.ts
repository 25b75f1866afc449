import { CONTIG_X, CONTIG_Y, matchContig, type AssemblyId } from '../../schemas/assembly.js'
import { ploidyAt } from './ploidy.js'
import { parseStructural } from './structural.js'
import type { Variant } from './variant.js'

/** Where the other end of a breakend is. */
export interface MatePlace {
  /** The contig's bare name, or that of the file where the assembly has no such contig. */
  readonly chrom: string
  /** 0-based. */
  readonly start: number
}

const PLACE = /[[\]]([^[\]]+):(\d{1,10})[[\]]/

/** @param mate as `spellStructural` has it: VCF's notation, 1-based; undefined for a single breakend */
export function parseMatePlace(mate: string): MatePlace | undefined {
  const match = PLACE.exec(mate)
  return match ? { chrom: match[1]!, start: Number(match[2]) - 1 } : undefined
}

/** Whether an allele is a breakend whose other end lies on a contig. What is in the pseudoautosomal regions lies on X and on Y. */
export function hasMateOn({ alternateBases }: Variant, contig: number, assembly: AssemblyId): boolean {
  const mate = parseStructural(alternateBases)?.mate
  const place = mate === undefined ? undefined : parseMatePlace(mate)
  if (!place) return false
  const match = matchContig(assembly, place.chrom)
  if (match.kind !== 'contig') return false
  if (match.contig.number === contig) return true
  // Kept on X, whichever of the two the file said.
  const isShared = match.contig.number === CONTIG_X && ploidyAt(assembly, CONTIG_X, place.start) === 'diploid'
  return contig === CONTIG_Y && isShared
}
