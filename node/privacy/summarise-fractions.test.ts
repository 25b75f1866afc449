import { expect, test } from '@jest/globals'
import { grantFor } from '../access/testing/grant-for.js'
import { toManifest } from '../testing/segment-world.js'
import { toFractionEntry } from '../variants/fraction-entry.js'
import { Bitmap, EMPTY } from '../variants/bitmap.js'
import { NOBODY } from '../variants/calls.js'
import { EVERYBODY } from '../variants/visible-set.js'
import { disclose } from './disclose.js'

const VARIANT = { contig: 1, start: 9, referenceBases: 'A', alternateBases: 'C' }

/** Person 1 has the first fraction, and so on; NaN where it is not known. */
function tell(fractions: readonly number[], granularity: 'count' | 'record', isAboutChosen: boolean) {
  const people = new Bitmap(fractions.map((_, index) => index + 1))
  const entries = fractions.flatMap((fraction, index) => toFractionEntry(index + 1, fraction) ?? [])
  const calls = { ...NOBODY, somatic: people, fractions: new Bitmap(entries) }
  const matches = { kind: 'one-allele', variants: 1, variant: VARIANT, calls } as const
  const page = [{ variant: VARIANT, anchor: '', annotation: '', calls }]
  const answer = { datasets: [{ datasetId: 'd0', matches, page }], node: matches }
  const tumour = { field: 'histologicalDiagnosis', id: 'NCIT:C1', label: undefined, people } as const
  return disclose(answer, grantFor(new Map([['d0', EVERYBODY]])), granularity, [toManifest('d0')], {
    countFamilies: () => 0,
    tumourTypesOf: () => [tumour, { ...tumour, id: 'NCIT:C2', people: EMPTY }],
    isAboutChosen,
  }).datasets[0]!
}

test.each<[string, readonly number[], object | undefined]>([
  ['nobody is known', [NaN, NaN, NaN, NaN, NaN, NaN], undefined],
  ['one is known', [0.3], undefined],
  ['four of six are known', [0.1, 0.2, 0.3, 0.4, NaN, NaN], undefined],
  ['five are known', [0.5, 0.1, 0.3, 0.2, 0.45, NaN], { individuals: 5, median: 0.3, least: 0.1, most: 0.5 }],
  ['six are known', [0.5, 0.1, 0.31, 0.2, 0.45, 0.3], { individuals: 6, median: 0.305, least: 0.1, most: 0.5 }],
  ['all are the same', [1, 1, 1, 1, 1], { individuals: 5, median: 1, least: 1, most: 1 }],
])('a summary of fractions singles nobody out: %s', (_, fractions, expected) => {
  const { records } = tell(fractions, 'record', false)
  const type = { field: 'histologicalDiagnosis', id: 'NCIT:C1', label: undefined, individuals: fractions.length }
  expect(records[0]!.tumourTypes).toEqual([{ ...type, ...(expected ? { alleleFractions: expected } : {}) }])
})

test('no fractions are told of people whom the question chose, nor without records', () => {
  const fractions = [0.1, 0.2, 0.3, 0.4, 0.5]
  expect(JSON.stringify(tell(fractions, 'record', false))).toContain('alleleFractions')
  const chosen = tell(fractions, 'record', true)
  expect(chosen.records[0]!.tumourTypes).toMatchObject([{ id: 'NCIT:C1', individuals: 5 }])
  expect(JSON.stringify(chosen)).not.toContain('raction')
  expect(JSON.stringify(tell(fractions, 'count', false))).not.toContain('raction')
})
