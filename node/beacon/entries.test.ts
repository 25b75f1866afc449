import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openIndividuals } from '../metadata/individuals.js'
import type { IncomingRecord } from '../metadata/record.js'
import { storeMetadata } from '../metadata/store-metadata.js'
import { removeIndividual } from '../remove-individual.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'

let fixture: NodeFixture
let url: string

const PEOPLE = ['LAB-a', 'LAB-b', 'LAB-c', 'LAB-d', 'LAB-e']
const SEIZURE = { id: 'HP:0001250', label: 'Seizure' }

function recordsOf(name: string, index: number): readonly IncomingRecord[] {
  const sample = `LAB-sample-${name}`
  const run = `LAB-run-${name}`
  const owned = { individualId: name, notes: `LAB-note on ${name}` }
  return [
    {
      type: 'individual',
      id: name,
      individual: name,
      document: {
        id: name,
        sex: { id: 'NCIT:C16576', label: 'female' },
        phenotypicFeatures: [{ featureType: SEIZURE, excluded: index % 2 === 1, notes: 'LAB-note' }],
        info: { name: 'LAB-info' },
        pedigrees: [
          {
            id: 'LAB-family',
            disease: { diseaseCode: { id: 'MONDO:1' } },
            members: [{ memberId: 'LAB-a' }, { memberId: 'LAB-x' }],
          },
        ],
      },
    },
    {
      type: 'biosample',
      id: sample,
      individual: name,
      document: { id: sample, ...owned, biosampleStatus: { id: 'EFO:1' }, sampleOriginType: { id: 'UBERON:0000178' } },
    },
    {
      type: 'run',
      id: run,
      individual: name,
      document: {
        id: run,
        ...owned,
        biosampleId: sample,
        runDate: '2024-01-01',
        platform: index < 2 ? 'ONT' : 'Illumina',
      },
    },
    {
      type: 'analysis',
      id: `LAB-analysis-${name}`,
      individual: name,
      document: { id: `LAB-analysis-${name}`, ...owned, runId: run, analysisDate: '2024-01-01', pipelineName: 'x' },
    },
  ]
}

function store(dataset: string, names: readonly string[]): void {
  const register = openIndividuals(fixture.directory)
  const people = register.identify(names)
  register.store(people)
  register.close()
  const cohorts = [
    {
      id: 'cohort-1',
      members: names.slice(0, 3),
      document: { id: 'cohort-1', name: 'One', cohortType: 'study-defined', cohortSize: 99 },
    },
  ]
  const datasetDocument = {
    id: dataset,
    name: 'x',
    dataUseConditions: { duoDataUse: [{ id: 'DUO:0000042', version: '1' }] },
  }
  storeMetadata(fixture.directory, dataset, { records: names.flatMap(recordsOf), cohorts, datasetDocument }, people)
}

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('open')
  fixture.addDataset('vague', { granularity: 'boolean' })
  fixture.addDataset('closed', { access: 'controlled' })
  fixture.addDataset('bare')
  // LAB-f has alleles and no record; a and c carry the first allele, b the second.
  const lines = ['1 100 . A C . PASS . GT 0/1 0/0 1/1 0/0 0/0 0/0', '1 200 . G T . PASS . GT 0/0 0/1 0/0 0/0 0/0 0/0']
  await fixture.ingest('open', [toVcf([...PEOPLE, 'LAB-f'], lines)])
  await fixture.ingest('vague', [toVcf(['LAB-a'], [`1 100 . A C . PASS . GT 0/1`])])
  await fixture.ingest('bare', [toVcf(['LAB-g'], [`1 100 . A C . PASS . GT 0/1`])])
  store('open', PEOPLE)
  store('vague', ['LAB-a'])
  store('closed', ['LAB-z'])
  url = (await fixture.serve()).url
}, 60_000)

afterAll(() => fixture.remove())

interface Body {
  readonly responseSummary: { readonly exists: boolean; readonly numTotalResults?: number }
  readonly response?: {
    readonly resultSets?: readonly {
      readonly id: string
      readonly resultsCount?: number
      readonly results: readonly Record<string, unknown>[]
    }[]
    readonly collections?: readonly Record<string, unknown>[]
    readonly filteringTerms?: readonly { readonly id: string; readonly scopes: readonly string[] }[]
  }
  readonly info?: {
    readonly node: { readonly datasetsNotAsked: object; readonly bounds: object }
    readonly notes?: readonly string[]
  }
}

