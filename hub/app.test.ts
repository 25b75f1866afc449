import { afterEach, describe, expect, test } from '@jest/globals'
import { validate, type SchemaPath } from '../schemas/index.js'
import { closeAll, createCaller, hub, norr, syd } from './testing/running-hub.js'

const { call } = createCaller(fetch)

afterEach(closeAll)

function expectValid(path: SchemaPath, value: unknown): void {
  expect(validate(path, value)).toEqual({ ok: true })
}

describe('every answer is in the form of its protocol', () => {
  const text = (body: string, type: string): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  const BAD: readonly (readonly [string, string, RequestInit, number])[] = [
    ['an unknown route', '/nowhere', {}, 404],
    ['a wrong method', '/g_variants', { method: 'DELETE' }, 405],
    ['malformed JSON', '/g_variants', text('{"query":', 'application/json'), 400],
    ['an oversized body', '/g_variants', text(`{"a":"${'x'.repeat(40_000)}"}`, 'application/json'), 413],
    ['a wrong content type', '/g_variants', text('a=b', 'application/x-www-form-urlencoded'), 415],
    ['a path that is not properly encoded', '/g_variants/%E0%A4%A', {}, 400],
  ]

  test.each(BAD)('below /beacon/v2: %s', async (_what, path, init, status) => {
    const { url } = await hub([])
    const reply = await call(`${url}/beacon/v2${path}`, init)
    expect(reply.status).toBe(status)
    expectValid('beacon/errorResponse.json', reply.body)
    expect(reply.body.error.errorCode).toBe(status)
    expect(reply.text).not.toMatch(/<html|node_modules|\n *at /)
    expect(reply.headers.get('x-powered-by')).toBeNull()
  })

  test.each(BAD.filter(([what]) => what !== 'a path that is not properly encoded'))(
    'elsewhere: %s',
    async (_what, path, init, status) => {
      const { url } = await hub([])
      const reply = await call(url + path.replace('/g_variants', '/network/variants'), init)
      expect(reply.status).toBe(status)
      expectValid('beacon/problem.json', reply.body)
      expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      if (status === 405) expect(reply.headers.get('allow')).toBe('POST, OPTIONS')
    },
  )

  test.each([
    ['/beacon/v2', 'beacon/infoResponse.json'],
    ['/beacon/v2/', 'beacon/infoResponse.json'],
    ['/beacon/v2/info', 'beacon/infoResponse.json'],
    ['/beacon/v2/?requestedSchema=ga4gh-service-info-v1.0', 'beacon/serviceInfo.json'],
    ['/beacon/v2/service-info', 'beacon/serviceInfo.json'],
    ['/beacon/v2/configuration', 'beacon/configurationResponse.json'],
    ['/beacon/v2/entry_types', 'beacon/entryTypesResponse.json'],
    ['/beacon/v2/map', 'beacon/mapResponse.json'],
    ['/beacon/v2/filtering_terms?limit=0', 'beacon/filteringTermsResponse.json'],
    ['/service-info', 'beacon/serviceInfo.json'],
    ['/services/se.fyr.norr', 'beacon/externalService.json'],
  ] as const)('%s', async (path, schema) => {
    const { url } = await hub([await norr()])
    const reply = await call(url + path)
    expect(reply.status).toBe(200)
    expectValid(schema, reply.body)
  })

  test('the registry lists the regions and serves the schemas', async () => {
    const { url } = await hub([await norr(), await syd()])
    const services = JSON.parse((await call(`${url}/services`)).text) as { readonly id: string }[]
    expect(services.map(({ id }) => id)).toEqual(['se.fyr.norr', 'se.fyr.syd'])
    for (const service of services) expectValid('beacon/externalService.json', service)
    expect(JSON.parse((await call(`${url}/services/types`)).text)).toHaveLength(1)
    expect((await call(`${url}/services/se.fyr.none`)).status).toBe(404)
    expect((await call(`${url}/schemas/network/networkInfo.json`)).status).toBe(200)
    expect((await call(`${url}/schemas/constructor`)).status).toBe(404)
  })

  test('baseUrl is configured, never taken from the Host header', async () => {
    const { url } = await hub([], { baseUrl: 'https://hub.example.org/' })
    const reply = await call(`${url}/beacon/v2/map`, {
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    })
    expect(reply.text).toContain('"https://hub.example.org/beacon/v2/g_variants"')
    expect(reply.text).not.toContain('evil')
  })
})
