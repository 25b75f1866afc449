import { type NumberedRegion } from '../slices/regions.js'

/** Wanted stretches, and reads without a place as those of contig -1. */
export interface RegionSet {
  readonly contigs: readonly number[]
  /** @param end Infinity: to the contig's end */
  overlaps(contig: number, start: number, end: number): boolean
}

/** The number of the contig of reads without a place, in CRAM and in BAM. */
export const UNPLACED = -1

/** @param regions merged */
export function createRegionSet(regions: readonly NumberedRegion[], hasUnplaced: boolean): RegionSet {
  const byContig = new Map<number, NumberedRegion[]>()
  for (const region of regions) {
    const others = byContig.get(region.contig)
    if (others) others.push(region)
    else byContig.set(region.contig, [region])
  }
  return {
    contigs: [...byContig.keys(), ...(hasUnplaced ? [UNPLACED] : [])],
    overlaps(contig, start, end) {
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
    },
  }
}
