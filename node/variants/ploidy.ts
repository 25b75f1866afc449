import { CONTIG_MT, CONTIG_X, CONTIG_Y, type AssemblyId } from '../../schemas/assembly.js'

/** How many copies of a locus people have: `x` and `y` outside the pseudoautosomal regions depend on sex. */
export type Ploidy = 'diploid' | 'x' | 'y' | 'mt'

/** Pseudoautosomal regions, 0-based half-open. Source: Genome Reference Consortium, PAR#1 and PAR#2 of each assembly. */
const PAR: Readonly<Record<AssemblyId, Readonly<Record<'x' | 'y', readonly (readonly [number, number])[]>>>> = {
  GRCh38: {
    x: [
      [10_000, 2_781_479],
      [155_701_382, 156_030_895],
    ],
    y: [
      [10_000, 2_781_479],
      [56_887_902, 57_217_415],
    ],
  },
  GRCh37: {
    x: [
      [60_000, 2_699_520],
      [154_931_043, 155_260_560],
    ],
    y: [
      [10_000, 2_649_520],
      [59_034_049, 59_363_566],
    ],
  },
}

/** @param start 0-based */
export function ploidyAt(assembly: AssemblyId, contig: number, start: number): Ploidy {
  if (contig === CONTIG_MT) return 'mt'
  if (contig !== CONTIG_X && contig !== CONTIG_Y) return 'diploid'
  const chromosome = contig === CONTIG_X ? 'x' : 'y'
  const isPseudoautosomal = PAR[assembly][chromosome].some(([from, to]) => from <= start && start < to)
  return isPseudoautosomal ? 'diploid' : chromosome
}

/**
 * How far the pseudoautosomal regions of Y stand from those of X: what is found there is one locus, kept on X.
 *
 * @param start 0-based, on Y
 * @returns what to add to a position on Y; undefined outside the pseudoautosomal regions
 */
export function shiftToX(assembly: AssemblyId, start: number): number | undefined {
  const { x, y } = PAR[assembly]
  const index = y.findIndex(([from, to]) => from <= start && start < to)
  return index < 0 ? undefined : x[index]![0] - y[index]![0]
}

/** Cuts [start, end) where pseudoautosomal regions of X or Y begin and end: people have another number of copies from there on. */
export function cutAtBorders(
  assembly: AssemblyId,
  contig: number,
  start: number,
  end: number,
): readonly (readonly [number, number])[] {
  const { x, y } = PAR[assembly]
  const regions = contig === CONTIG_X ? x : contig === CONTIG_Y ? y : []
  const borders = regions.flat().filter((border) => start < border && border < end)
  const ends = [...borders, end]
  return [start, ...borders].map((from, index) => [from, ends[index]!] as const)
}
