import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { removeIndividual } from '../remove-individual.js'
import { grantFor } from '../access/testing/grant-for.js'
import { openCatalogue } from '../variants/sqlite/catalogue.js'
import { createSqliteVariantStore } from '../variants/sqlite/sqlite-variant-store.js'
import { Bitmap } from '../variants/bitmap.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../testing/node-fixture.js'
import { requireValid } from '../../schemas/testing/validate-answer.js'
import { AC, ingestSitesTexts, OBS, toSites } from '../testing/sites-files.js'

let fixture: NodeFixture
let url: string

beforeAll(async () => {
  fixture = createNodeFixture()
  fixture.addDataset('people')
  fixture.addDataset('sites')
  fixture.addDataset('cases', { granularity: 'boolean' })
  await fixture.ingest('people', [toVcf(['anna', 'bo'], ['2 100 . A C . PASS . GT 0/1 1/1'])])
  await ingestSitesTexts(fixture, [toSites(AC, ['1 100 . A C . PASS AC=5;AN=200', '1 101 . A C . PASS AC=0;AN=200'])])
  await ingestSitesTexts(fixture, [toSites(['##NrCases=9', ...OBS], ['1 100 . A C . . Obs=3'])], 'cases')
  url = (await fixture.serve()).url
})
afterAll(() => fixture.remove())

interface Body {
  readonly responseSummary: { readonly exists: boolean }
  readonly response: {
    readonly resultSets: readonly { readonly id: string; readonly info: object; readonly results: readonly object[] }[]
    readonly collections: readonly { readonly info: object }[]
  }
  readonly info: { readonly node: Readonly<Record<string, unknown>> }
}

async function get(path: string): Promise<Body> {
  const response = await fetch(`${url}/beacon/v2${path}`)
  const body: unknown = await response.json()
  requireValid(path, body)
  return body as Body
}

const ALLELE = 'assemblyId=GRCh38&referenceName=1&start=99&referenceBases=A&alternateBases=C'
const RECORDS = 'requestedGranularity=record&includeResultsetResponses=ALL'

test('what a dataset holds stands in /datasets', async () => {
  const collections = (await get('/datasets')).response.collections
  expect(collections.map(({ info }) => info)).toMatchObject([
    { content: 'sites', sites: { source: 'observations', cases: 9 } },
    { content: 'genotypes' },
    { content: 'sites', sites: { source: 'allele-counts' } },
  ])
})

test('an answer names what is known, and bounds of the people', async () => {
  const { response, info } = await get(`/g_variants?${ALLELE}&${RECORDS}&datasets=sites`)
  const [set] = response.resultSets
  expect(set!.info).toMatchObject({
    content: 'sites',
    counts: { partial: true, alleleCount: 5, alleleNumber: 200, anBasis: 'called' },
    bounds: { individuals: { lower: 3, upper: 5 } },
  })
  expect(set!.results).toMatchObject([
    { frequencyInPopulations: [{ frequencies: [{ alleleCount: 5, alleleNumber: 200, alleleFrequency: 0.025 }] }] },
  ])
  expect(info.node).toMatchObject({ datasetsAsked: 1, bounds: { individuals: { lower: 3, upper: 5 } } })
})

test('a dataset that tells yes or no tells no number of cases', async () => {
  const { response, info } = await get(`/g_variants?${ALLELE}&${RECORDS}`)
  const cases = response.resultSets.find(({ id }) => id === 'cases')
  expect(cases!.info).toEqual({ assemblyId: 'GRCh38', normalised: false, content: 'sites' })
  expect(info.node['counts']).toBeUndefined()
  expect(info.node['bounds']).toEqual({ individuals: { lower: 3, upper: null } })
})

test('a pre-counted dataset that has the allele is one of its datasets', async () => {
  const idsOf = async (path: string) => {
    const { collections } = (await get(path)).response
    return collections.map((dataset) => (dataset as { readonly id?: string }).id)
  }
  expect(await idsOf(`/datasets?${ALLELE}`)).toEqual(['cases', 'sites'])
  expect(await idsOf(`/datasets?${ALLELE.replace('start=99', 'start=100')}`)).toEqual([])
})

test('questions about people and their records are withheld from pre-counted datasets, and not answered with nobody', async () => {
  for (const path of [`/g_variants?${ALLELE}&${RECORDS}&filters=NCIT:C16576`, `/individuals?${RECORDS}`]) {
    const response = await fetch(`${url}/beacon/v2${path}`)
    const body = (await response.json()) as Body
    // A filter that the node does not know is refused as a whole, which is no zero either.
    if (response.status === 400) continue
    expect(body.response.resultSets.map(({ id }) => id)).toEqual(['people'])
    expect(body.info.node['datasetsNotAsked']).toMatchObject({ undecidable: 2 })
  }
  const { info } = await get(`/individuals/somebody/g_variants?${ALLELE}&${RECORDS}`)
  expect(info.node).toMatchObject({ datasetsAsked: 1, datasetsNotAsked: { undecidable: 2 } })
})

test('a grant over some people cannot see a pre-counted dataset, and the store says so', async () => {
  const store = createSqliteVariantStore(openCatalogue(fixture.directory, { onProblem: () => undefined }))
  const some = { kind: 'some', people: new Bitmap([1]), version: 'a' } as const
  const query = {
    kind: 'allele',
    assembly: 'GRCh38',
    contig: 1,
    start: 99,
    referenceBases: 'A',
    alternateBases: 'C',
  } as const
  const everybody = { kind: 'everybody' } as const
  const answer = await store.query(grantFor(new Map([['people', some] as const, ['sites', some] as const])), query)
  expect([answer.datasets.map(({ datasetId }) => datasetId), answer.undecidable]).toEqual([['people'], ['sites']])
  const whole = await store.query(grantFor(new Map([['sites', everybody]])), query)
  expect([whole.datasets[0]!.matches.variants, whole.undecidable]).toEqual([1, undefined])
  await store.close()
})

test('an id with a hash is found in a pre-counted dataset', async () => {
  fixture.addDataset('long')
  const inserted = 'ACGT'.repeat(40)
  await ingestSitesTexts(fixture, [toSites(AC, [`3 100 . A A${inserted} . PASS AC=1;AN=20`])], 'long')
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const range = 'assemblyId=GRCh38&referenceName=3&start=90&end=110'
  const { response } = await get(`/g_variants?${range}&${RECORDS}&datasets=long`)
  const { id } = response.resultSets[0]!.results[0] as { id: string }
  expect(id).toMatch(/sha256/)
  const found = await get(`/g_variants/${id}?${RECORDS}`)
  expect(found.responseSummary.exists).toBe(true)
})

test('a person who is removed takes nothing of a pre-counted dataset with them, and no answer of it away', async () => {
  removeIndividual(fixture.directory, 'anna')
  const { response } = await get(`/g_variants?${ALLELE}&${RECORDS}&datasets=sites`)
  expect(response.resultSets[0]!.info).toMatchObject({ counts: { alleleCount: 5 } })
})
