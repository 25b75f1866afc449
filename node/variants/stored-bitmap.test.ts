import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Bitmap, toBytes } from './bitmap.js'
import { addStored, storedIntersects } from './stored-bitmap.js'

const numbers = fc.oneof(
  fc.array(fc.nat({ max: 50 })),
  fc.array(fc.integer({ min: 60_000, max: 140_000 })),
  fc.array(fc.nat({ max: 2 ** 31 })),
  // Runs, and a container of bits.
  fc
    .tuple(fc.nat({ max: 100_000 }), fc.nat({ max: 200 }))
    .map(([start, length]) => Array.from({ length }, (_, at) => start + at)),
  fc.integer({ min: 5_000, max: 6_000 }).map((length) => Array.from({ length }, (_, at) => at * 3)),
)

test('stored bytes answer as the decoded bitmap does', () => {
  fc.assert(
    fc.property(numbers, numbers, (stored, other) => {
      const [bytes, set] = [toBytes(new Bitmap(stored)), new Bitmap(other)]
      expect(storedIntersects(bytes, set)).toBe(new Bitmap(stored).intersects(set))
      const united = set.clone()
      addStored(bytes, united)
      expect(united.isEqual(Bitmap.or(set, new Bitmap(stored)))).toBe(true)
    }),
    { numRuns: 500 },
  )
})
