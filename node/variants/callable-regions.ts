import { isStructural } from './structural.js'
import type { Variant } from './variant.js'

/** A stretch of a contig, 0-based, half-open. */
export interface Interval {
  readonly contig: number
  readonly start: number
  readonly end: number
}

interface Regions {
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/** The regions that an assay covers, merged and in order, by contig. Plain data, so that it can be sent to a thread. */
export type CallableRegions = ReadonlyMap<number, Regions>

/** @param intervals in any order; overlapping and touching ones are merged, empty ones are nothing */
export function toCallableRegions(intervals: Iterable<Interval>): CallableRegions {
  const byContig = new Map<number, Interval[]>()
  for (const interval of intervals) {
    if (interval.end <= interval.start) continue
    const list = byContig.get(interval.contig)
    if (list) list.push(interval)
    else byContig.set(interval.contig, [interval])
  }
  const regions = [...byContig].map(([contig, list]) => [contig, toRegions(list)] as const)
  return new Map(regions.sort(([a], [b]) => a - b))
}

function toRegions(intervals: readonly Interval[]): Regions {
  const merged: [number, number][] = []
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return {
    starts: Int32Array.from(merged, ([start]) => start),
    ends: Int32Array.from(merged, ([, end]) => end),
  }
}

/** @param position 0-based */
export function isCallable(regions: CallableRegions, contig: number, position: number): boolean {
  const found = regions.get(contig)
  if (!found) return false
  const before = countStartsUpTo(found, position)
  return before > 0 && position < found.ends[before - 1]!
}

/** How many regions start at a position or before it. */
function countStartsUpTo({ starts }: Regions, position: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= position) low = middle + 1
    else high = middle
  }
  return low
}

/** The parts of an interval that the regions cover, in order. */
export function* clipToRegions(regions: CallableRegions, { contig, start, end }: Interval): Generator<Interval> {
  const found = regions.get(contig)
  if (!found) return
  for (let index = Math.max(0, countStartsUpTo(found, start) - 1); index < found.starts.length; index++) {
    const from = Math.max(start, found.starts[index]!)
    const to = Math.min(end, found.ends[index]!)
    if (found.starts[index]! >= end) return
    if (from < to) yield { contig, start: from, end: to }
  }
}

/** An assay covers an allele when it covers its first base; of an insertion, one of the two bases that it stands between. */
export function coversSite(isCallable: (contig: number, position: number) => boolean, variant: Variant): boolean {
  const { contig, start, referenceBases, alternateBases } = variant
  if (isCallable(contig, start)) return true
  const isBetweenBases = referenceBases === '' && !isStructural(alternateBases)
  return isBetweenBases && start > 0 && isCallable(contig, start - 1)
}

export function* listIntervals(regions: CallableRegions): Generator<Interval> {
  for (const [contig, { starts, ends }] of regions) {
    for (const [index, start] of starts.entries()) yield { contig, start, end: ends[index]! }
  }
}
