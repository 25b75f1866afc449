import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createMetadataFixture, type MetadataFixture } from '../testing/metadata-fixture.js'

let node: MetadataFixture
beforeEach(() => {
  node = createMetadataFixture()
})
afterEach(() => node.remove())

async function load(
  table: string,
  mapping: string,
  name = 'patients.csv',
  more: Readonly<Record<string, unknown>> = {},
) {
  return node.load({ ...more, [name]: table }, { mapping: node.write('mapping.yaml', mapping) })
}

const term = (id: string, label?: string) => (label === undefined ? { id } : { id, label })

test('the columns of a table become individuals', async () => {
  const mapping = `
type: individuals
missing: [NA, '-']
fields:
  id: Patient
  sex:
    column: Kön
    values: { M: male, K: female, X: { id: NCIT:C45908, label: Intersex } }
  karyotypicSex: Karyotype
  ethnicity: { column: Ethnicity, values: { nordic: { id: NCIT:C43851, label: European } } }
  diseases[].diseaseCode: { column: OMIM, prefix: 'OMIM:', separator: ';' }
  diseases[].ageOfOnset: { column: Onset, separator: ';', unit: years }
  diseases[].familyHistory: Family
  phenotypicFeatures[present].featureType: { column: HPO, separator: '|' }
  phenotypicFeatures[absent].featureType: { column: not HPO, separator: '|' }
  phenotypicFeatures[absent].excluded: { constant: true }
  phenotypicFeatures[epilepsy]:
    column: Epilepsy
    values:
      'yes': { featureType: { id: HP:0001250 } }
      'no': { featureType: { id: HP:0001250 }, excluded: true }
  measures[].measurementValue.value: Platelets
  measures[].measurementValue.unit: { constant: UCUM:10*3/uL }
  measures[].assayCode: { constant: { id: LOINC:26515-7, label: Platelets } }
  info.age: { column: Age, unit: months }
  info.ward: Ward
`
  const table = [
    '\u{feff}Patient;Kön;Karyotype;Ethnicity;OMIM;Onset;Family;HPO;not HPO;Epilepsy;Platelets;Age;Ward;personnummer',
    'p1;M;XY;nordic;607208;3;ja;HP:0001263 Global delay|HP:0002376;HP:0000252;yes;210.5;114;"Barn; 4";19811228-9874',
    'p2;K;NA;;607208;-;;;NA;no;;;;',
    'p3;X;;;607208;;;;;;;;;',
  ]
  // A column that the mapping does not name is not read: clinics have the number there.
  const report = await load(table.join('\r\n'), mapping)
  expect(report.problems).toEqual([])
  expect(node.documents('individual')).toEqual({
    p1: {
      id: 'p1',
      sex: term('NCIT:C20197', 'Male'),
      karyotypicSex: 'XY',
      ethnicity: term('NCIT:C43851', 'European'),
      diseases: [{ diseaseCode: term('OMIM:607208'), ageOfOnset: { iso8601duration: 'P3Y' }, familyHistory: true }],
      phenotypicFeatures: [
        { featureType: term('HP:0001263', 'Global delay') },
        { featureType: term('HP:0002376') },
        { featureType: term('HP:0000252'), excluded: true },
        { featureType: term('HP:0001250') },
      ],
      measures: [
        {
          assayCode: term('LOINC:26515-7', 'Platelets'),
          measurementValue: { unit: term('UCUM:10*3/uL'), value: 210.5 },
        },
      ],
      info: { age: { iso8601duration: 'P114M' }, ward: 'Barn; 4' },
    },
    p2: {
      id: 'p2',
      sex: term('NCIT:C16576', 'Female'),
      diseases: [{ diseaseCode: term('OMIM:607208') }],
      phenotypicFeatures: [{ featureType: term('HP:0001250'), excluded: true }],
    },
    p3: { id: 'p3', sex: term('NCIT:C45908', 'Intersex'), diseases: [{ diseaseCode: term('OMIM:607208') }] },
  })
})

test('several values of one cell go with those of another', async () => {
  const mapping = `
type: individuals
fields:
  id: id
  sex: sex
  diseases[].diseaseCode: { column: codes, separator: ',' }
  diseases[].ageOfOnset: { column: onsets, separator: ',' }
  diseases[].severity: severity
`
  const rows = ['id\tsex\tcodes\tonsets\tseverity', 'a\tfemale\tOMIM:1,OMIM:2,OMIM:3\tP1Y,,HP:0003577\tHP:0012828']
  expect((await load(rows.join('\n'), mapping, 'individuals.tsv')).problems).toEqual([])
  const severity = term('HP:0012828')
  expect(node.documents('individual')).toMatchObject({
    a: {
      diseases: [
        { diseaseCode: term('OMIM:1'), ageOfOnset: { iso8601duration: 'P1Y' }, severity },
        { diseaseCode: term('OMIM:2'), severity },
        { diseaseCode: term('OMIM:3'), ageOfOnset: term('HP:0003577'), severity },
      ],
    },
  })
})

