import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { clipToRegions, isCallable, listIntervals, toCallableRegions } from './callable-regions.js'

const interval = fc
  .tuple(fc.integer({ min: 1, max: 2 }), fc.nat(30), fc.nat(8))
  .map(([contig, start, length]) => ({ contig, start, end: start + length }))

test('a position is callable when an interval holds it, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(interval), fc.integer({ min: 1, max: 3 }), fc.nat(40), (intervals, contig, position) => {
      const expected = intervals.some((one) => one.contig === contig && one.start <= position && position < one.end)
      expect(isCallable(toCallableRegions(intervals), contig, position)).toBe(expected)
    }),
  )
})

test('overlapping and touching intervals become one, empty ones none', () => {
  const regions = toCallableRegions([
    { contig: 1, start: 5, end: 9 },
    { contig: 1, start: 0, end: 5 },
    { contig: 1, start: 20, end: 20 },
    { contig: 2, start: 3, end: 4 },
  ])
  expect([...listIntervals(regions)]).toEqual([
    { contig: 1, start: 0, end: 9 },
    { contig: 2, start: 3, end: 4 },
  ])
})

test('an interval is cut to the positions that are callable', () => {
  fc.assert(
    fc.property(fc.array(interval), interval, (intervals, whole) => {
      const regions = toCallableRegions(intervals)
      const parts = [...clipToRegions(regions, whole)]
      const inParts = parts.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at))
      const callable = Array.from({ length: whole.end - whole.start }, (_, at) => whole.start + at)
      expect(inParts).toEqual(callable.filter((position) => isCallable(regions, whole.contig, position)))
      for (const part of parts) expect(part.contig).toBe(whole.contig)
    }),
  )
})
