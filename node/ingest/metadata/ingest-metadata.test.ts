// Over 300 lines: a table with each kind of bad record, whose rows the formatter spreads over many lines.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { gzipSync } from 'node:zlib'
import { openIndividuals, type Sex } from '../../metadata/individuals.js'
import { toVcf } from '../../testing/node-fixture.js'
import type { Problem } from './source-record.js'
import { createMetadataFixture, type Contents, type MetadataFixture } from './testing/metadata-fixture.js'

let node: MetadataFixture
beforeEach(() => {
  node = createMetadataFixture()
})
afterEach(() => node.remove())

const FEMALE = { id: 'NCIT:C16576', label: 'female' }
const MALE = { id: 'NCIT:C20197', label: 'male' }
const person = (id: string, more: object = {}) => ({ id, sex: FEMALE, ...more })
const sample = (id: string, individualId?: string, more: object = {}) => ({
  id,
  ...(individualId === undefined ? {} : { individualId }),
  biosampleStatus: { id: 'EFO:0009654' },
  sampleOriginType: { id: 'UBERON:0000178' },
  ...more,
})
const run = (id: string, biosampleId: string, more: object = {}) => ({
  id,
  biosampleId,
  runDate: '2024-02-29',
  ...more,
})
const analysis = (id: string, more: object) => ({ id, analysisDate: '2024-03-01', pipelineName: 'sarek', ...more })

function people(): Readonly<Record<string, { sex: Sex; family?: string }>> {
  const individuals = openIndividuals(node.directory)
  try {
    return Object.fromEntries(
      individuals.list().map(({ name, sex, family }) => [name, { sex, ...(family === undefined ? {} : { family }) }]),
    )
  } finally {
    individuals.close()
  }
}

/** The laboratory's names of pseudonyms. */
function resolve(pseudonyms: readonly string[]): readonly string[] {
  const individuals = openIndividuals(node.directory)
  try {
    return pseudonyms.map((pseudonym) => individuals.findByPseudonym(pseudonym)!.name)
  } finally {
    individuals.close()
  }
}

const places = (problems: readonly Problem[]) =>
  problems.map(({ file, record, id, field }) => [file, record, id, field])

