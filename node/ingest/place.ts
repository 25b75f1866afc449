import { CONTIG_X, CONTIG_Y, contigByNumber, type AssemblyId, type Contig } from '../../schemas/assembly.js'
import { shiftToX } from '../variants/ploidy.js'

/** Where something is kept: Y's pseudoautosomal regions are those of X. */
export interface Place {
  readonly contig: Contig
  /** What to add to the positions as written. */
  readonly shift: number
}

/** @param start 0-based; of an allele its own, because a record at the border of a region can hold alleles of both sides */
export function placeOf(assembly: AssemblyId, contig: Contig, start: number): Place {
  const shift = contig.number === CONTIG_Y ? shiftToX(assembly, start) : undefined
  return shift === undefined ? { contig, shift: 0 } : { contig: contigByNumber(assembly, CONTIG_X), shift }
}
