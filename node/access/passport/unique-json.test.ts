import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseUniqueJson } from './unique-json.js'

describe('JSON without a key that stands twice', () => {
  test('is read as by JSON.parse, however it is written', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, 2), (text, spaces) => {
        const written = JSON.stringify(JSON.parse(text), null, spaces)
        expect(parseUniqueJson(written)).toEqual(JSON.parse(written))
      }),
    )
  })

  test('with one key of any object written again is refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), fc.json(), fc.boolean(), (key, one, other, isDeep) => {
        const name = JSON.stringify(key)
        const text = `{${name}:${one} ,\n${name} : ${other}}`
        expect(() => parseUniqueJson(isDeep ? `[1,{"a":${text}}]` : text)).toThrow(SyntaxError)
      }),
    )
  })

  test.each([
    ['{"a":1,"\\u0061":2}', false],
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', true],
    ['{"a":"a","b":"a"}', true],
    ['{"a":"{\\"b\\":1,\\"b\\":2}"}', true],
    ['{"a\\\\":1,"a\\\\":2}', false],
    ['{"a\\"":1,"a":2}', true],
    ['{"__proto__":1,"__proto__":2}', false],
    ['', false],
    [`${'['.repeat(33)}${']'.repeat(33)}`, false],
  ])('%j: %j', (text, isGood) => {
    if (isGood) expect(parseUniqueJson(text)).toEqual(JSON.parse(text))
    else expect(() => parseUniqueJson(text)).toThrow()
  })
})