describe('Beacon-friendly JSON', () => {
  const FILES: Contents = {
    'individuals.json': [person('a', { info: { age: { iso8601duration: 'P32Y' } } }), person('b', { sex: MALE })],
    'norr-biosamples.ndjson': `${JSON.stringify(sample('a-1', 'a'))}\n${JSON.stringify(sample('b-1', 'b'))}\n`,
    'runs.json.gz': gzipSync(JSON.stringify([run('r1', 'a-1')])),
    'analyses.json': [
      analysis('x1', { runId: 'r1' }),
      analysis('x2', { biosampleId: 'b-1' }),
      analysis('x3', { individualId: 'b' }),
    ],
    'cohorts.json': [
      { id: 'c1', name: 'Both', cohortType: 'study-defined', members: ['b', 'a'] },
      { id: 'c2', name: 'All', cohortType: 'beacon-defined' },
    ],
    'datasets.json': [
      { id: 'other', name: 'Other' },
      {
        $schema: 'x',
        id: 'd',
        name: 'D',
        dataUseConditions: { duoDataUse: [{ id: 'DUO:0000042', version: '2021-02-23' }] },
      },
    ],
  }

  test('is stored as it is, and every record is somebody’s', async () => {
    const report = await node.load(FILES)
    expect(report).toMatchObject({
      stored: true,
      bad: 0,
      problems: [],
      given: { individual: 2, biosample: 2, run: 1, analysis: 3, cohort: 2 },
    })
    expect(report.result).toMatchObject({ added: 8, updated: 0 })
    expect(node.documents('individual')).toEqual({
      a: (FILES['individuals.json'] as object[])[0],
      b: person('b', { sex: MALE }),
    })
    expect(node.documents('biosample')).toEqual({ 'a-1': sample('a-1', 'a'), 'b-1': sample('b-1', 'b') })
    expect(node.documents('run')).toEqual({ r1: run('r1', 'a-1', { individualId: 'a' }) })
    expect(node.documents('analysis')).toEqual({
      x1: analysis('x1', { runId: 'r1', individualId: 'a' }),
      x2: analysis('x2', { biosampleId: 'b-1', individualId: 'b' }),
      x3: analysis('x3', { individualId: 'b' }),
    })
    expect(node.cohorts()).toEqual([
      { id: 'c1', members: ['a', 'b'], document: { id: 'c1', name: 'Both', cohortType: 'study-defined' } },
      { id: 'c2', document: { id: 'c2', name: 'All', cohortType: 'beacon-defined' } },
    ])
    expect(node.datasetDocument()).toEqual({
      id: 'd',
      name: 'D',
      dataUseConditions: { duoDataUse: [{ id: 'DUO:0000042', version: '2021-02-23' }] },
    })
    expect(people()).toEqual({ a: { sex: 'female' }, b: { sex: 'male' } })
  })

  test('given again updates', async () => {
    await node.load(FILES)
    const report = await node.load({
      'individuals.json': [person('a', { ethnicity: { id: 'NCIT:C43851' } }), person('c')],
    })
    expect(report.result).toMatchObject({ added: 1, updated: 1 })
    expect(node.documents('individual')).toEqual({
      a: person('a', { ethnicity: { id: 'NCIT:C43851' } }),
      b: person('b', { sex: MALE }),
      c: person('c'),
    })
  })

  test('may refer to what earlier files gave', async () => {
    await node.load(FILES)
    expect((await node.load({ 'runs.json': [run('r2', 'b-1')] })).problems).toEqual([])
    expect(node.documents('run')).toMatchObject({ r2: { individualId: 'b' } })
  })

  test('loses its nulls, which are counted', async () => {
    const report = await node.load({ 'individuals.json': [person('a', { ethnicity: null, info: { ward: null } })] })
    expect(report.notes).toEqual([{ note: 'null values were taken as absent', count: 2 }])
    expect(node.documents('individual')).toEqual({ a: person('a', { info: {} }) })
  })

  test('has fields that Beacon does not have in info, where neither questions nor answers look, and tells of them', async () => {
    const report = await node.load({
      'individuals.json': [person('a', { ward: 7, info: { x: 1 } }), person('b', { ward: { id: 'HP:1' } })],
    })
    expect(report.notes).toEqual([
      {
        note: 'individual: "ward" is no field of Beacon; it was moved to info, where nothing can be asked of it',
        count: 2,
      },
    ])
    expect(node.documents('individual')).toEqual({
      a: person('a', { info: { x: 1, ward: 7 } }),
      b: person('b', { info: { ward: { id: 'HP:1' } } }),
    })
  })

  test('loses what programs put beside the standard inside the parts of a record', async () => {
    const disease = { diseaseCode: { id: 'OMIM:1' } }
    const extra = { ...disease, _visit: { id: 'HP:1' }, info: { of: 'HP:2' } }
    const report = await node.load({ 'individuals.json': [person('a', { diseases: [extra] })] })
    expect(report.notes).toEqual([{ note: 'left out: "info" and "_…" inside the parts of records', count: 2 }])
    expect(node.documents('individual')).toEqual({ a: person('a', { diseases: [disease] }) })
  })

  test('is known by --type where the name does not tell', async () => {
    expect((await node.load({ 'export.json': [person('a')] }, { type: 'individuals' })).result).toMatchObject({
      added: 1,
    })
    await expect(node.load({ 'export.json': [person('a')] })).rejects.toThrow(/export\.json:1: what are its records\?/)
  })
})

