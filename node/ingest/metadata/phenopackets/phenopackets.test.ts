// Over 300 lines: a whole packet and what it becomes, and a table with each kind of bad one.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { validate } from '../../../../schemas/index.js'
import { checkCandidate } from '../check-candidate.js'
import { schemaOf } from '../schema-of.js'
import { Notes, type JsonObject } from '../source-record.js'
import { convertPacket } from './packet.js'
import { toAgeAt } from './time-element.js'
import { toSourceRecords } from './to-source-records.js'

const term = (id: string, label?: string) => (label === undefined ? { id } : { id, label })

/** A made-up child of a made-up clinic. */
const PACKET = {
  id: 'packet-7',
  subject: {
    id: 'norr-0007',
    dateOfBirth: '2014-03-31T00:00:00Z',
    sex: 'FEMALE',
    karyotypicSex: 'XX',
    gender: term('LOINC:LA22879-3', 'girl'),
    timeAtLastEncounter: { age: { iso8601duration: 'P9Y2M' } },
    vitalStatus: { status: 'ALIVE' },
    taxonomy: term('NCBITaxon:9606', 'Homo sapiens'),
  },
  phenotypicFeatures: [
    {
      type: term('HP:0001250', 'Seizure'),
      onset: { age: { iso8601duration: 'P3Y' } },
      severity: term('HP:0012828', 'Severe'),
      modifiers: [term('HP:0031796', 'Recurrent')],
      description: 'twice a week',
      evidence: [
        { evidenceCode: term('ECO:0006017'), reference: { id: 'PMID:1', description: 'a case report' } },
        { evidenceCode: term('ECO:0000033') },
      ],
    },
    { type: term('HP:0001263', ''), excluded: true },
    {
      type: term('HP:0002376'),
      onset: { ageRange: { start: { iso8601duration: 'P4Y' }, end: { iso8601duration: 'P5Y' } } },
    },
    {
      type: term('HP:0001290'),
      onset: { gestationalAge: { weeks: 33, days: 2 } },
      resolution: { timestamp: '2014-04-30T08:00:00Z' },
    },
    { type: term('HP:0000252'), onset: { ontologyClass: term('HP:0003577', 'Congenital onset') } },
  ],
  measurements: [
    {
      assay: term('LOINC:26515-7', 'Platelets'),
      value: {
        quantity: {
          unit: term('UCUM:10*3/uL'),
          value: 210,
          referenceRange: { unit: term('UCUM:10*3/uL'), low: 150, high: 400 },
        },
      },
      timeObserved: { timestamp: '2020-05-01T00:00:00Z' },
    },
    { assay: term('LOINC:5778-6'), value: { ontologyClass: term('NCIT:C48333', 'yellow') } },
    {
      assay: term('LOINC:85354-9'),
      complexValue: {
        typedQuantities: [{ type: term('NCIT:C25298'), quantity: { unit: term('NCIT:C49670'), value: 110 } }],
      },
    },
  ],
  diseases: [
    {
      term: term('OMIM:607208', 'Dravet syndrome'),
      onset: { ontologyClass: term('HP:0003593') },
      diseaseStage: [term('NCIT:C28554')],
    },
    { term: term('OMIM:612164'), excluded: true },
  ],
  medicalActions: [
    {
      procedure: {
        code: term('NCIT:C38089', 'Electroencephalography'),
        bodySite: term('UBERON:0000955'),
        performed: { timestamp: '2021-03-31T00:00:00Z' },
      },
    },
    {
      treatment: {
        agent: term('DrugCentral:2854', 'valproate'),
        routeOfAdministration: term('NCIT:C38288'),
        doseIntervals: [
          {
            quantity: { unit: term('UCUM:mg'), value: 200 },
            scheduleFrequency: term('NCIT:C64496'),
            interval: { start: '2019-01-01T00:00:00Z', end: '2019-06-01T00:00:00Z' },
          },
          { quantity: { unit: term('UCUM:mg'), value: 300 } },
        ],
      },
      treatmentIntent: term('NCIT:C62220'),
    },
    { radiationTherapy: { modality: term('NCIT:C28039'), bodySite: term('UBERON:0000955'), dosage: 3, fractions: 1 } },
    { therapeuticRegimen: { ontologyClass: term('NCIT:C10894'), regimenStatus: 'STARTED' } },
  ],
  biosamples: [
    {
      id: 'norr-0007-blood',
      individualId: 'norr-0007',
      sampledTissue: term('UBERON:0000178', 'blood'),
      materialSample: term('EFO:0009655', 'abnormal sample'),
      timeOfCollection: { timestamp: '2020-03-30T12:00:00Z' },
      procedure: { code: term('NCIT:C28221') },
    },
  ],
  interpretations: [{ id: 'i1', progressStatus: 'SOLVED' }],
  files: [
    {
      uri: 'file:///data/7.vcf.gz',
      individualToFileIdentifiers: { 'norr-0007': 'S7' },
      fileAttributes: { genomeAssembly: 'GRCh38' },
    },
  ],
  metaData: { created: '2024-01-01T00:00:00Z', phenopacketSchemaVersion: '2.0', resources: [] },
}

