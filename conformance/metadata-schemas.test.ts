import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { validate, type SchemaPath } from '../schemas/index.js'
import { hasOfficialSchemas, officialErrors } from './support/official-schemas.js'
import { SHARED_SPEC } from './support/paths.js'

/** Our schemas of records against the official ones: stricter is right, looser is not. */
const MODEL = 'models/json/beacon-v2-default-model/'
const OURS: Readonly<Record<string, SchemaPath>> = {
  individuals: 'beacon/individual.json',
  biosamples: 'beacon/biosample.json',
  runs: 'beacon/run.json',
  analyses: 'beacon/analysis.json',
  cohorts: 'beacon/cohort.json',
  datasets: 'beacon/datasetDescription.json',
}

const EXAMPLES = join(SHARED_SPEC, 'beacon-examples')
const EXPECTED = join(EXAMPLES, 'expected.json')

describe('the official examples of records have the verdict that they have under the official schemas', () => {
  const { files } = (existsSync(EXPECTED) ? JSON.parse(readFileSync(EXPECTED, 'utf8')) : { files: {} }) as {
    files: Readonly<Record<string, { schema: string; valid: boolean; pointer?: string }>>
  }
  const cases = Object.entries(files).flatMap(([file, { schema, valid }]) => {
    const ours = OURS[schema.replace(MODEL, '').split('/')[0]!]
    return ours && schema.endsWith('defaultSchema.json') && file.includes('/examples/') ? [{ file, valid, ours }] : []
  })
  if (cases.length === 0) test.skip('they are not here', () => undefined)
  else {
    test.each(cases)('$file', ({ file, valid, ours }) => {
      expect(validate(ours, JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8'))).ok).toBe(valid)
    })
    test('there are examples of every type', () => expect(new Set(cases.map(({ ours }) => ours)).size).toBe(6))
  }
})

/** A value of the kind, now and then of another one: what a careless program writes. */
function mostly<T>(good: fc.Arbitrary<T>, ...bad: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 150, arbitrary: good }, ...bad.map((arbitrary) => ({ weight: 1, arbitrary })))
}

const word = fc.oneof(
  { weight: 9, arbitrary: fc.stringMatching(/^[a-zA-Z0-9å._-]{1,8}$/) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 8 }) },
)
const junk = fc.oneof(fc.constant(null), fc.integer(), word, fc.constant({}), fc.constant([]), fc.boolean())
const curie = mostly(
  fc.constantFrom('HP:0001250', 'NCIT:C16576', 'OMIM:164400', 'edam:operation_2945', 'UBERON:0000178'),
  fc.constantFrom('NCIT_C16576', 'X:1', 'http://x/HP_1', ':', 'HP:', 'a b:c', 'é:1', 'ab:c\nd'),
  word,
  junk,
)
const text = mostly(word, junk)
const date = mostly(
  fc.constantFrom('2024-02-29', '1999-12-31'),
  fc.constantFrom('2023-02-29', '2024-13-01', '20240101', '2024-01-01T00:00:00Z', ''),
  junk,
)
const dateTime = mostly(
  fc.constantFrom('2024-02-29T12:00:00Z', '1999-12-31T23:59:59.5+01:00'),
  fc.constantFrom('2024-02-29', '2024-02-29T25:00:00Z', '2024-02-29 12:00', '2024-02-29T12:00:00'),
  junk,
)
const duration = mostly(
  fc.constantFrom('P32Y', 'P3Y6M', 'PT12H', 'P1.5Y', 'P3W'),
  fc.constantFrom('P', '32Y', 'P1S', 'PT'),
  junk,
)
const number = mostly(
  fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  junk,
)
const whole = mostly(fc.nat(100), fc.constantFrom(-1, 1.5), junk)
const truth = mostly(fc.boolean(), junk)

/** Fields of which the first so many are required; sometimes one of those is missing, or one too many is there. */
function record(required: Record<string, fc.Arbitrary<unknown>>, optional: Record<string, fc.Arbitrary<unknown>> = {}) {
  const partial = fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) })
  const extra = fc.tuple(
    partial,
    fc.constantFrom('_note', 'info', 'excluded', 'id', 'label', 'unit', 'weeks', 'age', 'x'),
    fc.oneof(junk, curie),
  )
  return mostly(
    partial,
    fc.record({ ...required, ...optional }, { requiredKeys: [] }),
    extra.map(([object, key, value]) => ({ ...object, [key]: value })),
    junk,
  )
}