test('rows of one person are one record where the mapping says so', async () => {
  const mapping =
    'type: individuals\nrowsPerRecord: many\nfields:\n  id: id\n  sex: sex\n  phenotypicFeatures[].featureType: hpo\n'
  const rows = ['id,sex,hpo', 'a,male,HP:0001250', 'b,female,HP:0001250', 'a,male,HP:0001263', 'a,male,HP:0001250']
  expect((await load(rows.join('\n'), mapping)).problems).toEqual([])
  expect(node.documents('individual')).toMatchObject({
    a: { phenotypicFeatures: [{ featureType: term('HP:0001250') }, { featureType: term('HP:0001263') }] },
    b: { phenotypicFeatures: [{ featureType: term('HP:0001250') }] },
  })
  const report = await load([...rows, 'b,male,HP:0001263'].join('\n'), mapping)
  expect(report.problems).toMatchObject([
    { record: 2, id: 'b', field: 'column "sex"', reason: 'line 6 says something else than line 3' },
  ])
})

test('biosamples, runs and cohorts come from tables too', async () => {
  const individuals = {
    'individuals.json': [
      { id: 'a', sex: term('NCIT:C16576') },
      { id: 'b', sex: term('NCIT:C16576') },
    ],
  }
  const samples =
    'type: biosamples\nfields:\n  id: tube\n  individualId: who\n  biosampleStatus: { constant: EFO:0009654 }\n  sampleOriginType: tissue\n  collectionMoment: { column: age, unit: years }\n'
  const report = await load(
    'tube,who,tissue,age\nt1,a,UBERON:0000178 blood,7\n',
    samples,
    'biosamples.csv',
    individuals,
  )
  expect(report.problems).toEqual([])
  expect(node.documents('biosample')).toEqual({
    t1: {
      id: 't1',
      individualId: 'a',
      biosampleStatus: term('EFO:0009654'),
      sampleOriginType: term('UBERON:0000178', 'blood'),
      collectionMoment: 'P7Y',
    },
  })
  const cohorts =
    'type: cohorts\nfields:\n  id: c\n  name: name\n  cohortType: { constant: study-defined }\n  cohortSize: size\n  members[]: { column: who, separator: " " }\n'
  expect((await load('c,name,size,who\nc1,Both,2,a b\n', cohorts)).problems).toEqual([])
  expect(node.cohorts()).toEqual([
    { id: 'c1', members: ['a', 'b'], document: { id: 'c1', name: 'Both', cohortType: 'study-defined', cohortSize: 2 } },
  ])
})

