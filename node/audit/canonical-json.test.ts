import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalise, type JsonValue } from './canonical-json.js'

test('the examples of RFC 8785, sections 3.2.2 to 3.2.4', () => {
  const value = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\u0022\u002f',
    literals: [null, true, false],
  }
  expect(canonicalise(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
  const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
  expect(canonicalise(keys)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}')
})

test('whatever the order of keys, the text is the same, and says the same', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).reverse()
    return Object.fromEntries(entries.map(([key, member]) => [key, reversed(member)]))
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalise(value)
      expect(canonicalise(reversed(value) as JsonValue)).toBe(text)
      expect(canonicalise(JSON.parse(text))).toBe(text)
      expect(JSON.stringify(JSON.parse(text))).toHaveLength(text.length)
    }),
    { numRuns: 500 },
  )
})

test('half a character is replaced, what is undefined is left out, and what is no number is refused', () => {
  expect(canonicalise({ a: 'x\ud800y', b: undefined, '\udc00': 1 })).toBe('{"a":"x\ufffdy","\ufffd":1}')
  expect(() => canonicalise({ a: Infinity })).toThrow(TypeError)
})
