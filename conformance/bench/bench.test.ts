import { expect, test } from '@jest/globals'
import { median, meetsTarget } from './bench.js'

test('the median of an odd number of rounds is the middle one', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(() => median([])).toThrow(TypeError)
})

test.each([
  ['<= 0.6', 0.6, true],
  ['< 0.6', 0.6, false],
  ['>= 0.5', 0.5, true],
  ['> 0.5', 0.5, false],
  ['= 0', 0, true],
  ['= 0', 1, false],
])('a target of %s and a value of %d: %s', (target, value, expected) => {
  expect(meetsTarget({ name: 'x', unit: 'ratio', value, target })).toBe(expected)
})

test('a figure without a target neither keeps nor misses one', () => {
  expect(meetsTarget({ name: 'x', unit: 's', value: 1 })).toBeUndefined()
})
