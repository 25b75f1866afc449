import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { answersQuery, fitsPattern, variantLength } from './allele-match.js'
import { alleleType } from './variant-types.js'
import { trimAlleles, type Variant } from './variant.js'
import type { BracketQuery, PatternQuery, RangeQuery } from './variant-query.js'

const place = { assembly: 'GRCh38', contig: 1 } as const
const START = 100

function toVariant(start: number, ref: string, alt: string): Variant {
  const { anchor: _, ...trimmed } = trimAlleles(start, ref, alt)
  return { contig: 1, ...trimmed }
}

/** Every sequence that a pattern with N can be. */
function spellings(pattern: string): readonly string[] {
  return [...pattern].reduce<readonly string[]>(
    (sofar, letter) => sofar.flatMap((text) => (letter === 'N' ? [...'ACGT'] : [letter]).map((base) => text + base)),
    [''],
  )
}

const letters = (min: number, max: number) =>
  fc.array(fc.constantFrom('A', 'C', 'N', 'N'), { minLength: min, maxLength: max }).map((all) => all.join(''))

describe('a pattern with N', () => {
  test.each([
    ['N', 'T', 'A', 'T', true],
    ['N', 'T', 'A', 'C', false],
    ['A', 'N', 'A', 'G', true],
    ['A', 'NN', 'A', 'AT', true],
    ['A', 'NN', 'A', 'T', false],
    ['ANNT', 'AT', 'ACGT', 'AT', true],
    ['ANNT', 'AT', 'ACT', 'AT', false],
    ['NN', 'N', 'CA', 'C', true],
  ])('%s>%s and %s>%s: %s', (refPattern, altPattern, ref, alt, expected) => {
    const query: PatternQuery = {
      ...{ kind: 'pattern', ...place, start: START },
      referenceBases: refPattern,
      alternateBases: altPattern,
    }
    expect(fitsPattern(toVariant(START, ref, alt), query)).toBe(expected)
  })

  test('fits every allele that it spells', () => {
    fc.assert(
      fc.property(letters(0, 4), letters(0, 4), (referenceBases, alternateBases) => {
        const query: PatternQuery = { kind: 'pattern', ...place, start: START, referenceBases, alternateBases }
        for (const ref of spellings(referenceBases)) {
          for (const alt of spellings(alternateBases)) {
            if (ref !== alt) expect(fitsPattern(toVariant(START, ref, alt), query)).toBe(true)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  test('fits only alleles that make one of its alternates of one of its references', () => {
    const edit = fc.tuple(fc.integer({ min: -2, max: 6 }), letters(0, 3), letters(0, 3))
    fc.assert(
      fc.property(letters(1, 4), letters(1, 4), edit, (referenceBases, alternateBases, [offset, r, a]) => {
        const query: PatternQuery = { kind: 'pattern', ...place, start: START, referenceBases, alternateBases }
        const [ref, alt] = [r.replaceAll('N', 'G'), a.replaceAll('N', 'T')]
        fc.pre(ref !== alt)
        const variant = toVariant(START + offset, ref, alt)
        const at = variant.start - START
        const alternates = new Set(spellings(alternateBases))
        const isMade = spellings(referenceBases).some((reference) => {
          if (at < 0 || !reference.startsWith(variant.referenceBases, at)) return false
          if (at > reference.length) return false
          return alternates.has(
            reference.slice(0, at) + variant.alternateBases + reference.slice(at + variant.referenceBases.length),
          )
        })
        expect(fitsPattern(variant, query)).toBe(isMade)
      }),
      { numRuns: 2_000 },
    )
  })

  test('without a reference fits whatever is replaced at the place', () => {
    const query: PatternQuery = { kind: 'pattern', ...place, start: START, alternateBases: 'N' }
    expect(fitsPattern(toVariant(START, 'A', 'T'), query)).toBe(true)
    expect(fitsPattern(toVariant(START, 'ACC', 'T'), query)).toBe(true)
    expect(fitsPattern(toVariant(START + 1, 'A', 'T'), query)).toBe(false)
    expect(fitsPattern(toVariant(START, 'A', 'TT'), query)).toBe(false)
  })
})

test.each([
  ['A', 'T', 'SNP', 1],
  ['AC', 'TG', 'MNP', 2],
  ['A', 'AT', 'INS', 1],
  ['AT', 'A', 'DEL', 1],
  ['ATT', 'GC', 'INDEL', 3],
])('%s>%s is a %s of %i', (ref, alt, type, length) => {
  const variant = toVariant(START, ref, alt)
  expect([alleleType(variant), variantLength(variant)]).toEqual([type, length])
})

describe('a range or bracket', () => {
  const range: RangeQuery = { kind: 'range', ...place, start: 90, end: 110 }
  const bracket: BracketQuery = { kind: 'bracket', ...place, start: [95, 101], end: [101, 105] }
  test.each([
    ['a range', range, true],
    ['the type', { ...range, types: ['DEL', 'INS'] }, true],
    ['another type', { ...range, types: ['SNP'] }, false],
    ['the least length', { ...range, minimumLength: 3 }, true],
    ['more than the length', { ...range, minimumLength: 4 }, false],
    ['the greatest length', { ...range, maximumLength: 3 }, true],
    ['less than the length', { ...range, maximumLength: 2 }, false],
    ['the bases', { ...range, referenceBases: 'NGT', alternateBases: '' }, true],
    ['other bases', { ...range, alternateBases: 'N' }, false],
    ['a bracket', { ...bracket, start: [95, 102] }, true],
    ['a start just below', bracket, false],
    ['an end just below', { ...bracket, start: [101, 102], end: [101, 104] }, false],
    ['the exact place', { ...bracket, start: [101, 102], end: [104, 105] }, true],
  ] as const)('of %s: %j', (_, query, expected) => {
    // ACGT>A at 100: bases 101, 102 and 103 are deleted.
    expect(answersQuery(toVariant(START, 'ACGT', 'A'), query)).toBe(expected)
  })
})
