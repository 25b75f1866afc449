import { parse as parseQueryString } from 'node:querystring'
import { describe, expect, test } from '@jest/globals'
import { parseBeaconRequest, type BeaconRequest } from './parse-request.js'
import type { RequestFilter } from './request.js'

const PLACE = { referenceName: 'refseq:NC_000017.11', start: [43_045_711] }
const ALLELE = { ...PLACE, referenceBases: 'T', alternateBases: 'C' }

function parse(queryString: string, body?: unknown): BeaconRequest {
  const parsed = parseBeaconRequest(parseQueryString(queryString), body, 'boolean')
  if (!parsed.ok) throw new Error(`refused: ${parsed.message}`)
  return parsed.value
}

function refusal(queryString: string, body?: unknown): string {
  const parsed = parseBeaconRequest(parseQueryString(queryString), body, 'boolean')
  return parsed.ok ? 'accepted' : parsed.message
}

/** A body as it comes off the wire: only so can `__proto__` be a key. */
function json(text: string): unknown {
  return JSON.parse(text)
}

describe('a POST body', () => {
  test('without anything asks for everything, by default', () => {
    expect(parse('')).toEqual({
      understands22: false,
      includeResultsetResponses: 'HIT',
      pagination: { skip: 0, limit: 10 },
      filters: [],
      gVariant: {},
      testMode: false,
      summary: {
        apiVersion: 'v2.1.1',
        requestedSchemas: [],
        pagination: { skip: 0, limit: 10 },
        requestedGranularity: 'boolean',
        includeResultsetResponses: 'HIT',
        testMode: false,
      },
    })
    for (const body of [undefined, null, {}, { meta: {} }, { query: {} }]) expect(parse('', body)).toEqual(parse(''))
  })

  test.each([
    ['nested by entry type', { query: { requestParameters: { g_variant: ALLELE } } }],
    ['nested under another name of it', { query: { requestParameters: { genomicVariation: ALLELE } } }],
    ['flat', { query: { requestParameters: ALLELE } }],
    ['beside query', { requestParameters: ALLELE, query: {} }],
    ['with one position outside a list', { query: { requestParameters: { ...ALLELE, start: 43_045_711 } } }],
  ])('gives its variant parameters %s', (_how, body) => {
    const { gVariant, summary } = parse('', body)
    expect(gVariant).toEqual(ALLELE)
    expect(summary.requestParameters).toEqual({ g_variant: ALLELE })
  })

  test('may write a chromosome as a number', () => {
    expect(parse('', { query: { requestParameters: { referenceName: 17 } } }).gVariant).toEqual({ referenceName: '17' })
  })

  test.each([
    ['a list', ['A', 'B']],
    ['an object with a list', { datasetIds: ['A', 'B'] }],
  ])('gives datasets as %s, and the echo is nested', (_how, datasets) => {
    const { datasetIds, summary } = parse('', { query: { requestParameters: { datasets } } })
    expect(datasetIds).toEqual(['A', 'B'])
    expect(summary.requestParameters).toEqual({ datasets: { datasetIds: ['A', 'B'] } })
  })

  test('may have granularity and pagination beside query, as in the examples of the standard', () => {
    const body = {
      meta: { apiVersion: 'v2.0' },
      query: {},
      requestedGranularity: 'count',
      pagination: { skip: 2, limit: 5 },
    }
    expect(parse('', body)).toMatchObject({ requestedGranularity: 'count', pagination: { skip: 2, limit: 5 } })
  })

  test('what stands inside query goes before what stands beside it', () => {
    const body = { query: { requestedGranularity: 'record' }, requestedGranularity: 'count' }
    expect(parse('', body)).toMatchObject({ requestedGranularity: 'record' })
  })

  test.each([
    ['v2.0.0', false],
    ['2.1', false],
    ['v2.1.1', false],
    ['v2.2.0', true],
    ['2.2', true],
    ['v2.10', true],
    ['v3.0', true],
    ['v10.0', true],
    ['latest', false],
  ])('of apiVersion %s: understands result sets below record is %s', (apiVersion, understands22) => {
    const request = parse('', { meta: { apiVersion } })
    expect(request.understands22).toBe(understands22)
    expect(request.summary.apiVersion).toBe(apiVersion)
  })
})