describe('a bad record is told by file, record and field', () => {
  const feature = (more: object) => ({ phenotypicFeatures: [{ featureType: { id: 'HP:0001250' }, ...more }] })
  const INDIVIDUALS: [string, object, string, RegExp][] = [
    ['no sex', { sex: undefined }, '/', /must have the key "sex"/],
    ['no id', { id: undefined }, '/', /must have the key "id"/],
    ['an empty id', { id: '' }, '/id', /fewer than 1/],
    ['an id that is a number', { id: 7 }, '/id', /must be string/],
    ['an id that ends with a blank', { id: 'bad ' }, '/id', /"bad " has white space at an end/],
    ['an id with a control character', { id: 'b\u0000' }, '/id', /control character/],
    [
      'a range that ends before it begins',
      feature({ onset: { start: { iso8601duration: 'P5Y' }, end: { iso8601duration: 'P40M' } } }),
      '/phenotypicFeatures/0/onset',
      /ends before it begins/,
    ],
    [
      'an interval that ends before it begins',
      feature({ onset: { start: '2024-01-02T00:00:00Z', end: '2024-01-01T00:00:00Z' } }),
      '/phenotypicFeatures/0/onset',
      /ends before it begins/,
    ],
    ['a sex in words', { sex: 'female' }, '/sex', /"female" is a text; an object is needed/],
    [
      'an underscore for a colon',
      { sex: { id: 'NCIT_C16576' } },
      '/sex/id',
      /"NCIT_C16576" is no CURIE; write "NCIT:C16576"/,
    ],
    ['a prefix of one letter', { sex: { id: 'X:1' } }, '/sex/id', /is no CURIE/],
    [
      'an unknown karyotype',
      { karyotypicSex: 'X0' },
      '/karyotypicSex',
      /"X0" is not allowed: must be one of UNKNOWN_KARYOTYPE, XX/,
    ],
    [
      'a wrapped age',
      { diseases: [{ diseaseCode: { id: 'OMIM:1' }, ageOfOnset: { age: { iso8601duration: 'P3Y' } } }] },
      '/diseases/0/ageOfOnset',
      /inside "age"; write what is inside/,
    ],
    [
      'an age group',
      { diseases: [{ diseaseCode: { id: 'OMIM:1' }, ageOfOnset: { ageGroup: { id: 'NCIT:C49685' } } }] },
      '/diseases/0/ageOfOnset',
      /inside "ageGroup"/,
    ],
    [
      'an age that is no duration',
      feature({ onset: { iso8601duration: '12' } }),
      '/phenotypicFeatures/0/onset/iso8601duration',
      /"12" is no ISO 8601 duration; write e.g. P32Y6M/,
    ],
    [
      'a day that is not there',
      { measures: [{ assayCode: { id: 'LOINC:1-1' }, measurementValue: { id: 'NCIT:C1' }, date: '2023-02-29' }] },
      '/measures/0/date',
      /"2023-02-29" is no date/,
    ],
    ['a misspelt excluded', feature({ exclude: true }), '/phenotypicFeatures/0', /unknown key "exclude"/],
    [
      'an excluded disease',
      { diseases: [{ diseaseCode: { id: 'OMIM:1' }, excluded: true }] },
      '/diseases/0',
      /unknown key "excluded"/,
    ],
    [
      'a field in other letters',
      { phenotypic_features: [] },
      '/phenotypic_features',
      /did you mean phenotypicFeatures/,
    ],
    ['a null in an array', { diseases: [null] }, '/diseases/0', /must be object/],
    [
      'an exposure without unit',
      { exposures: [{ exposureCode: { id: 'NCIT:C1' }, ageAtExposure: { iso8601duration: 'P1Y' }, duration: 'P1Y' }] },
      '/exposures/0',
      /must have the key "unit"/,
    ],
    [
      'a wrapped quantity',
      {
        measures: [
          { assayCode: { id: 'LOINC:1-1' }, measurementValue: { quantity: { value: 3, unit: { id: 'NCIT:C1' } } } },
        ],
      },
      '/measures/0/measurementValue',
      /must have the key|unknown key/,
    ],
  ]
  test.each(INDIVIDUALS)('an individual with %s', async (_, change, field, reason) => {
    const report = await node.load({ 'individuals.json': [person('good'), { ...person('bad'), ...change }] })
    expect(report.stored).toBe(false)
    expect(report.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          file: 'individuals.json',
          record: 2,
          line: 1,
          field,
          reason: expect.stringMatching(reason) as unknown,
        }),
      ]),
    )
    expect(people()).toEqual({})
    expect(node.documents('individual')).toEqual({})
  })

  const OTHERS: [string, Contents, string, number, string, RegExp][] = [
    [
      'a biosample of nobody',
      { 'biosamples.json': [sample('s')] },
      'biosamples.json',
      1,
      '/',
      /nothing says whose it is/,
    ],
    [
      'a biosample of somebody who is not there',
      { 'biosamples.json': [sample('s', 'zz')] },
      'biosamples.json',
      1,
      '/individualId',
      /"zz" is neither in these files nor on the node/,
    ],
    [
      'a biosample with a bad moment',
      { 'biosamples.json': [sample('s', 'a', { collectionMoment: '32' })] },
      'biosamples.json',
      1,
      '/collectionMoment',
      /is no ISO 8601 duration/,
    ],
    [
      'a run of a biosample that is not there',
      { 'runs.json': [run('r', 'zz')] },
      'runs.json',
      1,
      '/biosampleId',
      /the biosample "zz" is neither/,
    ],
    [
      'a run with a time for a day',
      { 'biosamples.json': [sample('s', 'a')], 'runs.json': [run('r', 's', { runDate: '2024-01-01T00:00:00Z' })] },
      'runs.json',
      1,
      '/runDate',
      /is no date; write YYYY-MM-DD/,
    ],
    [
      'a run with another layout',
      { 'biosamples.json': [sample('s', 'a')], 'runs.json': [run('r', 's', { libraryLayout: 'paired' })] },
      'runs.json',
      1,
      '/libraryLayout',
      /must be one of PAIRED, SINGLE/,
    ],
    [
      'a run of two people',
      { 'biosamples.json': [sample('s', 'a')], 'runs.json': [run('r', 's', { individualId: 'b' })] },
      'runs.json',
      1,
      '/biosampleId',
      /another individual/,
    ],
    [
      'an analysis of nothing',
      { 'analyses.json': [analysis('x', {})] },
      'analyses.json',
      1,
      '/',
      /individualId, biosampleId or runId is missing/,
    ],
    [
      'a cohort of somebody who is not there',
      { 'cohorts.json': [{ id: 'c', name: 'C', cohortType: 'user-defined', members: ['a', 'zz'] }] },
      'cohorts.json',
      1,
      '/members/1',
      /"zz" is neither/,
    ],
    [
      'a cohort whose members are numbers',
      { 'cohorts.json': [{ id: 'c', name: 'C', cohortType: 'user-defined', members: [1] }] },
      'cohorts.json',
      1,
      '/members',
      /must be an array of ids/,
    ],
    [
      'a description of another dataset',
      { 'datasets.json': [{ id: 'e', name: 'E' }] },
      'datasets.json',
      1,
      '/id',
      /describes another dataset than d/,
    ],
    [
      'a data use without version',
      { 'datasets.json': [{ id: 'd', name: 'D', dataUseConditions: { duoDataUse: [{ id: 'DUO:0000042' }] } }] },
      'datasets.json',
      1,
      '/dataUseConditions/duoDataUse/0',
      /must have the key "version"/,
    ],
    [
      'the same id twice',
      { 'biosamples.json': [sample('s', 'a'), sample('s', 'b')] },
      'biosamples.json',
      2,
      '/id',
      /another biosample with this id, in record 1/,
    ],
  ]
  test.each(OTHERS)('%s', async (_, contents, file, record, field, reason) => {
    const report = await node.load({ 'individuals.json': [person('a'), person('b')], ...contents })
    expect(report.stored).toBe(false)
    expect(report.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ file, record, field, reason: expect.stringMatching(reason) as unknown }),
      ]),
    )
    expect(people()).toEqual({})
  })

  test('a record that moves to another person is refused', async () => {
    await node.load({ 'individuals.json': [person('a'), person('b')], 'biosamples.json': [sample('s', 'a')] })
    const report = await node.load({ 'biosamples.json': [sample('s', 'b')] })
    expect(report.problems).toMatchObject([
      { field: '/id', reason: 'the dataset has this biosample already, of another individual' },
    ])
  })

  test('a dataset that is not there', async () => {
    await expect(node.load({ 'individuals.json': [] }, { datasetId: 'zz' })).rejects.toThrow('there is no such dataset')
  })
})