const term = record({ id: curie }, { label: text })
const list = (items: fc.Arbitrary<unknown>) => mostly(fc.array(items, { maxLength: 2 }), junk)
const age = record({ iso8601duration: duration })
const interval = record({ start: dateTime, end: dateTime })
const time = fc.oneof(
  age,
  record({ start: age, end: age }),
  record({ weeks: whole }, { days: whole }),
  interval,
  term,
  record({ age }),
  record({ start: age, end: dateTime }),
)
const quantity = record(
  { unit: term, value: number },
  { referenceRange: record({ unit: term, low: number, high: number }) },
)
const procedure = record({ procedureCode: term }, { bodySite: term, ageAtProcedure: time, dateOfProcedure: date })
const feature = record(
  { featureType: term },
  {
    excluded: truth,
    onset: time,
    resolution: time,
    severity: term,
    modifiers: list(term),
    notes: text,
    evidence: record({ evidenceCode: term }, { reference: record({}, { id: text, notes: text }) }),
  },
)
const measured = fc.oneof(quantity, term, record({ typedQuantities: list(record({ quantityType: term, quantity })) }))
const measurement = record(
  { assayCode: term, measurementValue: measured },
  { date, observationMoment: time, procedure, notes: text },
)
const disease = record(
  { diseaseCode: term },
  { ageOfOnset: time, stage: term, severity: term, familyHistory: truth, notes: text },
)
const pedigree = record(
  { id: text, disease, members: list(record({ memberId: text, role: term, affected: truth })) },
  { numSubjects: whole },
)
const info = record({}, { age, ward: junk })
const criteria = record(
  {},
  {
    ageRange: record({ start: age, end: age }),
    genders: list(term),
    diseaseConditions: list(disease),
    phenotypicConditions: list(feature),
  },
)

const RECORDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  individuals: record(
    { id: text, sex: term },
    {
      karyotypicSex: mostly(fc.constantFrom('XX', 'XXY', 'OTHER_KARYOTYPE'), text),
      ethnicity: term,
      geographicOrigin: term,
      diseases: list(disease),
      phenotypicFeatures: list(feature),
      measures: list(measurement),
      exposures: list(
        record({ exposureCode: term, ageAtExposure: age, unit: term, duration }, { value: number, date }),
      ),
      interventionsOrProcedures: list(procedure),
      treatments: list(
        record(
          { treatmentCode: term },
          {
            ageAtOnset: age,
            routeOfAdministration: term,
            cumulativeDose: quantity,
            doseIntervals: list(record({ quantity, interval, scheduleFrequency: term })),
          },
        ),
      ),
      pedigrees: list(pedigree),
      info,
    },
  ),
  biosamples: record(
    { id: text, biosampleStatus: term, sampleOriginType: term },
    {
      individualId: text,
      collectionDate: date,
      collectionMoment: duration,
      obtentionProcedure: procedure,
      pathologicalTnmFinding: list(term),
      diagnosticMarkers: list(term),
      phenotypicFeatures: list(feature),
      measurements: list(measurement),
      sampleStorage: term,
      notes: text,
      info,
    },
  ),
  runs: record(
    { id: text, biosampleId: text, runDate: date },
    {
      individualId: text,
      librarySource: term,
      libraryLayout: mostly(fc.constantFrom('PAIRED', 'SINGLE'), text),
      libraryStrategy: text,
      platform: text,
      platformModel: term,
      info,
    },
  ),
  analyses: record(
    { id: text, analysisDate: date, pipelineName: text },
    { runId: text, biosampleId: text, individualId: text, pipelineRef: text, aligner: text, variantCaller: text, info },
  ),
  cohorts: record(
    { id: text, name: text, cohortType: mostly(fc.constantFrom('study-defined', 'user-defined'), text) },
    {
      cohortSize: whole,
      cohortDesign: term,
      cohortDataTypes: list(term),
      inclusionCriteria: criteria,
      exclusionCriteria: criteria,
      collectionEvents: list(
        record(
          {},
          {
            eventNum: whole,
            eventDate: fc.oneof(date, dateTime),
            eventSize: whole,
            eventTimeline: interval,
            eventGenders: record(
              { availability: truth },
              {
                availabilityCount: whole,
                distribution: record({}, { genders: mostly(fc.constant({ female: 51 }), junk) }),
              },
            ),
          },
        ),
      ),
    },
  ),
  datasets: record(
    { id: text, name: text },
    {
      description: text,
      version: text,
      externalUrl: text,
      createDateTime: dateTime,
      updateDateTime: dateTime,
      info,
      dataUseConditions: record(
        {},
        { duoDataUse: list(record({ id: curie, version: text }, { label: text, modifiers: list(term) })) },
      ),
    },
  ),
}

describe('a record that our schema accepts is accepted by the official one', () => {
  const names = Object.keys(RECORDS)
  if (!hasOfficialSchemas()) test.skip('the official schemas are not here', () => undefined)
  else {
    test.each(names)('%s', (name) => {
      let [accepted, refused] = [0, 0]
      fc.assert(
        fc.property(RECORDS[name]!, (document) => {
          // As it comes from a file.
          const value: unknown = JSON.parse(JSON.stringify(document))
          const errors = officialErrors(`${MODEL}${name}/defaultSchema.json`, value)
          if (validate(OURS[name]!, value).ok) {
            accepted++
            expect(errors).toEqual([])
          } else if (errors.length > 0) refused++
        }),
        { numRuns: 800, seed: 4 },
      )
      // The property means something only when both happen.
      expect(Math.min(accepted, refused)).toBeGreaterThan(20)
    })
  }
})
