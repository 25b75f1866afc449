import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { meetConditions, parseConditions } from './conditions.js'
import { matchesGlob } from './glob.js'

/** The definition, word by word. */
function matchesNaively(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const [first, rest] = [pattern[0], pattern.slice(1)]
  if (first === '*') return matchesNaively(rest, text) || (text !== '' && matchesNaively(pattern, text.slice(1)))
  return text !== '' && (first === '?' || first === text[0]) && matchesNaively(rest, text.slice(1))
}

const from = (letters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...letters), { maxLength }).map((each) => each.join(''))

describe('a pattern', () => {
  test('matches what its definition matches', () => {
    fc.assert(
      fc.property(from('ab*?', 8), from('ab', 10), (pattern, text) => {
        expect(matchesGlob(pattern, text)).toBe(matchesNaively(pattern, text))
      }),
      { numRuns: 5_000 },
    )
  })

  test('made from a text matches it', () => {
    fc.assert(
      fc.property(fc.string(), fc.infiniteStream(fc.constantFrom('?', '*', 'keep')), (text, choices) => {
        const pattern = [...text].map((letter) => {
          const choice = choices.next().value
          return choice === '?' ? '?'.repeat(letter.length) : choice === '*' ? '*' : letter
        })
        expect(matchesGlob(pattern.join(''), text)).toBe(true)
      }),
    )
  })

  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['?', '', false],
    ['faculty@*.se', 'faculty@ki.se', true],
    ['faculty@*.se', 'faculty@ki.se.evil.com', false],
    ['a.c', 'abc', false],
    ['A', 'a', false],
    ['[a]', 'a', false],
    ['\\*', '\\anything', true],
  ])('%j and %j: %j', (pattern, text, expected) => expect(matchesGlob(pattern, text)).toBe(expected))

  test('J14 that is meant to be slow is not', () => {
    const startedAt = performance.now()
    expect(matchesGlob('*a'.repeat(60), `${'a'.repeat(5_000)}b`)).toBe(false)
    const slow = { type: 't', value: `pattern:${'*a'.repeat(100)}*b` }
    const conditions = parseConditions(Array.from({ length: 32 }, () => [slow]))
    if (conditions === undefined || conditions === 'none') throw new Error('not read')
    const pool = Array.from({ length: 200 }, () => ({ type: 't', value: 'a'.repeat(255) }))
    expect(meetConditions(conditions, pool)).toBeUndefined()
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})