/** Every answer is looked at for names of the laboratory. */
async function get(path: string): Promise<Body & { readonly status: number }> {
  const response = await fetch(`${url}/beacon/v2/${path}`)
  const text = await response.text()
  expect(text).not.toContain('LAB-')
  return { status: response.status, ...(JSON.parse(text) as Body) }
}

function resultsOf({ response }: Body, dataset = 'open'): readonly Record<string, unknown>[] {
  return response?.resultSets?.find(({ id }) => id === dataset)?.results ?? []
}

const RECORD = 'requestedGranularity=record&includeResultsetResponses=ALL'
const ALLELE = 'assemblyId=GRCh38&referenceName=1&start=99&referenceBases=A&alternateBases=C'

async function idOf(path: string, at: number): Promise<string> {
  return String(resultsOf(await get(`${path}?${RECORD}&datasets=open`))[at]!['id'])
}

describe('entries', () => {
  test('are counted by dataset, people of whom only alleles are known among the individuals', async () => {
    for (const [path, number] of [
      ['individuals', 6],
      ['biosamples', 5],
      ['runs', 5],
      ['analyses', 5],
    ] as const) {
      const answer = await get(`${path}?${RECORD}&datasets=open`)
      expect([path, resultsOf(answer).length, answer.responseSummary]).toEqual([
        path,
        number,
        { exists: true, numTotalResults: number },
      ])
    }
    const bare = resultsOf(await get(`individuals?${RECORD}&datasets=open&skip=5&limit=1`))
    expect(bare).toEqual([{ id: expect.stringMatching(/^P-/), sex: { id: 'NCIT:C17998', label: 'unknown' } }])
  })

  test('are asked by variant, and variants by filter', async () => {
    const people = await get(`individuals?${ALLELE}&${RECORD}&datasets=open`)
    expect(people.responseSummary).toEqual({ exists: true, numTotalResults: 2 })
    const samples = await get(`biosamples?${ALLELE}&requestedGranularity=count&filters=runs.x:=1`)
    expect(samples.status).toBe(400)
    const both = await get(`runs?${ALLELE}&filters=platform:=ONT&requestedGranularity=count&datasets=open`)
    expect(both.responseSummary).toEqual({ exists: true, numTotalResults: 1 })
    const variant = await get(`g_variants?${ALLELE}&filters=${SEIZURE.id}&${RECORD}&datasets=open`)
    expect(variant.info).toMatchObject({
      node: { counts: { individuals: 2, alleleCount: 3, alleleNumber: 6 } },
      notes: [expect.stringMatching(/not expanded.*HP:0001250/)],
    })
  })

  test('below an entry are its own, by references of the records', async () => {
    const person = await idOf('individuals', 1)
    const sample = await idOf('biosamples', 1)
    const run = await idOf('runs', 1)
    for (const path of [
      `individuals/${person}/biosamples`,
      `individuals/${person}/runs`,
      `biosamples/${sample}/runs`,
      `biosamples/${sample}/analyses`,
      `runs/${run}/analyses`,
    ]) {
      const [only, another] = resultsOf(await get(`${path}?${RECORD}`))
      expect([path, only?.['individualId'], another]).toEqual([path, person, undefined])
    }
    for (const path of [`individuals/${person}`, `biosamples/${sample}`, `runs/${run}`]) {
      expect(resultsOf(await get(`${path}?${RECORD}`)).map(({ id }) => id)).toEqual([path.split('/')[1]])
    }
    const variants = await get(`biosamples/${sample}/g_variants?${RECORD}`)
    expect(resultsOf(variants).map(({ id }) => id)).toEqual(['GRCh38-1-200-G-T'])
    const carriers = await get(`g_variants/GRCh38-1-100-A-C/individuals?${RECORD}&datasets=open`)
    expect(resultsOf(carriers)).toHaveLength(2)
  })

  test.each([
    'individuals/nobody',
    'biosamples/none/runs',
    'cohorts/none/individuals',
    'runs/%7Bid%7D',
    'g_variants/GRCh38-1-7-A-C/runs',
    'g_variants/%7Bid%7D',
    'g_variants/rs123/individuals',
    'datasets/none/individuals',
  ])('an id that is not there is nobody: %s', async (path) => {
    expect(await get(`${path}?requestedGranularity=count`)).toMatchObject({
      status: 200,
      responseSummary: { exists: false },
    })
  })

  test('one person is singled out only where records are told', async () => {
    const person = await idOf('individuals', 0)
    const answer = await get(`individuals/${person}/g_variants?${RECORD}&${ALLELE}`)
    const exists = answer.response?.resultSets?.map((set) => [set.id, (set as { exists?: boolean }).exists])
    expect(exists).toEqual([
      ['bare', false],
      ['open', true],
      ['vague', false],
    ])
  })

  test('a dataset without records is not asked by a filter, and said to be so', async () => {
    const { info, responseSummary } = await get(`individuals?filters=${SEIZURE.id}&requestedGranularity=boolean`)
    expect(responseSummary).toEqual({ exists: true })
    expect(info?.node.datasetsNotAsked).toEqual({ access: 1, assembly: 0, metadata: 1 })
    expect(info?.node.bounds).toEqual({ individuals: { lower: 1, upper: null } })
  })

  test('what is only in a dataset that may not be asked is unknown', async () => {
    const terms = (await get('filtering_terms')).response?.filteringTerms ?? []
    expect(terms.find(({ id }) => id === SEIZURE.id)?.scopes).toEqual(['individual'])
    expect((await get('datasets/closed/filtering_terms')).response?.filteringTerms).toEqual([])
    expect((await get('datasets/open/filtering_terms?limit=2&skip=1')).response?.filteringTerms).toHaveLength(2)
    expect((await get('cohorts/cohort-1/filtering_terms')).response?.filteringTerms?.length).toBeGreaterThan(2)
    expect((await get('individuals?filters=HP:9')).status).toBe(400)
  })

  test('collections are chosen by their terms, by variants and by people', async () => {
    const ids = async (path: string) => (await get(path)).response?.collections?.map(({ id }) => id)
    expect(await ids('datasets')).toEqual(['bare', 'open', 'vague'])
    expect(await ids('datasets?filters=DUO:0000042')).toEqual(['open', 'vague'])
    expect(await ids(`datasets?filters=DUO:0000042,platform:=Illumina`)).toEqual(['open'])
    expect(await ids('datasets?assemblyId=GRCh38&referenceName=1&start=199&referenceBases=G&alternateBases=T')).toEqual(
      ['open'],
    )
    const cohorts = (await get(`cohorts?filters=${SEIZURE.id}`)).response?.collections
    expect(cohorts?.map(({ cohortSize }) => cohortSize)).toEqual([3, undefined])
    expect(
      (await get('cohorts/cohort-1/individuals?requestedGranularity=count&datasets=open')).responseSummary
        .numTotalResults,
    ).toBe(3)
  })

  test('a person who is removed is in no answer any more', async () => {
    const before = resultsOf(await get(`individuals?${RECORD}&datasets=open`))
    removeIndividual(fixture.directory, 'LAB-a')
    const after = resultsOf(await get(`individuals?${RECORD}&datasets=open`))
    expect(after.map(({ id }) => id)).toEqual(before.slice(1).map(({ id }) => id))
    expect(resultsOf(await get(`biosamples?${RECORD}&datasets=open`))).toHaveLength(4)
    const variant = await get(`g_variants?${ALLELE}&requestedGranularity=count&datasets=open`)
    expect(variant.info).toMatchObject({ node: { counts: { individuals: 1, alleleCount: 2, alleleNumber: 10 } } })
    expect((await get(`individuals/${String(before[0]!['id'])}?${RECORD}`)).responseSummary.exists).toBe(false)
    expect((await get('cohorts/cohort-1?datasets=open')).response?.collections).toMatchObject([{ cohortSize: 2 }])
    expect(() => removeIndividual(fixture.directory, 'LAB-a')).toThrow('there is no individual')
  })
})