describe('--skip-bad', () => {
  test('stores the rest, and lists what is skipped and what referred to it', async () => {
    const report = await node.load(
      {
        'individuals.json': [person('a'), person('bad', { karyotypicSex: 'X0' })],
        'biosamples.json': [sample('a-1', 'a'), sample('bad-1', 'bad')],
        'runs.json': [run('r-a', 'a-1'), run('r-bad', 'bad-1')],
        'analyses.json': [analysis('x-a', { runId: 'r-a' }), analysis('x-bad', { runId: 'r-bad' })],
        'cohorts.json': [{ id: 'c', name: 'C', cohortType: 'user-defined', members: ['a', 'bad'] }],
      },
      { skipBad: true },
    )
    expect(report).toMatchObject({ stored: true, bad: 5 })
    expect(places(report.problems)).toEqual([
      ['individuals.json', 2, 'bad', '/karyotypicSex'],
      ['biosamples.json', 2, 'bad-1', '/individualId'],
      ['runs.json', 2, 'r-bad', '/biosampleId'],
      ['analyses.json', 2, 'x-bad', '/runId'],
      ['cohorts.json', 1, 'c', '/members/1'],
    ])
    expect(report.problems.slice(1).every(({ reason }) => reason.endsWith('which is skipped'))).toBe(true)
    expect(Object.keys(node.documents('individual'))).toEqual(['a'])
    expect(Object.keys(node.documents('analysis'))).toEqual(['x-a'])
    expect(node.cohorts()).toEqual([])
    expect(people()).toEqual({ a: { sex: 'female' } })
  })

  test('skips both of two records with one id, because nobody can say which is right', async () => {
    const report = await node.load(
      { 'individuals.json': [person('a'), person('a', { sex: MALE }), person('b')] },
      { skipBad: true },
    )
    expect(report.bad).toBe(2)
    expect(people()).toEqual({ b: { sex: 'female' } })
  })

  test('skips a whole packet for one of its biosamples', async () => {
    const packet = {
      subject: { id: 'a' },
      biosamples: [{ id: 's' }, { id: 's2', sampledTissue: { id: 'blood' } }],
      metaData: {},
    }
    const report = await node.load({ 'p.json': [packet, { subject: { id: 'b' }, metaData: {} }] }, { skipBad: true })
    expect(places(report.problems)).toEqual([['p.json', 1, 'a', '/biosamples/1/sampledTissue/id']])
    expect(Object.keys(people())).toEqual(['b'])
    expect(node.documents('biosample')).toEqual({})
  })

  test('cannot help a file that is not JSON', async () => {
    await expect(node.load({ 'individuals.json': '[{"id":"a"},{]' }, { skipBad: true })).rejects.toThrow(/record 2/)
    expect(people()).toEqual({})
  })
})

