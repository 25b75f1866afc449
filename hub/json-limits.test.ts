import { describe, expect, test } from '@jest/globals'
import { checkJson, MAXIMUM_JSON_DEPTH } from './json-limits.js'

function nested(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth))
}

describe('JSON limits', () => {
  test('allows the bound and refuses one more', () => {
    expect(checkJson(nested(MAXIMUM_JSON_DEPTH))).toBe('ok')
    expect(checkJson(nested(MAXIMUM_JSON_DEPTH + 1))).toBe('too-deep')
  })

  test('survives sixty thousand levels', () => {
    expect(checkJson(nested(60_000))).toBe('too-deep')
  })

  test('finds __proto__ however it is spelt', () => {
    expect(checkJson(JSON.parse('{"a":[{"\\u005f_proto__":{"x":1}}]}'))).toBe('forbidden-key')
    expect(checkJson({ a: [1, 'x', null, true] })).toBe('ok')
    expect(checkJson(undefined)).toBe('ok')
  })
})
