import { expect, test } from '@jest/globals'
import type { Matching, RegionAnswer } from '../../schemas/index.js'
import { toCommonMatching, toMatchingNote } from './matching.js'

function regions(...rules: readonly Matching[]): readonly RegionAnswer[] {
  const names = ['Norr', 'Mitt', 'Syd']
  return rules.map((rule, index) => ({
    beaconId: `se.fyr.r${index}`,
    name: names[index]!,
    status: 'answered',
    elapsedMs: 1,
    exists: false,
    ...rule,
  }))
}

const DEFAULT: Matching = { structuralMatch: { rule: 'default', minimumOverlap: 0.8, window: 1_000 } }
const OVERLAP: Matching = { structuralMatch: { rule: 'overlap' } }
const TABLE: Matching = { geneSource: 'gene table' }
const ANNOTATION: Matching = { geneSource: 'annotation' }

test.each([
  ['nobody answered', [], undefined],
  ['the question leaves no choice', [{}, {}], undefined],
  ['one structural rule', [DEFAULT, DEFAULT], 'Matched by: 80 % in common or both ends within 1000 bases.'],
  ['whatever overlaps', [OVERLAP], 'Matched by: any overlap.'],
  [
    'a rule and a gene',
    [{ structuralMatch: { rule: 'reciprocal-overlap', minimumOverlap: 0.55 }, ...ANNOTATION }],
    'Matched by: 55 % in common, the genes of annotations.',
  ],
  ['an HGVS form', [{ shortForm: { meaning: 'one allele' } }], 'Matched by: one allele.'],
] as const)('%s', (_what, rules, note) => {
  const answered = regions(...rules)
  expect(toMatchingNote(answered)).toBe(note)
  expect(toCommonMatching(answered)).toEqual(rules[0] ?? {})
})

test.each([
  [
    'two sources of a gene',
    [TABLE, ANNOTATION, TABLE],
    'the places of a gene table (Norr, Syd); the genes of annotations (Mitt)',
  ],
  ['one says nothing', [{}, DEFAULT], 'not said (Norr); 80 % in common or both ends within 1000 bases (Mitt)'],
  [
    'other numbers of one rule',
    [{ structuralMatch: { rule: 'breakpoints', window: 5 } }, { structuralMatch: { rule: 'breakpoints', window: 6 } }],
    'both ends within 5 bases (Norr); both ends within 6 bases (Mitt)',
  ],
] as const)('regions that differ are named by their rules, and there is none of all: %s', (_what, rules, parts) => {
  const answered = regions(...rules)
  expect(toMatchingNote(answered)).toBe(
    `The regions did not match by one rule, so their numbers are of different things: ${parts}.`,
  )
  expect(toCommonMatching(answered)).toEqual({})
})