describe('personal identity numbers', () => {
  const NUMBER = '19811228-9874'
  test.each<[string, Contents, string]>([
    ['an individual', { 'individuals.json': [person(NUMBER)] }, '/id'],
    ['a biosample', { 'individuals.json': [person('a')], 'biosamples.json': [sample(`${NUMBER}_blood`, 'a')] }, '/id'],
    ['a reference', { 'biosamples.json': [sample('s', NUMBER)] }, '/individualId'],
    ['a note', { 'individuals.json': [person('a', { info: { note: `sister of ${NUMBER}` } })] }, '/info/note'],
    ['a key', { 'individuals.json': [person('a', { [NUMBER]: 1 })] }, '/'],
    [
      'a member of a cohort',
      { 'cohorts.json': [{ id: 'c', name: 'C', cohortType: 'user-defined', members: [NUMBER] }] },
      '/members/0',
    ],
    ['a packet’s subject', { [`${NUMBER}.json`]: { subject: { id: NUMBER }, metaData: {} } }, '/subject/id'],
    [
      'a packet’s file',
      { 'p.json': { subject: { id: 'a' }, metaData: {}, files: [{ uri: `file:///${NUMBER}.vcf` }] } },
      '/files/0/uri',
    ],
  ])('of %s are refused and never shown', async (_, contents, field) => {
    const report = await node.load(contents)
    expect(report.stored).toBe(false)
    expect(report.problems).toEqual(
      expect.arrayContaining([expect.objectContaining({ field, reason: 'holds a personal identity number' })]),
    )
    expect(JSON.stringify(report)).not.toMatch(/9874/)
    expect(people()).toEqual({})
  })

  test('of a sample map are refused', async () => {
    const sampleMap = node.write('map.tsv', 'a\t8112289874\n')
    const attempt = node.load({ 'individuals.json': [person('a')] }, { sampleMap })
    await expect(attempt).rejects.toThrow('map.tsv: gives somebody a personal identity number')
    await expect(attempt).rejects.not.toThrow('9874')
  })
})

