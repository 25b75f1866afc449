import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ALLELE, createNodeClient, expectValid, toRequest, type NodeClient } from '../testing/node-client.js'

let client: NodeClient
beforeAll(async () => {
  client = await createNodeClient()
})
afterAll(() => client.fixture.remove())

describe('variant queries', () => {
  const only = (id: string, include = 'ALL', granularity?: string) => ({
    includeResultsetResponses: include,
    ...(granularity ? { requestedGranularity: granularity } : {}),
    requestParameters: { g_variant: ALLELE, datasets: { datasetIds: [id] } },
  })
  const ask = (id: string, include?: string, granularity?: string, version?: string) =>
    client.post('/g_variants', { meta: { apiVersion: version ?? 'v2.1.1' }, query: only(id, include, granularity) })

  test.each([
    ['public-boolean', 'record', 'boolean'],
    ['public-count', 'record', 'count'],
    ['public-record', 'record', 'record'],
    ['public-record', 'count', 'count'],
    ['public-record', 'boolean', 'boolean'],
    ['public-record', undefined, 'boolean'],
  ])('%s asked for %s answers %s', async (id, requested, returned) => {
    const { status, body } = await ask(id, 'ALL', requested)
    expect(status).toBe(200)
    expect(body['meta']).toMatchObject({ returnedGranularity: returned, apiVersion: 'v2.1.1' })
    const schemas = {
      boolean: 'beacon/booleanResponse.json',
      count: 'beacon/countResponse.json',
      record: 'beacon/resultSetsResponse.json',
    } as const
    expectValid(schemas[returned as keyof typeof schemas], body)
    const text = JSON.stringify(body)
    expect(text.includes('numTotalResults')).toBe(returned !== 'boolean')
    expect(text.includes('alleleNumber')).toBe(returned !== 'boolean')
    expect(text.includes('variantInternalId')).toBe(returned === 'record')
  })

  test('records carry frequencies and validate', async () => {
    const { body } = await ask('public-record', 'HIT', 'record')
    const [set] = (body['response'] as { resultSets: { results: object[] }[] }).resultSets
    expectValid('beacon/genomicVariation.json', set!.results[0])
    expect(set!.results[0]).toMatchObject({
      id: 'GRCh38-1-100-A-C',
      variantInternalId: 'GRCh38-1-100-A-C',
      frequencyInPopulations: [
        { frequencies: [{ alleleFrequency: 0.5, alleleCount: 3, alleleNumber: 6, alleleCountHomozygous: 1 }] },
      ],
    })
    const byId = await client.get('/g_variants/GRCh38-1-100-A-C?requestedGranularity=record&datasets=public-record')
    expect((byId.body['response'] as { resultSets: { results: object[] }[] }).resultSets[0]!.results).toEqual(
      set!.results,
    )
  })

  test('a boolean answer has result sets only for callers who know Beacon 2.2', async () => {
    expect((await ask('public-boolean', 'ALL')).body).not.toHaveProperty('response')
    const { body } = await ask('public-boolean', 'ALL', 'count', 'v2.2.0')
    expect(body).toMatchObject({
      meta: { apiVersion: 'v2.2.0', returnedGranularity: 'boolean' },
      response: { resultSets: [{ id: 'public-boolean', exists: true, results: [] }] },
    })
    expect((body['response'] as { resultSets: object[] }).resultSets[0]).not.toHaveProperty('resultsCount')
  })

  test('datasets of mixed granularity never give a partial sum', async () => {
    const { body } = await client.post(
      '/g_variants',
      toRequest(ALLELE, { requestedGranularity: 'count', includeResultsetResponses: 'ALL' }, 'v2.2.0'),
    )
    expect(body['responseSummary']).toEqual({ exists: true })
    expect(body['meta']).toMatchObject({ returnedGranularity: 'boolean' })
    expect(body['info']).toEqual({
      node: {
        assemblyId: 'GRCh38',
        datasetsAsked: 3,
        datasetsNotAsked: { access: 1, assembly: 1 },
        bounds: { individuals: { lower: 2, upper: null } },
        normalised: false,
      },
    })
    expectValid('network/nodeSummary.json', (body['info'] as { node: object }).node)
  })

  test.each([
    ['HIT', ALLELE, ['public-record']],
    ['MISS', ALLELE, []],
    ['ALL', ALLELE, ['public-record']],
    ['HIT', { ...ALLELE, alternateBases: 'T' }, []],
    ['MISS', { ...ALLELE, alternateBases: 'T' }, ['public-record']],
    ['ALL', { ...ALLELE, alternateBases: 'T' }, ['public-record']],
  ])('includeResultsetResponses %s', async (include, parameters, expected) => {
    const { body } = await client.post('/g_variants', {
      query: {
        requestParameters: { g_variant: parameters, datasets: { datasetIds: ['public-record'] } },
        includeResultsetResponses: include,
        requestedGranularity: 'count',
      },
    })
    expect((body['response'] as { resultSets: { id: string }[] }).resultSets.map(({ id }) => id)).toEqual(expected)
  })

  test('pages hold the records of each result set; skip counts pages', async () => {
    const page = async (skip: number, limit: number) => {
      const { body } = await client.get(
        `/g_variants?assemblyId=GRCh38&referenceName=1&start=0&end=1000&datasets=public-record&requestedGranularity=record&skip=${skip}&limit=${limit}`,
      )
      expect(body['responseSummary']).toEqual({ exists: true, numTotalResults: 2 })
      const [set] = (body['response'] as { resultSets: { resultsCount: number; results: { id: string }[] }[] })
        .resultSets
      expect(set!.resultsCount).toBe(2)
      return set!.results.map(({ id }) => id)
    }
    expect(await page(0, 1)).toEqual(['GRCh38-1-100-A-C'])
    expect(await page(1, 1)).toEqual(['GRCh38-1-200-G-GT'])
    expect(await page(2, 1)).toEqual([])
    expect(await page(0, 0)).toEqual(['GRCh38-1-100-A-C', 'GRCh38-1-200-G-GT'])
  })

  test('NONE gives no result sets, and so no records but counts', async () => {
    for (const granularity of ['count', 'record']) {
      const { body } = await ask('public-record', 'NONE', granularity)
      expect(body).not.toHaveProperty('response')
      expect(body['meta']).toMatchObject({ returnedGranularity: 'count' })
      expectValid('beacon/countResponse.json', body)
    }
  })

  test('a miss has counts with the real alleleNumber', async () => {
    const { body } = await client.get(
      '/g_variants?referenceName=1&assemblyId=hg38&start=499&referenceBases=A&alternateBases=T&datasets=public-count&requestedGranularity=count&includeResultsetResponses=ALL',
    )
    expect(body).toMatchObject({
      responseSummary: { exists: false, numTotalResults: 0 },
      response: {
        resultSets: [
          { exists: false, info: { counts: { individuals: 0, alleleCount: 0, alleleNumber: 6, anBasis: 'assumed' } } },
        ],
      },
    })
  })

  test('a dataset of another assembly is not asked, and said so', async () => {
    const { body } = await client.get(
      '/g_variants?referenceName=1&assemblyId=GRCh37&start=99&referenceBases=A&alternateBases=C&requestedGranularity=count',
    )
    expect(body['info']).toMatchObject({ node: { datasetsAsked: 1, datasetsNotAsked: { access: 0, assembly: 4 } } })
  })

  test('an insertion is found by its anchored and by its trimmed form', async () => {
    const forms = [
      { start: [199], referenceBases: 'G', alternateBases: 'GT' },
      { start: [200], referenceBases: '', alternateBases: 'T' },
      { start: [198], referenceBases: 'AG', alternateBases: 'AGT' },
    ]
    for (const form of forms) {
      const { body } = await client.post(
        '/g_variants',
        toRequest({ referenceName: 'chr1', assemblyId: 'GRCh38', ...form }),
      )
      expect(body['responseSummary']).toEqual({ exists: true })
    }
  })

  test('the same question flat, nested, by GET and in the docs’ layout gives the same answer', async () => {
    const flat = await client.post('/g_variants', { query: { requestParameters: ALLELE } })
    const nested = await client.post('/g_variants', toRequest(ALLELE))
    const byGet = await client.get(
      '/g_variants?referenceName=refseq:NC_000001.11&start=99&referenceBases=A&alternateBases=C',
    )
    const outside = await client.post('/g_variants', {
      ...toRequest(ALLELE),
      requestedGranularity: 'boolean',
      pagination: { skip: 0, limit: 10 },
    })
    for (const answer of [nested, byGet, outside]) expect(answer.body).toEqual(flat.body)
    const { requestParameters } = (flat.body['meta'] as { receivedRequestSummary: { requestParameters: object } })
      .receivedRequestSummary
    expect(requestParameters).toEqual({ g_variant: ALLELE })
  })

  test('testMode sees synthetic data and nothing else, without credentials', async () => {
    const body = { query: { testMode: true, requestedGranularity: 'record', pagination: { limit: 0 } } }
    const answer = await client.send('POST', '/beacon/v2/g_variants', body, { authorization: 'Bearer x' })
    expect(answer.status).toBe(200)
    expect(answer.body['meta']).toMatchObject({ testMode: true })
    expect((answer.body['response'] as { resultSets: { id: string }[] }).resultSets.map(({ id }) => id)).toEqual([
      'test-mode',
    ])
    expect((await client.post('/datasets', { query: { testMode: true } })).body).toMatchObject({
      responseSummary: { numTotalResults: 1 },
    })
    const miss = await client.post('/g_variants', toRequest(ALLELE, { testMode: true }))
    expect(miss.body['responseSummary']).toEqual({ exists: false })
  })
})