describe('pagination', () => {
  test.each([
    ['limit=0', { skip: 0, limit: 1_000 }],
    ['limit=1', { skip: 0, limit: 1 }],
    ['limit=1001', { skip: 0, limit: 1_000 }],
    ['limit=999999999999999', { skip: 0, limit: 1_000 }],
    ['skip=3', { skip: 3, limit: 10 }],
    ['skip=3&limit=0', { skip: 3, limit: 1_000 }],
  ])('%s is %j, and the echo says so', (queryString, pagination) => {
    const request = parse(queryString)
    expect(request.pagination).toEqual(pagination)
    expect(request.summary.pagination).toEqual(pagination)
  })
})

describe('filters in the query string', () => {
  test.each<[string, readonly RequestFilter[]]>([
    ['filters=HP:0002664', [{ id: 'HP:0002664' }]],
    ['filters=HP:0002664,NCIT:C16576', [{ id: 'HP:0002664' }, { id: 'NCIT:C16576' }]],
    ['filters=HP:0002664&filters=NCIT:C16576', [{ id: 'HP:0002664' }, { id: 'NCIT:C16576' }]],
    ['filters=age:%3EP70Y', [{ id: 'age', operator: '>', value: 'P70Y' }]],
    ['filters=age%3E%3DP70Y', [{ id: 'age', operator: '>=', value: 'P70Y' }]],
    ['filters=sex=female', [{ id: 'sex', operator: '=', value: 'female' }]],
    ['filters=a:%3Cb=c', [{ id: 'a', operator: '<', value: 'b=c' }]],
    ['filters=', []],
  ])('%s', (queryString, filters) => {
    expect(parse(queryString).filters).toEqual(filters)
  })

  test('are echoed as text', () => {
    expect(parse('filters=HP:0002664,age%3EP70Y').summary.filters).toEqual(['HP:0002664', 'age:>P70Y'])
  })

  test('of a megabyte are read without trying every way to read them', () => {
    for (const text of ['='.repeat(1_000_000) + '\n', ':'.repeat(1_000_000), 'a:'.repeat(500_000)]) {
      parseBeaconRequest({ filters: text }, undefined, 'boolean')
    }
  })
})

const REFUSED: readonly (readonly [string, unknown, string])[] = [
  ['start=x', undefined, 'start must be one or two whole numbers'],
  ['start=-1', undefined, 'start must be one or two whole numbers'],
  ['start=', undefined, 'start must be one or two whole numbers'],
  ['start=1,2,3', undefined, 'g_variant.start must NOT have more than 2 items'],
  ['start=1e3', undefined, 'start must be one or two whole numbers'],
  ['end=0', undefined, 'g_variant.end.0 must be >= 1'],
  ['limit=-1', undefined, 'limit must be a whole number'],
  ['skip=1.5', undefined, 'skip must be a whole number'],
  ['variantMinLength=long', undefined, 'variantMinLength must be a whole number'],
  ['referenceBases=acgt', undefined, 'g_variant.referenceBases must match pattern'],
  ['assemblyId=', undefined, 'g_variant.assemblyId must NOT have fewer than 1 characters'],
  ['assemblyId=a&assemblyId=b', undefined, 'assemblyId is given more than once'],
  ['testMode=yes', undefined, 'testMode must be true or false'],
  ['includeResultsetResponses=SOME', undefined, 'query.includeResultsetResponses must be one of ALL, HIT, MISS, NONE'],
  ['requestedGranularity=all', undefined, 'query.requestedGranularity must be one of boolean, count, record'],
  ['chromosome=17', undefined, 'unknown query parameter "chromosome"'],
  ['', [], 'the request body must be object'],
  ['', 'text', 'the request body must be object'],
  ['', { query: [] }, 'query must be object'],
  ['', { query: { pagination: { limit: -1 } } }, 'query.pagination.limit must be >= 0'],
  ['', { query: { filters: 'HP:0002664' } }, 'query.filters must be array'],
  ['', { query: { filters: [{ value: 1 }] } }, 'query.filters.0 must have the key "id"'],
  ['', { filters: 'HP:0002664' }, 'filters must be array'],
  ['', { filters: [null] }, 'filters.0 must be object'],
  ['', { testMode: 'yes' }, 'testMode must be boolean'],
  ['', { includeResultsetResponses: 'SOME' }, 'includeResultsetResponses must be one of ALL, HIT, MISS, NONE'],
  ['', { requestParameters: 'text' }, 'requestParameters must be object'],
  [
    '',
    { query: { requestParameters: { chromosome: '17' } } },
    'unknown request parameter "chromosome"; allowed are assemblyId',
  ],
  ['', { query: { requestParameters: { g_variant: { chromosome: '17' } } } }, 'unknown request parameter "chromosome"'],
  [
    '',
    { query: { requestParameters: { start: [1], g_variant: { start: [2] } } } },
    'start is given twice, with different values',
  ],
  ['', { query: { requestParameters: { g_variant: 5 } } }, 'unknown request parameter "g_variant"'],
  ['', { query: { requestParameters: { datasets: 'A' } } }, 'requestParameters.datasets must be {"datasetIds": ["…"]}'],
  ['', { query: { requestParameters: { datasets: [1] } } }, 'requestParameters.datasets must be {"datasetIds": ["…"]}'],
  ['', { query: { requestParameters: { start: ['1'] } } }, 'g_variant.start.0 must be integer'],
  ['', JSON.parse('{"query": {"requestParameters": {"start": [91e999]}}}'), 'g_variant.start.0 must be integer'],
]

