import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { MappedField } from '../../../../schemas/index.js'
import { parseFieldPath } from './field-path.js'
import type { Mapping } from './read-mapping.js'
import { toDocument } from './to-document.js'

function toMapping(fields: Readonly<Record<string, Exclude<MappedField, string>>>): Mapping {
  const columns = Object.entries(fields).map(([name, source]) => ({
    path: parseFieldPath('m.yaml', 'individual', name),
    source,
  }))
  return { type: 'individual', columns }
}

const MAPPING = toMapping({
  id: { column: 'id' },
  'diseases[].diseaseCode': { column: 'codes', separator: ';', prefix: 'OMIM:' },
  'diseases[].ageOfOnset': { column: 'onsets', separator: ';', unit: 'years' },
  'diseases[].familyHistory': { column: 'family', separator: ';' },
  'phenotypicFeatures[yes].featureType': { column: 'hpo', separator: '|' },
  'phenotypicFeatures[no].featureType': { column: 'not hpo', separator: '|' },
  'phenotypicFeatures[no].excluded': { constant: true },
  'info.age': { column: 'age' },
})

const years = fc.option(fc.nat(100), { nil: undefined })
const disease = fc.record({ code: fc.nat(999_999), onset: years, family: fc.option(fc.boolean(), { nil: undefined }) })
const term = fc.record({
  id: fc.nat(9_999_999).map((n) => `HP:${n}`),
  label: fc.constantFrom('Seizure', 'Global delay, mild'),
})

test('what was written into the cells of a row is what is read from it', () => {
  fc.assert(
    fc.property(
      fc.array(disease, { maxLength: 4 }),
      fc.array(term, { maxLength: 3 }),
      fc.array(term, { maxLength: 3 }),
      years,
      (diseases, present, absent, age) => {
        const join = <T>(items: readonly T[], separator: string, toText: (item: T) => string | number | undefined) =>
          items.map((item) => toText(item) ?? '').join(separator)
        const cells = new Map([
          ['id', ' p1 '],
          ['codes', join(diseases, ';', ({ code }) => code)],
          ['onsets', join(diseases, ' ; ', ({ onset }) => onset)],
          ['family', join(diseases, ';', ({ family }) => (family === undefined ? undefined : family ? 'ja' : 'no'))],
          ['hpo', join(present, '|', ({ id, label }) => `${id} ${label}`)],
          ['not hpo', join(absent, '|', ({ id, label }) => `${id}  ${label}`)],
          ['age', age === undefined ? '' : `P${age}Y`],
        ])
        const expected = {
          id: 'p1',
          diseases: diseases.map(({ code, onset, family }) => ({
            diseaseCode: { id: `OMIM:${code}` },
            ageOfOnset: onset === undefined ? undefined : { iso8601duration: `P${onset}Y` },
            familyHistory: family,
          })),
          phenotypicFeatures: [
            ...present.map((featureType) => ({ featureType })),
            ...absent.map((featureType) => ({ featureType, excluded: true })),
          ],
          info: age === undefined ? undefined : { age: { iso8601duration: `P${age}Y` } },
        }
        const { document, problems } = toDocument(MAPPING, cells)
        expect(problems).toEqual([])
        // Empty lists and absent values are not written at all.
        expect(JSON.parse(JSON.stringify({ diseases: [], phenotypicFeatures: [], ...document }))).toEqual(
          JSON.parse(JSON.stringify(expected)),
        )
      },
    ),
    { numRuns: 500 },
  )
})

test('a constant is a copy in every row, and one that cannot be what its field holds is a problem', () => {
  const mapping = toMapping({
    ethnicity: { constant: { id: 'NCIT:C43851' } },
    'ethnicity.label': { column: 'label' },
    'diseases[].diseaseCode': { column: 'code' },
    'diseases[].familyHistory': { constant: 'perhaps' },
  })
  const row = (label: string, code: string) => toDocument(mapping, new Map(Object.entries({ label, code })))
  expect(row('Sami', '').document).toEqual({ ethnicity: { id: 'NCIT:C43851', label: 'Sami' } })
  expect(row('', '').document).toEqual({ ethnicity: { id: 'NCIT:C43851' } })
  expect(row('', 'OMIM:1').problems).toMatchObject([{ field: 'fields.diseases[].familyHistory of the mapping' }])
})
