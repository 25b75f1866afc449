import { CONTIG_X, CONTIG_Y, contigByNumber, type AssemblyId, type Contig } from '../../schemas/index.js'
import { pseudoautosomalBorders, shiftToX } from '../variants/ploidy.js'

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

/** Cuts [start, end) where people have another number of copies from there on: a reference block may run across. */
export function cutAtBorders(
  assembly: AssemblyId,
  contig: Contig,
  start: number,
  end: number,
): readonly (readonly [number, number])[] {
  const borders = pseudoautosomalBorders(assembly, contig.number).filter((border) => start < border && border < end)
  const ends = [...borders, end]
  return [start, ...borders].map((from, index) => [from, ends[index]!] as const)
}
