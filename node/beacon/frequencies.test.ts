import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { requireValid } from '../../schemas/testing/validate-answer.js'
import type { GenomicVariation, PopulationFrequency } from '../../schemas/index.js'
import { setDataset } from '../dataset.js'
import { openIndividuals } from '../metadata/individuals.js'
import { storeMetadata } from '../metadata/store-metadata.js'
import { removeIndividual } from '../remove-individual.js'
import {
  countByHand,
  FILES,
  NAMES,
  PED,
  PLACES,
  SEIZURE,
  toRecords,
  toText,
  WITH_SEIZURE,
  type CaseFile,
} from '../testing/case-world.js'
import { createNodeFixture, type NodeFixture } from '../testing/node-fixture.js'

const FIRST = FILES[0]!
const SECOND = FILES[1]!
/** Datasets with their controllers, and what their records must say of whom beside themselves. */
const DATASETS: Readonly<Record<string, { readonly controller: string; readonly files: readonly CaseFile[] }>> = {
  north: { controller: 'Region North', files: [FIRST] },
  north2: { controller: 'Region North', files: [SECOND] },
  south: { controller: 'Region South', files: [FIRST, SECOND] },
  counts: { controller: 'Region West', files: [SECOND] },
  vague: { controller: 'Region South', files: [FIRST] },
}
/** Of two countries; the others say nothing. */
const ORIGINS = { 'LAB-p0': 'GAZ:00002729', 'LAB-p1': 'GAZ:00002729', 'LAB-p4': 'GAZ:00002937' } as const

let fixture: NodeFixture
let url: string

beforeAll(async () => {
  fixture = createNodeFixture()
  for (const [id, { controller, files }] of Object.entries(DATASETS)) {
    const granularity = id === 'vague' ? 'boolean' : id === 'counts' ? 'count' : 'record'
    fixture.addDataset(id, { controller, granularity })
    for (const file of files) await fixture.ingest(id, [toText(file)], PED)
  }
  const register = openIndividuals(fixture.directory)
  const people = register.list()
  register.close()
  const records = toRecords().map((record) => {
    const origin = ORIGINS[record.individual as keyof typeof ORIGINS]
    const geographicOrigin = { id: origin, label: `country ${origin}` }
    const isTold = record.type === 'individual' && origin !== undefined
    return isTold ? { ...record, document: { ...record.document, geographicOrigin } } : record
  })
  // Of p7 the dataset has alleles, and no record.
  const known = records.filter(({ individual }) => individual !== 'LAB-p7')
  storeMetadata(fixture.directory, 'south', { records: known, cohorts: [] }, people)
  setDataset(fixture.directory, 'south', { groups: `${SEIZURE.id},geographicOrigin,NCIT:C3224` }, new Date())
  url = (await fixture.serve()).url
}, 60_000)

afterAll(() => fixture.remove())

type Told = ReadonlyMap<string, readonly number[]>

const RANGES = ['1', 'X', 'Y', 'MT'].map((contig) => {
  return `g_variants?assemblyId=GRCh38&referenceName=${contig}&start=0&end=${contig === 'MT' ? 16_569 : 57_000_000}`
})

/** By dataset and allele: `source / reference / population` and its numbers. */
async function ask(rest = ''): Promise<ReadonlyMap<string, ReadonlyMap<string, Told>>> {
  const byDataset = new Map<string, Map<string, Told>>()
  for (const range of RANGES) {
    const path = `${range}&requestedGranularity=record&includeResultsetResponses=ALL&limit=0${rest}`
    const body = (await (await fetch(`${url}/beacon/v2/${path}`)).json()) as {
      response: { resultSets: readonly { id: string; results: readonly GenomicVariation[] }[] }
    }
    requireValid(path, body)
    for (const { id, results } of body.response.resultSets) {
      const records = byDataset.get(id) ?? new Map<string, Told>()
      byDataset.set(id, records)
      for (const record of results) records.set(record.id, toTold(record))
    }
  }
  return byDataset
}

function toTold({ frequencyInPopulations = [] }: GenomicVariation): Told {
  return new Map(
    frequencyInPopulations.flatMap(({ source, sourceReference, frequencies }) =>
      frequencies.map((each) => [
        `${source} / ${sourceReference.slice(`${url}/beacon/v2/`.length)} / ${each.population}`,
        toNumbers(each),
      ]),
    ),
  )
}

function toNumbers(frequency: PopulationFrequency): readonly number[] {
  const { alleleFrequency, alleleCount, alleleNumber } = frequency
  expect(alleleFrequency).toBe(alleleCount / alleleNumber)
  const { alleleCountHomozygous, alleleCountHeterozygous, alleleCountHemizygous } = frequency
  const zygosities = [alleleCountHomozygous, alleleCountHeterozygous, alleleCountHemizygous]
  return [alleleCount, alleleNumber, ...zygosities.filter((number) => number !== undefined)]
}

