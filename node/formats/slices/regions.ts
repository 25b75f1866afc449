/** A stretch of one contig by its number in the index, 0-based half-open. */
export interface NumberedRegion {
  readonly contig: number
  readonly start: number
  /** Infinity: to the contig's end. */
  readonly end: number
  /** Records that begin before are not wanted; absent: they are. */
  readonly from?: number
}

/** Regions that overlap or touch become one; empty ones none. Those of a contig stand together, in order; contigs by number. */
export function mergeRegions(regions: readonly NumberedRegion[]): NumberedRegion[] {
  const merged: NumberedRegion[] = []
  const sorted = regions
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.contig - b.contig || a.start - b.start)
  for (const region of sorted) {
    const last = merged.at(-1)
    if (!last || last.contig !== region.contig || last.end < region.start) merged.push(region)
    else if (region.end > last.end) merged[merged.length - 1] = { ...last, end: region.end }
  }
  return merged
}