describe('terms', () => {
  const ontologies = {
    knowsPrefix: (id: string) => id.startsWith('HP:'),
    find: (id: string) =>
      ({
        'HP:0001250': { id, obsolete: false },
        'HP:0000001': { id, obsolete: true },
        'HP:0002279': { id: 'HP:0001250', obsolete: false },
      })[id],
  }
  const features = (...ids: string[]) => ({ phenotypicFeatures: ids.map((id) => ({ featureType: { id } })) })

  test('that a loaded ontology does not have are refused, those of other ontologies are not', async () => {
    const report = await node.load(
      { 'individuals.json': [person('HP:9', { ...features('HP:0001250', 'HP:9999999', 'MONDO:1') })] },
      { ontologies },
    )
    expect(report.problems).toMatchObject([
      {
        id: 'HP:9',
        field: '/phenotypicFeatures/1/featureType/id',
        reason: '"HP:9999999" is no term of the loaded ontology',
      },
    ])
  })

  test('are found in times, measured values and excluded diseases of packets', async () => {
    const bad = { id: 'HP:9999999' }
    const packet = {
      subject: { id: 'a' },
      metaData: {},
      phenotypicFeatures: [{ type: { id: 'HP:0001250' }, onset: { ontologyClass: bad }, modifiers: [bad] }],
      measurements: [{ assay: { id: 'LOINC:1-1' }, value: { ontologyClass: bad } }],
      diseases: [{ term: bad, excluded: true }],
    }
    const report = await node.load({ 'p.json': packet }, { ontologies })
    expect(report.problems.map(({ field }) => field).sort()).toEqual([
      '/diseases/0/term/id',
      '/measurements/0/value/ontologyClass/id',
      '/phenotypicFeatures/0/modifiers/0/id',
      '/phenotypicFeatures/0/onset/ontologyClass/id',
    ])
  })

  test('that are obsolete or have a newer id are told', async () => {
    const report = await node.load(
      { 'individuals.json': [person('a', features('HP:0000001', 'HP:0002279'))] },
      { ontologies },
    )
    expect(report.stored).toBe(true)
    expect(report.notes.map(({ note }) => note)).toEqual([
      'HP:0000001 is obsolete',
      'HP:0002279 is an old id of HP:0001250',
    ])
  })
})