/** What a record must say: each population with the files and the people that make it. */
function populationsOf(
  dataset: string,
): readonly (readonly [string, readonly CaseFile[], (name: string) => boolean])[] {
  const { controller, files } = DATASETS[dataset]!
  const own = `${controller} / datasets/${dataset} / `
  const isMale = (name: string) => NAMES.indexOf(name) % 2 === 0
  const hasRecord = (name: string) => name !== 'LAB-p7'
  const hasTumour = (name: string) => ['LAB-p1', 'LAB-p3'].includes(name)
  const origin = (name: string) => ORIGINS[name as keyof typeof ORIGINS]
  const groups =
    dataset !== 'south'
      ? []
      : ([
          ['with Seizure (HP:0001250)', (name: string) => WITH_SEIZURE.includes(name)],
          ['without Seizure (HP:0001250)', (name: string) => !WITH_SEIZURE.includes(name) && hasRecord(name)],
          ['geographicOrigin country GAZ:00002729 (GAZ:00002729)', (name: string) => origin(name) === 'GAZ:00002729'],
          ['geographicOrigin country GAZ:00002937 (GAZ:00002937)', (name: string) => origin(name) === 'GAZ:00002937'],
          ['with type NCIT:C3224 (NCIT:C3224)', hasTumour],
          ['without type NCIT:C3224 (NCIT:C3224)', (name: string) => !hasTumour(name) && hasRecord(name)],
        ] as const)
  const controllers = [
    ['Region North / datasets / Dataset north, Dataset north2', [FIRST, SECOND]],
    ['Region South / datasets/south / Dataset south', [FIRST, SECOND]],
    ['Region West / datasets/counts / Dataset counts', [SECOND]],
  ] as const
  const everybody = () => true
  return [
    [`${own}Dataset ${dataset}`, files, everybody],
    [`${own}female`, files, (name) => !isMale(name)],
    [`${own}male`, files, isMale],
    ...groups.map(([label, isIn]) => [own + label, files, isIn] as const),
    ...controllers
      .filter(([name]) => dataset !== 'south' || !name.startsWith('Region South'))
      .map(([name, of]) => [name, of, everybody] as const),
  ]
}

function expectFrequencies(told: ReadonlyMap<string, ReadonlyMap<string, Told>>, among: readonly string[]): void {
  for (const dataset of ['north', 'north2', 'south']) {
    const { files } = DATASETS[dataset]!
    const byHand = PLACES.flatMap((place) =>
      ['C', 'G'].flatMap((alt): readonly [string, Told][] => {
        if (countByHand(files, place, alt, among)[0] === 0) return []
        const populations = populationsOf(dataset).map(([label, from, isIn]): [string, readonly number[]] => [
          label,
          countByHand(from, place, alt, among.filter(isIn)),
        ])
        const known = populations.filter(([, numbers]) => numbers[1]! > 0)
        return [[`GRCh38-${place.contig}-${place.pos}-A-${alt}`, new Map(known)]]
      }),
    )
    expect([dataset, told.get(dataset)]).toEqual([dataset, new Map(byHand)])
  }
}

test('frequencies are those of the dataset, of groups of its people, and of the people of every controller', async () => {
  const told = await ask()
  expectFrequencies(told, NAMES)
  expect([told.get('counts')?.size, told.get('vague')?.size]).toEqual([0, 0])
})

test('a dataset that is asked alone speaks of its own controller only', async () => {
  const told = await ask('&datasets=north')
  const sources = [...told.get('north')!.values()].flatMap((record) => [...record.keys()])
  expect(new Set(sources.map((source) => source.split(' / ')[1]))).toEqual(new Set(['datasets/north']))
})

test('people whom a filter leaves out are in no group and of no controller', async () => {
  // Only one dataset has records, so that only it can say who has seizures.
  const told = await ask(`&filters=${SEIZURE.id}&datasets=south`)
  const numbers = [...told.get('south')!].map(([id, record]) => [id, [...record].slice(0, 1)])
  const byHand = PLACES.flatMap((place) =>
    ['C', 'G'].flatMap((alt) => {
      const counts = countByHand([FIRST, SECOND], place, alt, WITH_SEIZURE)
      const label = 'Region South / datasets/south / Dataset south (of the people asked about)'
      return counts[0]! > 0 ? [[`GRCh38-${place.contig}-${place.pos}-A-${alt}`, [[label, counts]]]] : []
    }),
  )
  expect(numbers).toEqual(byHand)
})

test('a person who is removed is in no frequency', async () => {
  removeIndividual(fixture.directory, 'LAB-p4')
  expectFrequencies(
    await ask(),
    NAMES.filter((name) => name !== 'LAB-p4'),
  )
})

test.each([
  ['HP:0001250,', 'is no group'],
  ['seizure', 'is no group'],
  [Array.from({ length: 21 }, (_, index) => `HP:${index}`).join(','), 'at most 20'],
])('groups that are none are refused: %s', (groups, reason) => {
  expect(() => setDataset(fixture.directory, 'south', { groups }, new Date())).toThrow(reason)
})