describe('refusals', () => {
  test.each(REFUSED)('%j with body %j', (queryString, body, message) => {
    expect(refusal(queryString, body)).toContain(message)
  })

  test.each([
    ['assemblyId', 'assemblyId=GRCh38', { query: { requestParameters: { assemblyId: 'GRCh37' } } }],
    ['start', 'start=5', { query: { requestParameters: { start: [6] } } }],
    ['limit', 'limit=5', { query: { pagination: { limit: 6 } } }],
    ['datasetIds', 'datasets=A', { query: { requestParameters: { datasets: ['B'] } } }],
    ['filters', 'filters=HP:1', { query: { filters: [{ id: 'HP:2' }] } }],
    ['requestedGranularity', 'requestedGranularity=count', { requestedGranularity: 'record' }],
    ['testMode', 'testMode=true', { query: { testMode: false } }],
  ])('%s that differs between query string and body', (name, queryString, body) => {
    expect(refusal(queryString, body)).toBe(`${name} differs between the query string and the request body`)
  })

  test('what is the same in both, or stands in one of them, is no conflict', () => {
    const body = { query: { filters: [{ value: 'P1Y', operator: '>', id: 'age' }], requestParameters: { start: [5] } } }
    expect(parse('start=5&assemblyId=GRCh38&filters=age%3EP1Y', body)).toMatchObject({
      gVariant: { start: [5], assemblyId: 'GRCh38' },
      filters: [{ id: 'age' }],
    })
  })
})

describe('names of prototypes', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%s is an unknown parameter everywhere',
    (name) => {
      const inner = `{"${name}": {"start": [1], "referenceName": "17"}}`
      expect(refusal(`${name}=1`)).toBe(`unknown query parameter "${name}"`)
      expect(refusal('', json(`{"query": {"requestParameters": ${inner}}}`))).toContain(
        `unknown request parameter "${name}"`,
      )
      expect(refusal('', json(`{"query": {"requestParameters": {"g_variant": ${inner}}}}`))).toContain(
        `unknown request parameter "${name}"`,
      )
    },
  )

  test.each(['__proto__', 'constructor'])('%s elsewhere in a body changes nothing', (name) => {
    const inner = `{"testMode": true, "filters": [{"id": "x"}], "limit": 7}`
    const request = parse(
      '',
      json(`{"${name}": ${inner}, "query": {"${name}": ${inner}, "pagination": {"${name}": ${inner}}}}`),
    )
    expect(request).toEqual(parse(''))
    expect(({} as Record<string, unknown>)['testMode']).toBeUndefined()
  })
})