describe('people and their variants', () => {
  const VCF = (...samples: string[]) =>
    toVcf(samples, [`X 5000000 . A C . PASS . GT ${samples.map(() => '0/1').join(' ')}`])

  test('are linked by id, and who has only one of both is told', async () => {
    await node.ingest('d', [VCF('a', 'b')])
    const report = await node.load({ 'individuals.json': [person('a'), person('c')] })
    const { linked, individualsWithoutVariants, individualsWithoutRecord } = report.links!
    expect(linked).toBe(1)
    expect(resolve(individualsWithoutVariants)).toEqual(['c'])
    expect(resolve(individualsWithoutRecord)).toEqual(['b'])
    expect(Object.keys(people())).toEqual(['a', 'b', 'c'])
  })

  test('are linked by a sample map, by the samples that a packet names, and biosamples by their own names', async () => {
    await node.ingest('d', [VCF('S1', 'S2', 'S3')])
    const sampleMap = node.write('map.tsv', 'lab-1\tS1\n')
    const packet = {
      subject: { id: 'p2' },
      metaData: {},
      biosamples: [{ id: 'p2-blood' }],
      files: [{ individualToFileIdentifiers: { p2: 'S2' } }],
    }
    const report = await node.load(
      {
        'individuals.json': [person('lab-1')],
        'packet.json': packet,
        'biosamples.json': [sample('S3'), sample('b1', 'lab-1')],
      },
      { sampleMap },
    )
    expect(report.problems).toEqual([])
    expect(report.links).toMatchObject({ linked: 3, individualsWithoutVariants: [] })
    expect(resolve(report.links!.individualsWithoutRecord)).toEqual(['S3'])
    expect(Object.keys(node.documents('individual')).sort()).toEqual(['S1', 'S2'])
    expect(node.documents('individual')).toMatchObject({ S1: { id: 'S1' }, S2: { id: 'S2' } })
    expect(node.documents('biosample')).toMatchObject({
      S3: { individualId: 'S3' },
      b1: { individualId: 'S1' },
      'p2-blood': { individualId: 'S2' },
    })
  })

  test('are not linked when a packet and its sample are two people on the node', async () => {
    await node.ingest('d', [VCF('p1', 'S1')])
    const packet = { subject: { id: 'p1' }, metaData: {}, files: [{ individualToFileIdentifiers: { p1: 'S1' } }] }
    const report = await node.load({ 'packet.json': packet })
    expect(report.problems).toMatchObject([
      { field: '/subject/id', reason: expect.stringContaining('several individuals') as unknown },
    ])
  })

  test('of whom the sex becomes known after their variants are told', async () => {
    await node.ingest('d', [VCF('a')])
    const report = await node.load({ 'individuals.json': [person('a', { sex: MALE })] })
    expect(report.notes).toMatchObject([
      { note: expect.stringContaining('became known after their variants') as unknown, count: 1 },
    ])
    expect(people()).toEqual({ a: { sex: 'male' } })
  })

  test.each<[string, Contents, { ped?: string; first?: Contents }, RegExp]>([
    [
      'the PED file',
      { 'individuals.json': [person('a')] },
      { ped: 'F a 0 0 1 0\n' },
      /is female, and the PED file knows the individual as male/,
    ],
    [
      'the node',
      { 'individuals.json': [person('a')] },
      { first: { 'individuals.json': [person('a', { sex: MALE })] } },
      /the node knows the individual as male/,
    ],
    [
      'the pedigree',
      {
        'f.json': {
          id: 'F',
          proband: { subject: { id: 'a', sex: 'MALE' } },
          pedigree: { persons: [{ individualId: 'a', sex: 'FEMALE' }] },
        },
      },
      {},
      /another place of these files/,
    ],
    [
      'the family of the PED file',
      {
        'f.json': {
          id: 'F',
          proband: { subject: { id: 'a' } },
          pedigree: { persons: [{ individualId: 'a', familyId: 'F' }] },
        },
      },
      { ped: 'G a 0 0 0 0\n' },
      /gives another family than the PED file/,
    ],
  ])('contradict %s', async (_, contents, { ped, first }, reason) => {
    if (first) await node.load(first)
    const before = people()
    const report = await node.load(contents, ped === undefined ? {} : { ped: node.write('x.ped', ped) })
    expect(report.stored).toBe(false)
    expect(report.problems[0]!.reason).toMatch(reason)
    expect(people()).toEqual(before)
  })

  test('get their family from a PED file and from the pedigree of packets', async () => {
    const family = {
      id: 'F',
      proband: { subject: { id: 'kid', sex: 'MALE' } },
      relatives: [{ subject: { id: 'mum' } }],
      pedigree: {
        persons: [
          { individualId: 'kid', familyId: 'F', sex: 'MALE' },
          { individualId: 'mum', familyId: 'F', sex: 'FEMALE' },
        ],
      },
    }
    await node.load(
      { 'family.json': family, 'individuals.json': [person('z')] },
      { ped: node.write('x.ped', 'G z 0 0 2 0\n') },
    )
    expect(people()).toEqual({
      kid: { sex: 'male', family: 'F' },
      mum: { sex: 'female', family: 'F' },
      z: { sex: 'female', family: 'G' },
    })
  })
})
