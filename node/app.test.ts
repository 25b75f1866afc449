import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { validate, type SchemaPath } from '../schemas/index.js'
import { createNodeFixture, toVcf, type NodeFixture } from './testing/node-fixture.js'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // Answers are checked by schema; tests then read single fields.
  readonly body: Readonly<Record<string, unknown>>
}

let fixture: NodeFixture
let url: string
let adminUrl: string

/** One request by Node's own client, which sends exactly what it is told. */
function send(method: string, path: string, body?: string | object, headers: Record<string, string> = {}): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const sent = text === undefined ? headers : { 'content-type': 'application/json', ...headers }
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${url}${path}`, { method, headers: sent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const content = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: (content === '' ? {} : JSON.parse(content)) as Answer['body'],
        })
      })
    })
    call.on('error', reject)
    call.end(text)
  })
}

const get = (path: string) => send('GET', `/beacon/v2${path}`)
const post = (path: string, body: string | object) => send('POST', `/beacon/v2${path}`, body)

function expectValid(schema: SchemaPath, body: unknown): void {
  expect(validate(schema, body)).toEqual({ ok: true })
}

const allele = { referenceName: 'refseq:NC_000001.11', start: [99], referenceBases: 'A', alternateBases: 'C' }
function query(parameters: object, rest: object = {}, apiVersion = 'v2.1.1') {
  return { meta: { apiVersion }, query: { requestParameters: { g_variant: parameters }, ...rest } }
}

beforeAll(async () => {
  fixture = createNodeFixture()
  for (const granularity of ['boolean', 'count', 'record'] as const) fixture.addDataset(`public-${granularity}`, { granularity })
  fixture.addDataset('closed', { access: 'controlled' })
  fixture.addDataset('old', { assembly: 'GRCh37' })
  const vcf = toVcf(['a', 'b', 'c'], ['1 100 . A C . PASS . GT 0/1 1/1 0/0', '1 200 . G GT . PASS . GT 0/1 0/0 ./.'])
  for (const id of ['public-boolean', 'public-count', 'public-record', 'closed', 'old']) await fixture.ingest(id, [vcf])
  ;({ url, adminUrl } = await fixture.serve())
})
afterAll(() => fixture.remove())

describe('informational endpoints', () => {
  test.each<[string, SchemaPath]>([
    ['/', 'beacon/infoResponse.json'],
    ['/info', 'beacon/infoResponse.json'],
    ['/service-info', 'beacon/serviceInfo.json'],
    ['/info?requestedSchema=ga4gh-service-info-v1.0', 'beacon/serviceInfo.json'],
    ['/configuration', 'beacon/configurationResponse.json'],
    ['/entry_types', 'beacon/entryTypesResponse.json'],
    ['/map', 'beacon/mapResponse.json'],
    ['/filtering_terms', 'beacon/filteringTermsResponse.json'],
    ['/filtering_terms?limit=0', 'beacon/filteringTermsResponse.json'],
    ['/datasets', 'beacon/collectionsResponse.json'],
    ['/datasets/old', 'beacon/collectionsResponse.json'],
    ['/datasets/nobody-knows', 'beacon/collectionsResponse.json'],
  ])('%s, by GET and by POST', async (path, schema) => {
    for (const answer of [await get(path), await post(path, {}), await send('POST', `/beacon/v2${path}`)]) {
      expect(answer.status).toBe(200)
      expectValid(schema, answer.body)
    }
  })

  test('every URL of the map and every schema it leads to is served', async () => {
    const { body } = await get('/map')
    const { endpointSets } = body['response'] as { endpointSets: Record<string, { rootUrl: string; singleEntryUrl: string }> }
    const ids: Record<string, string> = { genomicVariant: 'GRCh38-1-100-A-C', dataset: 'old' }
    for (const [type, { rootUrl, singleEntryUrl }] of Object.entries(endpointSets)) {
      for (const address of [rootUrl, singleEntryUrl.replace('{id}', ids[type]!)]) {
        expect(address.startsWith(`${url}/beacon/v2/`)).toBe(true)
        const answer = await send('POST', address.slice(url.length), { meta: { apiVersion: 'v2.1.1' }, query: { testMode: true } })
        expect(answer.status).toBe(200)
      }
    }
    const { entryTypes } = (await get('/entry_types')).body['response'] as {
      entryTypes: Record<string, { defaultSchema: { referenceToSchemaDefinition: string } }>
    }
    for (const { defaultSchema } of Object.values(entryTypes)) {
      const answer = await send('GET', defaultSchema.referenceToSchemaDefinition.slice(url.length))
      expect(answer.body).toMatchObject({ type: 'object' })
    }
  })

  test('/datasets tells who answers for the data, why they may be public, and which calls count', async () => {
    const { body } = await get('/datasets/public-record')
    expect(body).toMatchObject({
      responseSummary: { exists: true, numTotalResults: 1 },
      response: {
        collections: [
          {
            id: 'public-record',
            info: {
              assemblyId: 'GRCh38',
              access: 'public',
              granularity: 'record',
              basis: 'made up for a test',
              controller: 'Region Test',
              contact: 'data@test.invalid',
              normalised: false,
              callPolicy: { filter: ['PASS', '.'], minimumGenotypeQuality: 20 },
            },
          },
        ],
      },
    })
  })
})

describe('variant queries', () => {
  const only = (id: string, include = 'ALL', granularity?: string) => ({
    includeResultsetResponses: include,
    ...(granularity ? { requestedGranularity: granularity } : {}),
    requestParameters: { g_variant: allele, datasets: { datasetIds: [id] } },
  })
  const ask = (id: string, include?: string, granularity?: string, version?: string) =>
    post('/g_variants', { meta: { apiVersion: version ?? 'v2.1.1' }, query: only(id, include, granularity) })

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
    const schemas = { boolean: 'beacon/booleanResponse.json', count: 'beacon/countResponse.json', record: 'beacon/resultSetsResponse.json' } as const
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
    const byId = await get('/g_variants/GRCh38-1-100-A-C?requestedGranularity=record&datasets=public-record')
    expect((byId.body['response'] as { resultSets: { results: object[] }[] }).resultSets[0]!.results).toEqual(set!.results)
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
    const { body } = await post('/g_variants', query(allele, { requestedGranularity: 'count', includeResultsetResponses: 'ALL' }, 'v2.2.0'))
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
    ['HIT', allele, ['public-record']],
    ['MISS', allele, []],
    ['ALL', allele, ['public-record']],
    ['HIT', { ...allele, alternateBases: 'T' }, []],
    ['MISS', { ...allele, alternateBases: 'T' }, ['public-record']],
    ['ALL', { ...allele, alternateBases: 'T' }, ['public-record']],
  ])('includeResultsetResponses %s', async (include, parameters, expected) => {
    const { body } = await post('/g_variants', {
      query: {
        requestParameters: { g_variant: parameters, datasets: { datasetIds: ['public-record'] } },
        includeResultsetResponses: include,
        requestedGranularity: 'count',
      },
    })
    expect((body['response'] as { resultSets: { id: string }[] }).resultSets.map(({ id }) => id)).toEqual(expected)
  })

  test('NONE gives no result sets', async () => {
    expect((await ask('public-record', 'NONE', 'count')).body).not.toHaveProperty('response')
  })

  test('a miss has counts with the real alleleNumber', async () => {
    const { body } = await get(
      '/g_variants?referenceName=1&assemblyId=hg38&start=499&referenceBases=A&alternateBases=T&datasets=public-count&requestedGranularity=count&includeResultsetResponses=ALL',
    )
    expect(body).toMatchObject({
      responseSummary: { exists: false, numTotalResults: 0 },
      response: { resultSets: [{ exists: false, info: { counts: { individuals: 0, alleleCount: 0, alleleNumber: 6, anBasis: 'assumed' } } }] },
    })
  })

  test('a dataset of another assembly is not asked, and said so', async () => {
    const { body } = await get('/g_variants?referenceName=1&assemblyId=GRCh37&start=99&referenceBases=A&alternateBases=C&requestedGranularity=count')
    expect(body['info']).toMatchObject({ node: { datasetsAsked: 1, datasetsNotAsked: { access: 0, assembly: 4 } } })
  })

  test('an insertion is found by its anchored and by its trimmed form', async () => {
    const forms = [
      { start: [199], referenceBases: 'G', alternateBases: 'GT' },
      { start: [200], referenceBases: '', alternateBases: 'T' },
      { start: [198], referenceBases: 'AG', alternateBases: 'AGT' },
    ]
    for (const form of forms) {
      const { body } = await post('/g_variants', query({ referenceName: 'chr1', assemblyId: 'GRCh38', ...form }))
      expect(body['responseSummary']).toEqual({ exists: true })
    }
  })

  test('the same question flat, nested, by GET and in the docs’ layout gives the same answer', async () => {
    const flat = await post('/g_variants', { query: { requestParameters: allele } })
    const nested = await post('/g_variants', query(allele))
    const byGet = await get('/g_variants?referenceName=refseq:NC_000001.11&start=99&referenceBases=A&alternateBases=C')
    const outside = await post('/g_variants', { ...query(allele), requestedGranularity: 'boolean', pagination: { skip: 0, limit: 10 } })
    for (const answer of [nested, byGet, outside]) expect(answer.body).toEqual(flat.body)
    const { requestParameters } = (flat.body['meta'] as { receivedRequestSummary: { requestParameters: object } }).receivedRequestSummary
    expect(requestParameters).toEqual({ g_variant: allele })
  })

  test('testMode sees synthetic data and nothing else, without credentials', async () => {
    const body = { query: { testMode: true, requestedGranularity: 'record', pagination: { limit: 0 } } }
    const answer = await send('POST', '/beacon/v2/g_variants', body, { authorization: 'Bearer x' })
    expect(answer.status).toBe(200)
    expect(answer.body['meta']).toMatchObject({ testMode: true })
    expect((answer.body['response'] as { resultSets: { id: string }[] }).resultSets.map(({ id }) => id)).toEqual(['test-mode'])
    expect((await post('/datasets', { query: { testMode: true } })).body).toMatchObject({ responseSummary: { numTotalResults: 1 } })
    const miss = await post('/g_variants', query(allele, { testMode: true }))
    expect(miss.body['responseSummary']).toEqual({ exists: false })
  })
})

describe('errors are Beacon errors', () => {
  const variant = '/g_variants?referenceName=1&assemblyId=GRCh38'
  test.each<[string, string, string | object | undefined, number, RegExp]>([
    ['GET', '/nope', undefined, 404, /nothing at this address/],
    ['GET', '/g_variants/%E0%A4%A', undefined, 400, /cannot be read/],
    ['GET', '/schemas/nope.json', undefined, 404, /no such schema/],
    ['DELETE', '/g_variants', undefined, 405, /GET or POST/],
    ['PUT', '/info', undefined, 405, /GET or POST/],
    ['POST', '/g_variants', '{"query":', 400, /not valid JSON/],
    ['POST', '/g_variants', '[]', 400, /must be object/],
    ['POST', '/g_variants', `{"a":"${'x'.repeat(200_000)}"}`, 413, /too large/],
    ['GET', '/g_variants', undefined, 400, /needs referenceName and start/],
    ['POST', '/g_variants', {}, 400, /needs referenceName and start/],
    ['GET', `${variant}&start=1`, undefined, 400, /needs alternateBases/],
    ['GET', `${variant}&start=-1&end=5`, undefined, 400, /start must be one or two whole numbers/],
    ['GET', `${variant}&start=5&end=5`, undefined, 400, /end must be greater than start/],
    ['GET', `${variant}&start=5,9&end=20,30`, undefined, 400, /bracket/],
    ['GET', `${variant}&start=5&end=9000000000`, undefined, 400, /end must be at most 248956422/],
    ['GET', `${variant}&start=250000000&end=250000001`, undefined, 400, /start must be below/],
    ['GET', `${variant}&start=5&referenceBases=A&alternateBases=A`, undefined, 400, /are the same/],
    ['GET', `${variant}&start=5&referenceBases=N&alternateBases=A`, undefined, 400, /consist of A, C, G and T/],
    ['GET', `${variant}&start=5&alternateBases=x`, undefined, 400, /alternateBases must match pattern/],
    ['GET', '/g_variants?referenceName=1&start=5&end=6', undefined, 400, /needs assemblyId/],
    ['GET', '/g_variants?referenceName=99&assemblyId=GRCh38&start=5&end=6', undefined, 400, /no chromosome of GRCh38/],
    ['GET', '/g_variants?referenceName=1&assemblyId=NCBI36&start=5&end=6', undefined, 400, /must be one of GRCh37, GRCh38/],
    ['GET', '/g_variants?referenceName=NC_000001.10&assemblyId=GRCh38&start=5&end=6', undefined, 400, /belongs to GRCh37/],
    ['GET', `${variant}&start=5&end=6&geneId=BRCA1`, undefined, 400, /does not answer geneId/],
    ['GET', `${variant}&start=5&end=6&frobnicate=1`, undefined, 400, /unknown query parameter "frobnicate"/],
    ['GET', `${variant}&start=5&end=6&requestedGranularity=all`, undefined, 400, /must be one of boolean, count, record/],
    ['GET', `${variant}&start=5&end=6&filters=HP:0000006`, undefined, 400, /HP:0000006" is unknown/],
    ['GET', `${variant}&start=5&end=6&datasets=nope`, undefined, 404, /no such dataset/],
    ['GET', `${variant}&start=5&end=6&datasets=closed`, undefined, 403, /may not ask dataset closed/],
    ['GET', '/g_variants/17-5-A-C', undefined, 400, /no variant id/],
    ['GET', '/g_variants/%7Bid%7D', undefined, 400, /no variant id/],
    ['POST', '/g_variants', query({ ...allele, frobnicate: 1 }), 400, /unknown request parameter "frobnicate"/],
    ['POST', '/g_variants', query({ ...allele, start: ['x'] }), 400, /start\.0 must be integer/],
    ['POST', '/g_variants?start=5', query(allele), 400, /start differs between the query string and the request body/],
  ])('%s %s %j', async (method, path, body, status, message) => {
    const answer = await send(method, `/beacon/v2${path}`, body)
    expect(answer.status).toBe(status)
    expectValid('beacon/errorResponse.json', answer.body)
    expect(answer.body['error']).toMatchObject({ errorCode: status, errorMessage: expect.stringMatching(message) })
    expect(String(answer.headers['content-type'])).toMatch(/^application\/json/)
  })

  test('outside the API too', async () => {
    expectValid('beacon/errorResponse.json', (await send('GET', '/')).body)
  })

  test('a body that is no JSON or is compressed', async () => {
    expect((await send('POST', '/beacon/v2/g_variants', 'a=b', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await send('POST', '/beacon/v2/g_variants', '{}', { 'content-encoding': 'gzip' })).status).toBe(415)
  })

  test('a token that cannot be checked is refused, not ignored', async () => {
    const answer = await send('POST', '/beacon/v2/g_variants', query(allele), { authorization: 'Bearer x' })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
  })
})

describe('operability', () => {
  test('health and metrics; no label or audit line holds what was asked', async () => {
    await get('/g_variants?referenceName=1&assemblyId=GRCh38&start=12345&end=67890')
    for (const path of ['/health', '/health/live', '/health/ready']) expect((await send('GET', path)).status).toBe(200)
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text()
    expect(metrics).toContain('route="/beacon/v2/g_variants",method="GET",status="200"')
    const audit = readFileSync(join(fixture.directory, 'audit/audit.ndjson'), 'utf8')
    expect(audit).toContain('"question":"range"')
    for (const text of [metrics, audit]) expect(text).not.toMatch(/12345|67890/)
  })

  test('metrics are not on the public listener', async () => {
    expect((await send('GET', '/metrics')).status).toBe(404)
  })

  test('a request id is kept when it is harmless and made otherwise', async () => {
    expect((await send('GET', '/health', undefined, { 'x-request-id': 'abc-1' })).headers['x-request-id']).toBe('abc-1')
    expect((await send('GET', '/health', undefined, { 'x-request-id': 'a b"c' })).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a dataset published while the node runs is served', async () => {
    fixture.addDataset('late', { granularity: 'count' })
    await fixture.ingest('late', [toVcf(['z'], ['2 100 . A C . PASS . GT 0/1'])])
    const path = '/g_variants?referenceName=2&assemblyId=GRCh38&start=99&referenceBases=A&alternateBases=C&datasets=late'
    let answer = await get(path)
    for (let attempt = 0; attempt < 50 && answer.status !== 200; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      answer = await get(path)
    }
    expect(answer.body['responseSummary']).toEqual({ exists: true })
  })
})
