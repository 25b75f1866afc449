import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EVERYBODY } from '../variants/visible-set.js'
import { applyFilters, knowsFilter, problemOf, type Filter, type Operator } from './filters.js'
import { openMetadata, type Metadata } from './metadata.js'
import type { Document, IncomingRecord, RecordType } from './record.js'
import { storeMetadata } from './store-metadata.js'
import type { Individual } from './individuals.js'

let metadata: Metadata | undefined
let directory: string | undefined

function tidy(): void {
  metadata?.close()
  metadata = undefined
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
}
afterEach(tidy)

function person(number: number): Individual {
  return { number, name: `name ${number}`, pseudonym: `P-${number}`, sex: 'unknown' }
}

function open(records: readonly IncomingRecord[], people: readonly Individual[]): Metadata {
  // A property opens many, one after the other.
  tidy()
  directory = mkdtempSync(join(tmpdir(), 'fyr-filters-'))
  storeMetadata(directory, 'd', { records, cohorts: [] }, people)
  metadata = openMetadata(directory)
  return metadata
}

/** HP:1 over HP:2 over HP:3 and HP:4. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  'HP:1': ['HP:1', 'HP:2', 'HP:3', 'HP:4'],
  'HP:2': ['HP:2', 'HP:3', 'HP:4'],
  'HP:3': ['HP:3'],
  'HP:4': ['HP:4'],
}
const descendants = (term: string) => BELOW[term]

interface Fact {
  readonly person: number
  readonly terms: readonly string[]
  readonly excluded: readonly string[]
  readonly years: number | undefined
  readonly score: number | undefined
  readonly samples: readonly { readonly term: string; readonly platform: string }[]
}

const term = fc.constantFrom('HP:1', 'HP:2', 'HP:3', 'HP:4', 'MO:9')
const platform = fc.constantFrom('Illumina', 'Illumina X', 'ONT')
const facts: fc.Arbitrary<readonly Fact[]> = fc
  .array(
    fc.record({
      terms: fc.array(term, { maxLength: 3 }),
      excluded: fc.array(term, { maxLength: 2 }),
      years: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
      score: fc.option(fc.integer({ min: -2, max: 3 }), { nil: undefined }),
      samples: fc.array(fc.record({ term, platform }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) => list.map((fact, index) => ({ ...fact, person: index * 3 + 1 })))

function toRecords(all: readonly Fact[]): readonly IncomingRecord[] {
  return all.flatMap((fact): IncomingRecord[] => {
    const individual = `name ${fact.person}`
    const document: Document = {
      id: individual,
      sex: { id: 'NCIT:C16576', label: 'female' },
      phenotypicFeatures: [
        ...fact.terms.map((id) => ({ featureType: { id } })),
        ...fact.excluded.map((id) => ({ featureType: { id }, excluded: true })),
      ],
      ...(fact.years === undefined
        ? {}
        : { diseases: [{ diseaseCode: { id: 'MO:1' }, ageOfOnset: { iso8601duration: `P${fact.years * 12}M` } }] }),
      ...(fact.score === undefined
        ? {}
        : {
            measures: [{ assayCode: { id: 'LOINC:1' }, measurementValue: { unit: { id: 'UO:1' }, value: fact.score } }],
          }),
    }
    const samples = fact.samples.map((sample, index): IncomingRecord => {
      const id = `${individual} ${index}`
      const own = { id, individualId: individual, sampleOriginType: { id: sample.term }, platform: sample.platform }
      return { type: 'biosample', id, individual, document: own }
    })
    return [{ type: 'individual', id: individual, individual, document }, ...samples]
  })
}

const scope = fc.constantFrom<RecordType | undefined>(undefined, 'individual', 'biosample', 'run')
const operator = fc.constantFrom<Operator>('=', '!', '<', '>', '<=', '>=')
const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc
    .record({ id: term, scope, includeDescendantTerms: fc.boolean() })
    .map(({ scope: of, ...rest }) => ({ ...rest, ...(of ? { scope: of } : {}) })),
  fc.record({ operator, years: fc.integer({ min: 0, max: 6 }) }).map(({ operator: op, years }) => ({
    id: 'ageOfOnset',
    operator: op,
    value: `P${years}Y`,
    includeDescendantTerms: true,
  })),
  fc.record({ operator, score: fc.integer({ min: -2, max: 3 }) }).map(({ operator: op, score }) => ({
    id: 'LOINC:1',
    operator: op,
    value: String(score),
    includeDescendantTerms: true,
  })),
  fc
    .record({
      operator: fc.constantFrom<Operator>('=', '!'),
      value: fc.constantFrom('Illumina', 'Illumina%', '%X', '%n%a', 'ONT', 'nothing', '%'),
    })
    .map(({ operator: op, value }) => ({ id: 'platform', operator: op, value, includeDescendantTerms: true })),
)

/** Plain words: does a fact, or a sample of it, meet the filter? Shares nothing with the product but the ontology's table. */
function meets(fact: Fact, wanted: Filter, sample?: Fact['samples'][number]): boolean {
  const { id, value = '', operator: op = '=' } = wanted
  const compare = (a: number, b: number) =>
    ({ '=': a === b, '!': a !== b, '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b })[op]
  if (id === 'ageOfOnset') return fact.years !== undefined && compare(fact.years, Number(value.slice(1, -1)))
  if (id === 'LOINC:1') return fact.score !== undefined && compare(fact.score, Number(value))
  const samples = sample ? [sample] : fact.samples
  if (id === 'platform') {
    const pattern = new RegExp(`^${value.replaceAll('%', '.*')}$`)
    return samples.some((one) => pattern.test(one.platform) === (op === '='))
  }
  const terms = wanted.includeDescendantTerms ? (BELOW[id] ?? [id]) : [id]
  const ofPerson =
    wanted.scope !== 'biosample' && wanted.scope !== 'run' && fact.terms.some((one) => terms.includes(one))
  const ofSample =
    wanted.scope !== 'individual' && wanted.scope !== 'run' && samples.some((one) => terms.includes(one.term))
  return ofPerson || ofSample
}

describe('filters', () => {
  test('find the people, and the samples, that reading every record finds', () => {
    fc.assert(
      fc.property(
        facts,
        fc.array(fc.array(filter, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
        (all, groups) => {
          const records = toRecords(all)
          const opened = open(
            records,
            all.map((fact) => person(fact.person)),
          )
          const index = opened.index('d')!
          const expected = all.filter((fact) => groups.every((group) => group.some((one) => meets(fact, one))))
          expect([...applyFilters(index, groups, 'individual', descendants)!]).toEqual(
            expected.map((fact) => fact.person),
          )

          const samples = all.flatMap((fact) =>
            fact.samples.map((sample, at) => ({ fact, sample, id: `name ${fact.person} ${at}` })),
          )
          const wanted = samples.filter(({ fact, sample }) =>
            groups.every((group) => group.some((one) => meets(fact, one, sample))),
          )
          const found = opened.records('d', 'biosample', [...applyFilters(index, groups, 'biosample', descendants)!])
          expect(found.map(({ name }) => name)).toEqual(wanted.map(({ id }) => id))
          opened.close()
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a term is known by a record that has it or one below it, and not by what is excluded', () => {
    const records = toRecords([
      { person: 1, terms: ['HP:3'], excluded: ['HP:4'], years: undefined, score: undefined, samples: [] },
    ])
    const index = open(records, [person(1)]).index('d')!
    const knows = (id: string, includeDescendantTerms = true) =>
      knowsFilter(index, { id, includeDescendantTerms }, descendants, EVERYBODY)
    expect([knows('HP:1'), knows('HP:1', false), knows('HP:3'), knows('HP:4')]).toEqual([true, false, true, false])
  })

  test.each([
    ['<', 'tall', /"tall" is none/],
    ['>=', '', /is none/],
    ['<', 'P1Y', undefined],
    ['>', '2024-02-30', /is none/],
    ['>', '2024-02-29', undefined],
    ['=', 'tall', undefined],
  ] as const)('%s %s', (op, value, problem) => {
    const found = problemOf({ id: 'x', operator: op, value, includeDescendantTerms: true })
    if (problem) expect(found).toMatch(problem)
    else expect(found).toBeUndefined()
  })
})
