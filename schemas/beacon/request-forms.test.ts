import { parse as parseQueryString } from 'node:querystring'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { validate } from '../validate.js'
import { GRANULARITIES, INCLUDE_RESULTSET_RESPONSES } from './granularity.js'
import { parseBeaconRequest, unreadRequestSummary, type BeaconRequest } from './parse-request.js'
import type { GVariantParameters, RequestFilter } from './request.js'

function parse(queryString: string, body?: unknown): BeaconRequest {
  const parsed = parseBeaconRequest(parseQueryString(queryString), body, 'boolean')
  if (!parsed.ok) throw new Error(`refused: ${parsed.message}`)
  return parsed.value
}

/** A body as it comes off the wire. */
function json(text: string): unknown {
  return JSON.parse(text)
}

interface Asked {
  readonly gVariant: GVariantParameters
  readonly filters: readonly RequestFilter[]
  readonly datasetIds: readonly string[]
  readonly pagination: { readonly skip?: number; readonly limit?: number }
  readonly query: {
    readonly requestedGranularity?: string
    readonly includeResultsetResponses?: string
    readonly testMode?: boolean
  }
}

const text = fc.string({ minLength: 1, maxLength: 12 })
const bases = fc.string({ unit: fc.constantFrom(...'ACGTN'), maxLength: 5 })
const coordinate = fc.integer({ min: 1, max: 250_000_000 })
const filterId = fc.stringMatching(/^[A-Z]{2,4}:[A-Z0-9]{1,7}$/)
const filter: fc.Arbitrary<RequestFilter> = fc.oneof(
  fc.record({ id: filterId }),
  fc.record({
    id: filterId,
    operator: fc.constantFrom('=', '<', '>', '!', '>=', '<='),
    value: fc.stringMatching(/^[A-Za-z0-9]{1,8}$/),
  }),
)
const asked: fc.Arbitrary<Asked> = fc.record({
  gVariant: fc.record(
    {
      assemblyId: text,
      referenceName: text,
      start: fc.array(coordinate, { minLength: 1, maxLength: 2 }),
      end: fc.array(coordinate, { minLength: 1, maxLength: 2 }),
      referenceBases: bases,
      alternateBases: bases,
      variantType: text,
      variantMinLength: fc.nat(),
      variantMaxLength: coordinate,
      geneId: text,
      aminoacidChange: text,
      genomicAlleleShortForm: text,
      mateName: text,
    },
    { requiredKeys: [] },
  ),
  filters: fc.array(filter, { maxLength: 3 }),
  datasetIds: fc.array(fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/), { maxLength: 3 }),
  pagination: fc.record({ skip: fc.nat(), limit: fc.nat() }, { requiredKeys: [] }),
  query: fc.record(
    {
      requestedGranularity: fc.constantFrom(...GRANULARITIES),
      includeResultsetResponses: fc.constantFrom(...INCLUDE_RESULTSET_RESPONSES),
      testMode: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
})

const GET_SPELLINGS: Readonly<Record<string, string>> = { geneId: 'geneid', genomicAlleleShortForm: 'allele' }

/** The request as a query string; `usesOtherForms`: spelled as in the OpenAPI document, lists repeated in place of joined. */
function toQueryString({ gVariant, filters, datasetIds, pagination, query }: Asked, usesOtherForms: boolean): string {
  const parameters = new URLSearchParams()
  const add = (name: string, values: readonly string[]) => {
    const texts = usesOtherForms ? values : values.length > 0 ? [values.join(',')] : []
    for (const value of texts) parameters.append(name, value)
  }
  for (const [name, value] of Object.entries(gVariant) as [string, string | number | number[]][]) {
    add(usesOtherForms ? (GET_SPELLINGS[name] ?? name) : name, Array.isArray(value) ? value.map(String) : [`${value}`])
  }
  add(
    'filters',
    filters.map(({ id, operator, value }) => (operator === undefined ? id : `${id}:${operator}${value}`)),
  )
  add(usesOtherForms ? 'datasetIds' : 'datasets', datasetIds)
  for (const [name, value] of Object.entries({ ...pagination, ...query })) add(name, [String(value)])
  return parameters.toString()
}

/** The request as the body that the standard wants, or flat as many clients send it. */
function toBody({ gVariant, filters, datasetIds, pagination, query }: Asked, isFlat: boolean): unknown {
  const datasets = datasetIds.length > 0 ? { datasets: isFlat ? datasetIds : { datasetIds } } : {}
  const requestParameters = { ...(isFlat ? gVariant : { g_variant: gVariant }), ...datasets }
  const inner = { ...query, filters, pagination, requestParameters }
  return json(JSON.stringify(isFlat ? inner : { meta: { apiVersion: 'v2.1.1' }, query: inner }))
}

describe('the forms of a request', () => {
  test('a request means the same as GET and as POST, nested and flat, and as both at once', () => {
    fc.assert(
      fc.property(asked, fc.boolean(), (request, usesOtherForms) => {
        const queryString = toQueryString(request, usesOtherForms)
        const nested = parse('', toBody(request, false))
        expect(parse(queryString)).toEqual(nested)
        expect(parse('', toBody(request, true))).toEqual(nested)
        expect(parse(queryString, toBody(request, usesOtherForms))).toEqual(nested)
        expect(nested.gVariant).toEqual(request.gVariant)
        expect(nested.filters).toEqual(request.filters)
      }),
    )
  })

  test('the echo of whatever was understood is valid', () => {
    const isValid = (summary: unknown) => validate('beacon/receivedRequestSummary.json', summary)
    expect(isValid(unreadRequestSummary('count'))).toEqual({ ok: true })
    fc.assert(
      fc.property(asked, (request) => expect(isValid(parse('', toBody(request, false)).summary)).toEqual({ ok: true })),
    )
  })

  test('no JSON makes it throw, and what is accepted has a valid echo', () => {
    const names = ['meta', 'query', 'requestParameters', 'g_variant', 'filters', 'pagination', 'testMode', 'datasets']
    const key = fc.oneof(fc.constantFrom(...names, 'start', 'limit', 'id', '__proto__'), fc.string())
    const body = fc
      .jsonValue()
      .chain((value) => fc.constantFrom(value, { query: value }, { query: { requestParameters: value } }))
    const nearly = fc.object({ key, maxDepth: 4 }).map((value) => json(JSON.stringify(value)))
    const wrapped = fc.tuple(fc.constantFrom(...names), fc.jsonValue()).map(([name, value]) => ({ [name]: value }))
    fc.assert(
      fc.property(
        fc.oneof(body, nearly, wrapped),
        fc.dictionary(key, fc.oneof(fc.string(), fc.jsonValue())),
        (value, query) => {
          for (const parsed of [
            parseBeaconRequest({}, value, 'count'),
            parseBeaconRequest(query, undefined, 'count'),
          ]) {
            if (!parsed.ok) expect(parsed.message).not.toBe('')
            else expect(validate('beacon/receivedRequestSummary.json', parsed.value.summary)).toEqual({ ok: true })
          }
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
