import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { splitAtPseudoautosomal } from './par-query.js'
import { spellStructural } from './structural.js'
import { isNearlyTheSame, shortStartsOf, startsOf } from './structural-match.js'
import type { StructuralMatch, StructuralQuery } from './variant-query.js'
import type { Variant } from './variant.js'

function question(start: number, end: number, match: StructuralMatch, contig = 1): StructuralQuery {
  return { kind: 'structural', assembly: 'GRCh38', contig, start, end, types: ['DEL'], match }
}

function deletion(start: number, end: number, contig = 1): Variant {
  return { contig, start, referenceBases: '', alternateBases: spellStructural({ type: 'DEL', end }) }
}

const match: fc.Arbitrary<StructuralMatch> = fc.oneof(
  fc.record({ minimumOverlap: fc.integer({ min: 1, max: 1_000 }).map((part) => part / 1_000) }),
  fc.record({ window: fc.nat({ max: 3_000 }) }),
  fc.record({ minimumOverlap: fc.constantFrom(0.5, 0.8, 1), window: fc.nat({ max: 3_000 }) }),
)
const interval = fc
  .tuple(fc.nat({ max: 6_000 }), fc.integer({ min: 1, max: 5_000 }))
  .map(([start, length]) => [start, start + length] as const)

describe('two structural alleles', () => {
  const rule = { minimumOverlap: 0.8, window: 1_000 }
  test.each<[string, StructuralMatch, readonly [number, number], boolean]>([
    ['exactly so much in common', { minimumOverlap: 0.8 }, [102_000, 110_000], true],
    ['a base less', { minimumOverlap: 0.8 }, [102_001, 110_000], false],
    ['all of the one, too little of the other', { minimumOverlap: 0.8 }, [90_000, 110_000], false],
    ['both ends at the window', { window: 1_000 }, [99_000, 111_000], true],
    ['the start a base beyond', { window: 1_000 }, [98_999, 111_000], false],
    ['the end a base beyond', { window: 1_000 }, [99_000, 111_001], false],
    ['the ends apart, enough in common', rule, [101_500, 110_400], true],
    ['little in common, and the ends apart', rule, [101_100, 115_000], false],
    ['neighbours', { minimumOverlap: 0.001 }, [110_000, 120_000], false],
  ])('with %s', (_, asked, [start, end], expected) => {
    expect(isNearlyTheSame(deletion(start, end), question(100_000, 110_000, asked))).toBe(expected)
  })

  test('a fraction of whole numbers is enough when it is the asked one, however doubles are rounded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 10 }), (unit, tenths) => {
        const length = unit * 10
        const asked = question(0, length, { minimumOverlap: tenths / 10 })
        expect(isNearlyTheSame(deletion(0, unit * tenths), asked)).toBe(true)
        expect(isNearlyTheSame(deletion(0, unit * tenths - 1), asked)).toBe(false)
      }),
    )
  })

  test('a spelled-out deletion is structural from 50 bases', () => {
    const spelled = (length: number) => ({
      contig: 1,
      start: 500,
      referenceBases: 'A'.repeat(length),
      alternateBases: '',
    })
    expect([49, 50].map((length) => isNearlyTheSame(spelled(length), question(500, 550, rule)))).toEqual([false, true])
  })

  test('match only where is looked for them', () => {
    fc.assert(
      fc.property(interval, interval, match, fc.nat({ max: 2_000 }), ([start, end], [from, to], asked, span) => {
        const query = question(start, end, asked)
        fc.pre(isNearlyTheSame(deletion(from, to), query))
        const [first, last] = startsOf(query)
        expect(from >= first && from < last).toBe(true)
        if (to - from > span) return
        const [firstShort, lastShort] = shortStartsOf(query, span)
        expect(from >= firstShort && from < lastShort).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('a question on Y is asked of X where alleles are kept there, and finds each exactly once', () => {
  // The second region of Y begins at 56,887,902 (0-based) and is kept on X at 155,701,382.
  const border = 56_887_902
  const shift = 155_701_382 - border
  const near = interval.map(([start, end]) => [border - 3_000 + start, border - 3_000 + end] as const)
  let found = 0
  fc.assert(
    fc.property(near, near, match, ([start, end], [from, to], asked) => {
      const query = question(start, end, asked, 24)
      const isKeptOnX = from >= border
      const stored = isKeptOnX ? deletion(from + shift, to + shift, 23) : deletion(from, to, 24)
      const pieces = splitAtPseudoautosomal(query).filter(
        (piece) => piece.kind === 'structural' && piece.contig === stored.contig && isNearlyTheSame(stored, piece),
      )
      const expected = isNearlyTheSame(deletion(from, to, 24), query) ? 1 : 0
      found += expected
      expect(pieces).toHaveLength(expected)
    }),
    { numRuns: 1_000 },
  )
  expect(found).toBeGreaterThan(50)
})