describe('a bad cell is told by file, record and column', () => {
  const MAPPING = `
type: individuals
fields:
  id: id
  sex: { column: sex, values: { M: male, F: female } }
  karyotypicSex: karyotype
  diseases[].diseaseCode: { column: codes, separator: ';' }
  diseases[].ageOfOnset: { column: onsets, separator: ';' }
  diseases[].familyHistory: family
  measures[].measurementValue.value: platelets
  measures[].measurementValue.unit: { constant: UCUM:10*3/uL }
  measures[].assayCode: { constant: LOINC:26515-7 }
  measures[].date: taken
`
  const row = (change: Readonly<Record<string, string>>) => {
    const cells = {
      id: 'a',
      sex: 'F',
      karyotype: 'XX',
      codes: 'OMIM:1',
      onsets: '',
      family: '',
      platelets: '',
      taken: '',
      ...change,
    }
    const header = Object.keys(cells)
    return [
      header.join('\t'),
      header
        .map(() => '')
        .join('\t')
        .replace(/^/, 'z')
        .replace('z\t', 'z\tM'),
      Object.values(cells).join('\t'),
    ].join('\n')
  }
  test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ['a value that the mapping does not have', { sex: 'K' }, 'column "sex"', /"K" is not in the mapping: M, F/],
    ['a value that only objects have', { sex: 'constructor' }, 'column "sex"', /is not in the mapping/],
    ['no value where one is needed', { sex: '' }, 'the row', /must have the key "sex"/],
    ['no id', { id: '' }, 'the row', /must have the key "id"/],
    ['a wrong karyotype', { karyotype: 'X0' }, 'column "karyotype"', /"X0" is not allowed/],
    ['a wrong CURIE', { codes: 'OMIM_607208' }, 'column "codes"', /write "OMIM:607208"/],
    ['a wrong CURIE among others', { codes: 'OMIM:1;607208' }, 'column "codes"', /"607208" is no CURIE/],
    ['a wrong duration', { onsets: '3 years' }, 'column "onsets"', /is no ISO 8601 duration/],
    ['more onsets than codes', { onsets: 'P1Y;P2Y' }, 'column "codes"', /has 1 values where column "onsets" has 2/],
    [
      'an onset without a code',
      { codes: '', onsets: 'P1Y' },
      'column "codes" or column "onsets" or column "family"',
      /must have the key "diseaseCode"/,
    ],
    ['neither yes nor no', { family: 'perhaps' }, 'column "family"', /is neither yes/],
    ['a number with a comma', { platelets: '210,5' }, 'column "platelets"', /is no number; for decimal commas/],
    ['a bad date', { platelets: '3', taken: '1/5/2024' }, 'column "taken"', /is no date; write YYYY-MM-DD/],
    ['a personal identity number', { id: '8112289874' }, 'column "id"', /holds a personal identity number/],
  ])('%s', async (_, change, field, reason) => {
    const report = await load(row(change), MAPPING, 'p.tsv')
    expect(report.stored).toBe(false)
    expect(report.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          file: 'p.tsv',
          record: 2,
          line: 3,
          field,
          reason: expect.stringMatching(reason) as unknown,
        }),
      ]),
    )
    expect(JSON.stringify(report)).not.toContain('9874')
  })
})

describe('a table or mapping that cannot be used is refused', () => {
  const FIELDS = 'fields: { id: id, sex: sex }'
  test.each<[string, string, string, RegExp]>([
    [
      'a column that is not there',
      'id,gender\na,F',
      `type: individuals\n${FIELDS}`,
      /p\.csv:1: there is no column "sex".*there are id, gender/,
    ],
    ['a column twice', 'id,sex,sex\na,F,F', `type: individuals\n${FIELDS}`, /the header has the column "sex" 2 times/],
    [
      'a row that is too short',
      'id,sex\na',
      `type: individuals\n${FIELDS}`,
      /p\.csv:2: the row has 1 cells and the header 2/,
    ],
    ['nothing', '', `type: individuals\n${FIELDS}`, /p\.csv: the file is empty/],
    ['another type', 'id,sex\na,F', `type: people\n${FIELDS}`, /mapping\.yaml:1: type must be one of individuals/],
    ['no fields', 'id,sex\na,F', 'type: individuals\n', /must have the key "fields"/],
    [
      'a field that is not there',
      'id,sex\na,F',
      'type: individuals\nfields: { id: id, gender: sex }',
      /fields\.gender is no field of individual: allowed are id, sex, karyotypicSex/,
    ],
    [
      'a field inside that is not there',
      'id,sex\na,F',
      'type: individuals\nfields: { "diseases[].code": sex }',
      /is no field of individual: allowed are diseaseCode/,
    ],
    [
      'a list without brackets',
      'id,sex\na,F',
      'type: individuals\nfields: { diseases.diseaseCode: sex }',
      /is a list; write diseases\[\]/,
    ],
    ['brackets without a list', 'id,sex\na,F', 'type: individuals\nfields: { "sex[]": sex }', /is no list/],
    [
      'a list inside a list',
      'id,sex\na,F',
      'type: individuals\nfields: { "phenotypicFeatures[].modifiers[]": sex }',
      /list inside a list/,
    ],
    [
      'a key that is not there',
      'id,sex\na,F',
      'type: individuals\nfields: { sex: { column: sex, map: {} } }',
      /unknown key "map"/,
    ],
    ['no YAML', 'id,sex\na,F', 'type: [', /mapping\.yaml:/],
    ['another type than the file’s name', 'id,sex\na,F', `type: runs\nfields: { id: id }`, /needs|is to be of/],
  ])('%s', async (name, table, mapping, message) => {
    const file = name.startsWith('another type than') ? 'individuals.csv' : 'p.csv'
    await expect(load(table, mapping, file)).rejects.toThrow(message)
  })

  test('no mapping', async () => {
    await expect(node.load({ 'p.csv': 'id,sex\n' })).rejects.toThrow('p.csv: is a table and needs --mapping')
  })
})
