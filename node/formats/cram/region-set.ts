import { type NumberedRegion } from '../slices/regions.js'

/** Wanted stretches, and reads without a place as those of contig -1. */
export interface RegionSet {
  readonly contigs: readonly number[]
  /** @param end Infinity: to the contig's end */
  overlaps(contig: number, start: number, end: number): boolean
  /** Whether the record [start, end) is wanted: it overlaps, and was not given before. */
  wants(contig: number, start: number, end: number): boolean
}

/** The records of a contig that begin before a place. */
export interface NumberedGiven {
  readonly contig: number
  readonly before: number
}

/** The number of the contig of reads without a place, in CRAM and in BAM. */
export const UNPLACED = -1

/** @param regions merged */
export function createRegionSet(
  regions: readonly NumberedRegion[],
  hasUnplaced: boolean,
  given?: NumberedGiven,
): RegionSet {
  const byContig = new Map<number, NumberedRegion[]>()
  for (const region of regions) {
    const others = byContig.get(region.contig)
    if (others) others.push(region)
    else byContig.set(region.contig, [region])
  }
  const overlaps = (contig: number, start: number, end: number): boolean => {
    if (contig === UNPLACED) return hasUnplaced
    const regions = byContig.get(contig) ?? []
    // The first one that ends behind the start.
    let low = 0
    let high = regions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (regions[middle]!.end > start) high = middle
      else low = middle + 1
    }
    return low < regions.length && regions[low]!.start < end
  }
  return {
    contigs: [...byContig.keys(), ...(hasUnplaced ? [UNPLACED] : [])],
    overlaps,
    wants: (contig, start, end) => !(given?.contig === contig && start < given.before) && overlaps(contig, start, end),
  }
}
