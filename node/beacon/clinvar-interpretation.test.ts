import { expect, test } from '@jest/globals'
import { toClinicalInterpretation, toClinicalRelevance } from './clinvar-interpretation.js'

test.each([
  ['Pathogenic', 'pathogenic'],
  ['Likely pathogenic', 'likely pathogenic'],
  ['Pathogenic/Likely pathogenic', 'likely pathogenic'],
  ['Pathogenic|risk factor', 'pathogenic'],
  ['Benign', 'benign'],
  ['Benign/Likely benign', 'likely benign'],
  ['Uncertain significance', 'uncertain significance'],
  ['Conflicting classifications of pathogenicity', undefined],
  ['Conflicting interpretations of pathogenicity, other', undefined],
  ['Pathogenic, low penetrance', undefined],
  ['Benign/Pathogenic', undefined],
  ['Likely benign/Uncertain significance/Pathogenic', undefined],
  ['drug response', undefined],
  ['not provided', undefined],
])('%s is %s', (significance, relevance) => expect(toClinicalRelevance(significance)).toBe(relevance))

test('a condition without an id keeps its name, and gets no id made up', () => {
  expect(toClinicalInterpretation({ condition: 'not provided', significance: 'Benign' })).toMatchObject({
    conditionId: 'not provided',
    effect: { id: 'MONDO:0000001' },
    clinicalRelevance: 'benign',
  })
})