test('a packet becomes a Beacon individual and its biosamples', () => {
  const notes = new Notes()
  const { candidates, problems, facts, sampleLinks } = convertPacket(PACKET, '', notes)
  expect(problems).toEqual([])
  expect(facts).toEqual([{ individual: 'norr-0007', sex: 'female' }])
  expect(sampleLinks).toEqual([{ individual: 'norr-0007', sample: 'S7' }])
  const [individual, biosample] = candidates.map(({ document }) => document)
  expect(candidates.map(({ type }) => type)).toEqual(['individual', 'biosample'])
  expect(individual).toEqual({
    id: 'norr-0007',
    sex: { id: 'NCIT:C16576', label: 'Female' },
    karyotypicSex: 'XX',
    phenotypicFeatures: [
      {
        featureType: term('HP:0001250', 'Seizure'),
        onset: { iso8601duration: 'P3Y' },
        severity: term('HP:0012828', 'Severe'),
        modifiers: [term('HP:0031796', 'Recurrent')],
        notes: 'twice a week',
        evidence: { evidenceCode: term('ECO:0006017'), reference: { id: 'PMID:1', notes: 'a case report' } },
      },
      { featureType: term('HP:0001263'), excluded: true },
      {
        featureType: term('HP:0002376'),
        onset: { start: { iso8601duration: 'P4Y' }, end: { iso8601duration: 'P5Y' } },
      },
      { featureType: term('HP:0001290'), onset: { weeks: 33, days: 2 }, resolution: { iso8601duration: 'P30D' } },
      { featureType: term('HP:0000252'), onset: term('HP:0003577', 'Congenital onset') },
    ],
    measures: [
      {
        assayCode: term('LOINC:26515-7', 'Platelets'),
        measurementValue: {
          unit: term('UCUM:10*3/uL'),
          value: 210,
          referenceRange: { unit: term('UCUM:10*3/uL'), low: 150, high: 400 },
        },
        observationMoment: { iso8601duration: 'P6Y1M1D' },
      },
      { assayCode: term('LOINC:5778-6'), measurementValue: term('NCIT:C48333', 'yellow') },
      {
        assayCode: term('LOINC:85354-9'),
        measurementValue: {
          typedQuantities: [{ quantityType: term('NCIT:C25298'), quantity: { unit: term('NCIT:C49670'), value: 110 } }],
        },
      },
    ],
    diseases: [
      {
        diseaseCode: term('OMIM:607208', 'Dravet syndrome'),
        ageOfOnset: term('HP:0003593'),
        stage: term('NCIT:C28554'),
      },
    ],
    interventionsOrProcedures: [
      {
        procedureCode: term('NCIT:C38089', 'Electroencephalography'),
        bodySite: term('UBERON:0000955'),
        ageAtProcedure: { iso8601duration: 'P7Y' },
      },
      { procedureCode: term('NCIT:C28039'), bodySite: term('UBERON:0000955') },
    ],
    treatments: [
      {
        treatmentCode: term('DrugCentral:2854', 'valproate'),
        routeOfAdministration: term('NCIT:C38288'),
        doseIntervals: [
          {
            quantity: { unit: term('UCUM:mg'), value: 200 },
            scheduleFrequency: term('NCIT:C64496'),
            interval: { start: '2019-01-01T00:00:00Z', end: '2019-06-01T00:00:00Z' },
          },
        ],
      },
      { treatmentCode: term('NCIT:C10894') },
    ],
    info: {
      age: { iso8601duration: 'P9Y2M' },
      timeAtLastEncounter: { iso8601duration: 'P9Y2M' },
      vitalStatus: { status: 'ALIVE' },
      gender: term('LOINC:LA22879-3', 'girl'),
      excludedDiseases: [{ diseaseCode: term('OMIM:612164') }],
    },
  })
  expect(biosample).toEqual({
    id: 'norr-0007-blood',
    individualId: 'norr-0007',
    biosampleStatus: term('EFO:0009655', 'abnormal sample'),
    sampleOriginType: term('UBERON:0000178', 'blood'),
    collectionDate: '2020-03-30',
    collectionMoment: 'P5Y11M30D',
    obtentionProcedure: { procedureCode: term('NCIT:C28221') },
  })
  for (const { type, document } of candidates) expect(validate(schemaOf(type), document)).toEqual({ ok: true })
  expect(
    notes
      .list()
      .map(({ note }) => note)
      .sort(),
  ).toEqual([
    'left out: DoseInterval without quantity, frequency or interval',
    'left out: MedicalAction.treatmentIntent, for which Beacon has no field',
    'left out: Phenopacket.interpretations, for which Beacon has no field',
    'left out: RadiationTherapy.dosage, for which Beacon has no field',
    'left out: RadiationTherapy.fractions, for which Beacon has no field',
    'left out: further Evidence of a PhenotypicFeature',
    'left out: the date of birth, after moments were turned into ages by it',
  ])
})

