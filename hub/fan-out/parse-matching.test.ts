import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { validate } from '../../schemas/index.js'
import { InvalidAnswer } from './parse-counts.js'
import { parseMatching } from './parse-matching.js'

describe('the rule by which a node matched', () => {
  test.each([
    [{}],
    [{ structuralMatch: { rule: 'default', minimumOverlap: 0.8, window: 1_000 } }],
    [{ structuralMatch: { rule: 'reciprocal-overlap', minimumOverlap: 1 } }],
    [{ structuralMatch: { rule: 'breakpoints', window: 0 } }],
    [{ structuralMatch: { rule: 'overlap' }, geneSource: 'annotation' }],
    [{ geneSource: 'gene table' }],
    [{ shortForm: { meaning: 'one allele' } }],
  ])('is read as it is: %j', (info) => {
    expect(parseMatching(info)).toEqual(info)
  })

  test('is all that is read of an info', () => {
    const shortForm = { meaning: 'one allele', note: 'secret', variantInternalIds: ['secret'] }
    const structuralMatch = { rule: 'overlap', secret: 'secret' }
    const parsed = parseMatching({
      shortForm,
      structuralMatch,
      geneTable: [{ file: 'secret' }],
      genePlaces: ['secret'],
    })
    expect(parsed).toEqual({ shortForm: { meaning: 'one allele' }, structuralMatch: { rule: 'overlap' } })
  })

  test.each([
    ['no object', { structuralMatch: 'default' }, /not an object/],
    ['null', { structuralMatch: null }, /not an object/],
    ['no rule', { structuralMatch: { window: 5 } }, /rule of structuralMatch/],
    ['another rule', { structuralMatch: { rule: 'nearly' } }, /rule of structuralMatch/],
    ['a rule that every object has', { structuralMatch: { rule: 'toString' } }, /rule of structuralMatch/],
    ['numbers of another rule', { structuralMatch: { rule: 'overlap', window: 5 } }, /not those of its rule/],
    ['a rule without its numbers', { structuralMatch: { rule: 'default', window: 5 } }, /not those of its rule/],
    ['an overlap above 1', { structuralMatch: { rule: 'reciprocal-overlap', minimumOverlap: 1.1 } }, /minimumOverlap/],
    ['an overlap of 0', { structuralMatch: { rule: 'reciprocal-overlap', minimumOverlap: 0 } }, /minimumOverlap/],
    ['an overlap in text', { structuralMatch: { rule: 'reciprocal-overlap', minimumOverlap: '1' } }, /minimumOverlap/],
    ['a negative window', { structuralMatch: { rule: 'breakpoints', window: -1 } }, /window/],
    ['half a base', { structuralMatch: { rule: 'breakpoints', window: 1.5 } }, /window/],
    ['a window beyond all', { structuralMatch: { rule: 'breakpoints', window: 1e300 } }, /window/],
    ['another source of genes', { geneSource: 'a guess' }, /geneSource/],
    ['a list of sources', { geneSource: ['annotation'] }, /geneSource/],
    ['another meaning', { shortForm: { meaning: 'x'.repeat(1_000_000) } }, /meaning of shortForm/],
    ['no meaning', { shortForm: 'one allele' }, /meaning of shortForm/],
  ])('%s is refused, and not repeated', (_what, info, reason) => {
    expect(() => parseMatching(info)).toThrow(InvalidAnswer)
    expect(() => parseMatching(info)).toThrow(reason)
  })

  test('whatever a node sends is refused, or valid and short', () => {
    const rule = fc.constantFrom('default', 'reciprocal-overlap', 'breakpoints', 'overlap', 'other', 7)
    const number = fc.oneof(fc.double(), fc.integer({ max: 2_000_000, min: -5 }), fc.constantFrom(0.8, 1, 1_000))
    const structuralMatch = fc.record(
      { rule, minimumOverlap: number, window: number, more: fc.jsonValue() },
      { requiredKeys: [] },
    )
    const anything = fc.record(
      {
        structuralMatch: fc.oneof(structuralMatch, fc.jsonValue()),
        geneSource: fc.oneof(fc.constantFrom('gene table', 'annotation'), fc.jsonValue()),
        shortForm: fc.oneof(fc.record({ meaning: fc.constantFrom('one allele', 'two') }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(anything, (info) => {
        let parsed
        try {
          parsed = parseMatching(info)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidAnswer)
          return
        }
        const region = { beaconId: 'se.fyr.norr', name: 'Norr', status: 'answered', elapsedMs: 1, ...parsed }
        expect(validate('network/regionAnswer.json', region)).toEqual({ ok: true })
        expect(JSON.stringify(parsed).length).toBeLessThan(300)
      }),
    )
  })
})
