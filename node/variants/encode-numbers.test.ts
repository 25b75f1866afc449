import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Bitmap } from './bitmap.js'
import { encodeNumbers } from './encode-numbers.js'
import { decodeSet, encodeSet } from './encoded-set.js'

/** Numbers in clumps, so that runs, arrays, bitsets and several containers all come up. */
const people = fc
  .array(
    fc.tuple(
      fc.constantFrom(0, 1, 60_000, 65_530, 131_072, 200_000, 300_000, 0xffff_0000),
      fc.integer({ min: 1, max: 9_000 }),
      fc.constantFrom(1, 1, 2, 3, 13),
    ),
    { maxLength: 6 },
  )
  .map((clumps) => {
    const numbers = clumps.flatMap(([from, length, step]) =>
      Array.from({ length }, (_, index) => from + index * step).filter((number) => number <= 0xffff_ffff),
    )
    return Uint32Array.from(numbers)
  })

test('numbers in any order are encoded to the bytes that the Roaring library gives', () => {
  fc.assert(
    fc.property(people, (numbers) => {
      const expected = encodeSet(new Bitmap(numbers))
      const set = encodeNumbers(numbers.slice())
      expect(set === null).toBe(expected === null)
      if (set !== null) expect(Buffer.compare(set, expected!)).toBe(0)
      expect(decodeSet(set).isEqual(new Bitmap(numbers))).toBe(true)
    }),
  )
})

test('nobody is null, a few people are small', () => {
  expect(encodeNumbers(new Uint32Array())).toBeNull()
  expect(encodeNumbers(Uint32Array.of(1, 5, 9))).toHaveLength(22)
  expect(decodeSet(null).size).toBe(0)
})