test('without a date of birth a moment becomes an interval without length, and that of a procedure a day', () => {
  const moment = '2020-05-01T00:00:00Z'
  const packet = {
    subject: { id: 'a' },
    phenotypicFeatures: [{ type: term('HP:0001250'), onset: { timestamp: moment } }],
    medicalActions: [{ procedure: { code: term('NCIT:C38089'), performed: { timestamp: moment } } }],
  }
  const { document } = convertPacket(packet, '', new Notes()).candidates[0]!
  expect(document).toEqual({
    id: 'a',
    sex: { id: 'NCIT:C17998', label: 'Unknown' },
    phenotypicFeatures: [{ featureType: term('HP:0001250'), onset: { start: moment, end: moment } }],
    interventionsOrProcedures: [{ procedureCode: term('NCIT:C38089'), dateOfProcedure: '2020-05-01' }],
  })
  expect(validate('beacon/individual.json', document)).toEqual({ ok: true })
})

describe('a bad packet is told by the place in the packet', () => {
  const onset = (value: unknown) => ({ phenotypicFeatures: [{ type: term('HP:0001250'), onset: value }] })
  test.each<[string, JsonObject, string, RegExp]>([
    ['no subject', { subject: undefined }, '/subject', /needs a subject with an id/],
    ['a subject without id', { subject: { sex: 'MALE' } }, '/subject/id', /needs a subject with an id/],
    [
      'another sex',
      { subject: { id: 'a', sex: 'female' } },
      '/subject/sex',
      /must be one of UNKNOWN_SEX, FEMALE, MALE, OTHER_SEX/,
    ],
    ['another karyotype', { subject: { id: 'a', karyotypicSex: 'X0' } }, '/subject/karyotypicSex', /must be one of/],
    ['a mouse', { subject: { id: 'a', taxonomy: term('NCBITaxon:10090') } }, '/subject/taxonomy', /only people/],
    ['a bad date of birth', { subject: { id: 'a', dateOfBirth: 'spring' } }, '/subject/dateOfBirth', /is no date/],
    [
      'negated, as version 1 had it',
      { phenotypicFeatures: [{ type: term('HP:1'), negated: true }] },
      '/phenotypicFeatures/0/negated',
      /is no field of PhenotypicFeature/,
    ],
    [
      'a feature without type',
      { phenotypicFeatures: [{ excluded: true }] },
      '/phenotypicFeatures/0',
      /must have the key "type"/,
    ],
    [
      'a feature that is text',
      { phenotypicFeatures: ['HP:0001250'] },
      '/phenotypicFeatures/0',
      /must be an object \(PhenotypicFeature/,
    ],
    ['features that are no list', { phenotypicFeatures: {} }, '/phenotypicFeatures', /must be an array/],
    [
      'excluded as text',
      { phenotypicFeatures: [{ type: term('HP:0001250'), excluded: 'yes' }] },
      '/phenotypicFeatures/0/excluded',
      /must be boolean/,
    ],
    [
      'a wrong CURIE',
      { phenotypicFeatures: [{ type: term('HP_0001250') }] },
      '/phenotypicFeatures/0/type/id',
      /"HP_0001250" is no CURIE; write "HP:0001250"/,
    ],
    [
      'a URL for a term',
      { diseases: [{ term: term('http://purl.obolibrary.org/obo/MONDO_0100135') }] },
      '/diseases/0/term/id',
      /write "MONDO:0100135"/,
    ],
    [
      'excluded of a disease as text',
      { diseases: [{ term: term('OMIM:1'), excluded: 'no' }] },
      '/diseases/0/excluded',
      /must be true or false/,
    ],
    [
      'a bad excluded disease',
      { diseases: [{ term: term('OMIM'), excluded: true }] },
      '/diseases/0/term/id',
      /"OMIM" is no CURIE/,
    ],
    [
      'two times at once',
      onset({ age: { iso8601duration: 'P1Y' }, timestamp: '2020-01-01T00:00:00Z' }),
      '/phenotypicFeatures/0/onset',
      /more than one of age, timestamp/,
    ],
    ['an age as version 1 had it', onset({ age: 'P3Y' }), '/phenotypicFeatures/0/onset/age', /must be an object/],
    [
      'an age of another form',
      onset({ age: { iso8601duration: '3 years' } }),
      '/phenotypicFeatures/0/onset/age/iso8601duration',
      /"3 years" is no ISO 8601 duration/,
    ],
    [
      'a flat age',
      onset({ iso8601duration: 'P3Y' }),
      '/phenotypicFeatures/0/onset/iso8601duration',
      /is no field of TimeElement/,
    ],
    [
      'a bad moment',
      onset({ timestamp: '1 May' }),
      '/phenotypicFeatures/0/onset/timestamp/start',
      /is no date and time/,
    ],
    [
      'a moment before birth',
      { subject: { id: 'a', dateOfBirth: '2000-01-01T00:00:00Z' }, ...onset({ timestamp: '1999-12-01T00:00:00Z' }) },
      '/phenotypicFeatures/0/onset/timestamp',
      /before the date of birth/,
    ],
    [
      'a measurement without value',
      { measurements: [{ assay: term('LOINC:1-1') }] },
      '/measurements/0',
      /must have the key "value"/,
    ],
    [
      'a quantity without unit',
      { measurements: [{ assay: term('LOINC:1-1'), value: { quantity: { value: 3 } } }] },
      '/measurements/0/value/quantity',
      /must have the key "unit"/,
    ],
    [
      'a procedure without code',
      { medicalActions: [{ procedure: {} }] },
      '/medicalActions/0/procedure',
      /must have the key "code"/,
    ],
    [
      'a treatment without agent',
      { medicalActions: [{ treatment: {} }] },
      '/medicalActions/0/treatment',
      /must have the key "agent"/,
    ],
    ['a biosample without id', { biosamples: [{}] }, '/biosamples/0', /must have the key "id"/],
    [
      'a biosample of somebody else',
      { biosamples: [{ id: 'b', individualId: 'c' }] },
      '/biosamples/0/individualId',
      /somebody else/,
    ],
    [
      'a bad collection date',
      { biosamples: [{ id: 'b', timeOfCollection: { timestamp: '2020-02-30T00:00:00Z' } }] },
      '/biosamples/0/timeOfCollection',
      /"2020-02-30" is no date/,
    ],
    [
      'version 1',
      { metaData: { phenopacketSchemaVersion: '1.0.0' } },
      '/metaData/phenopacketSchemaVersion',
      /only version 2/,
    ],
    ['an unknown field', { phenotypicfeatures: [] }, '/phenotypicfeatures', /is no field of Phenopacket/],
  ])('%s', (_, change, field, reason) => {
    const notes = new Notes()
    const value = { id: 'x', subject: { id: 'a' }, ...change }
    const { candidates, problems } = convertPacket(value, '', notes)
    const all = [...problems, ...candidates.flatMap((candidate) => checkCandidate(candidate, undefined, notes))]
    expect(all).toEqual(expect.arrayContaining([{ field, reason: expect.stringMatching(reason) as unknown as string }]))
  })
})

describe('families and cohorts', () => {
  const member = (id: string, sex: string) => ({ id: `packet ${id}`, subject: { id, sex } })
  const FAMILY = {
    id: 'F1',
    proband: member('child', 'FEMALE'),
    relatives: [member('mother', 'UNKNOWN_SEX'), member('father', 'MALE')],
    pedigree: {
      persons: [
        {
          familyId: 'F1',
          individualId: 'child',
          paternalId: 'father',
          maternalId: 'mother',
          sex: 'FEMALE',
          affectedStatus: 'AFFECTED',
        },
        { familyId: 'F1', individualId: 'mother', sex: 'FEMALE' },
        { familyId: '0', individualId: 'father', sex: 'MALE' },
      ],
    },
    files: [{ uri: 'file:///trio.vcf', individualToFileIdentifiers: { child: 'C', mother: 'M' } }],
    metaData: {},
  }

  test('a family’s members are records of their own, with what its pedigree and files say of them', () => {
    const records = toSourceRecords('f.json', { record: 3, line: 9, value: FAMILY }, new Notes())
    expect(records.map(({ id, record, line }) => [id, record, line])).toEqual([
      ['child', 3, 9],
      ['mother', 3, 9],
      ['father', 3, 9],
    ])
    expect(records.map(({ facts }) => facts.at(-1))).toEqual([
      { individual: 'child', sex: 'female', family: 'F1' },
      { individual: 'mother', sex: 'female', family: 'F1' },
      { individual: 'father', sex: 'male' },
    ])
    expect(records.map(({ sampleLinks }) => sampleLinks.map(({ sample }) => sample))).toEqual([['C'], ['M'], []])
    expect(records.flatMap(({ problems }) => problems)).toEqual([])
  })

  test('a problem in a member is told by its place in the message', () => {
    const relatives = [{ ...member('mother', 'FEMALE'), phenotypicFeatures: [{ type: term('HP:1'), excludd: true }] }]
    const records = toSourceRecords('f.json', { record: 1, line: 1, value: { ...FAMILY, relatives } }, new Notes())
    expect(records.map(({ problems }) => problems.map(({ field }) => field))).toEqual([
      [],
      ['/relatives/0/phenotypicFeatures/0/excludd'],
    ])
  })

  test('a cohort gives its members and itself', () => {
    const value = {
      id: 'C1',
      description: 'children with seizures',
      members: [member('a', 'MALE'), member('b', 'FEMALE')],
    }
    const records = toSourceRecords('c.json', { record: 1, line: 1, value }, new Notes())
    expect(records.at(-1)!.candidates).toEqual([
      {
        type: 'cohort',
        document: { id: 'C1', name: 'children with seizures', cohortType: 'study-defined' },
        members: ['a', 'b'],
      },
    ])
    expect(records.map(({ id }) => id)).toEqual(['a', 'b', 'C1'])
  })

  test('a personal identity number is found in what is left out, too', () => {
    const value = { id: 'x', subject: { id: 'a', alternateIds: ['19811228-9874'] } }
    const [record] = toSourceRecords('p.json', { record: 1, line: 1, value }, new Notes())
    expect(record!.problems).toEqual([{ field: '/subject/alternateIds/0', reason: 'holds a personal identity number' }])
  })
})

test('the age at a moment, added to the date of birth, is the moment', () => {
  const day = fc
    .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString())
  fc.assert(
    fc.property(day, day, (one, other) => {
      const [birth, moment] = [one, other].sort() as [string, string]
      const age = toAgeAt({ problems: [], notes: new Notes(), origins: new WeakMap(), dateOfBirth: birth }, moment)!
      const [, years = '0', months = '0', days = '0'] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(age)!
      // An oracle that steps back from the moment to the latest month that has the day, or its last one.
      const start = new Date(birth.slice(0, 10))
      const month = new Date(Date.UTC(start.getUTCFullYear() + Number(years), start.getUTCMonth() + Number(months), 1))
      const wanted = new Date(month)
      wanted.setUTCDate(start.getUTCDate())
      while (wanted.getUTCMonth() !== month.getUTCMonth()) wanted.setUTCDate(wanted.getUTCDate() - 1)
      wanted.setUTCDate(wanted.getUTCDate() + Number(days))
      expect(wanted.toISOString().slice(0, 10)).toBe(moment.slice(0, 10))
      expect(Number(months)).toBeLessThan(12)
      expect(Number(days)).toBeLessThan(31)
    }),
    { numRuns: 2000 },
  )
})

test('whatever is given for a packet, nothing that is accepted breaks the schema', () => {
  const key = fc.constantFrom(...new Set(JSON.stringify(PACKET).match(/[A-Za-z]+(?=":)/g)))
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.constantFrom('HP:1', 'P3Y', 'MALE', '2020-01-01T00:00:00Z', true, ''),
  )
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.dictionary(key, tie('node'), { maxKeys: 3 }),
      fc.array(tie('node'), { maxLength: 2 }),
    ),
  })).node
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(PACKET)), tree, (field, value) => {
      const notes = new Notes()
      for (const packet of [{ ...PACKET, [field]: value }, { subject: { id: 'a' }, [field]: [value] }, value]) {
        const { candidates, problems } = convertPacket(packet, '', notes)
        for (const candidate of candidates) {
          const found = checkCandidate(candidate, undefined, notes)
          if (found.length === 0) expect(validate(schemaOf(candidate.type), candidate.document)).toEqual({ ok: true })
          else expect([...problems, ...found].every(({ field: at }) => at.startsWith('/'))).toBe(true)
        }
      }
    }),
    { numRuns: 300 },
  )
})
