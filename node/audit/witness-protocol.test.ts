import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { hashOrigin, toVerifierKey } from '../../schemas/index.js'
import { leafOf, makeTestKey, requestOf } from '../../schemas/testing/witnessed-log.js'
import { createNodeFixture, type NodeFixture } from '../testing/node-fixture.js'

const key = makeTestKey('se.fyr.mitt/audit')
const stranger = makeTestKey('se.fyr.other/audit')
const leaves = Array.from({ length: 12 }, (_, i) => leafOf(`entry ${i}`))
const first = requestOf(0, leaves.slice(0, 5), key)

let fixture: NodeFixture
let url: string
let adminUrl: string
beforeAll(async () => {
  fixture = createNodeFixture()
  ;({ url, adminUrl } = await fixture.serve({ audit: { cosigns: [toVerifierKey(key)] } }))
})
afterAll(() => fixture.remove())

async function call(method: string, path: string, body?: Buffer | string) {
  const response = await fetch(`${url}${path}`, { method, ...(body === undefined ? {} : { body: String(body) }) })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text(), response }
}

describe('a node as a witness', () => {
  test('cosigns the logs that it is told to, over its public listener, and shows what it cosigned', async () => {
    const { status, type, text } = await call('POST', '/witness/add-checkpoint', first)
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; charset=utf-8' })
    expect(text).toMatch(/^— se\.fyr\.test\/witness [A-Za-z0-9+/]+=*\n$/)
    const shown = await call('GET', `/witness/${hashOrigin(key.name)}/checkpoint`)
    expect(shown.status).toBe(200)
    expect(shown.text).toMatch(/^se\.fyr\.mitt\/audit\n5\n/)
    expect(shown.text.endsWith(text)).toBe(true)
    expect(statSync(join(fixture.directory, 'witness.sqlite')).mode & 0o777).toBe(0o600)
  })

  test.each<[string, string, string, Buffer | string | undefined, number, string, string]>([
    ['text', 'POST', '/add-checkpoint', 'x', 400, 'text/plain; charset=utf-8', 'this is no request of tlog-witness\n'],
    [
      'nothing',
      'POST',
      '/add-checkpoint',
      undefined,
      400,
      'text/plain; charset=utf-8',
      'this is no request of tlog-witness\n',
    ],
    [
      'a log that it does not know',
      'POST',
      '/add-checkpoint',
      requestOf(0, leaves, stranger),
      404,
      'text/plain; charset=utf-8',
      'this log is not known here\n',
    ],
    ['another size', 'POST', '/add-checkpoint', requestOf(3, leaves, key), 409, 'text/x.tlog.size', '5\n'],
    [
      'another history',
      'POST',
      '/add-checkpoint',
      requestOf(5, leaves.with(1, leafOf('x')), key),
      422,
      'text/plain; charset=utf-8',
      'the checkpoint does not go on from the last one\n',
    ],
    [
      'too much',
      'POST',
      '/add-checkpoint',
      'x'.repeat(70_000),
      413,
      'text/plain; charset=utf-8',
      'the request body is too large\n',
    ],
    [
      'another method',
      'GET',
      '/add-checkpoint',
      undefined,
      405,
      'text/plain; charset=utf-8',
      'checkpoints are sent by POST\n',
    ],
    [
      'a log that it has not seen',
      'GET',
      `/${hashOrigin(stranger.name)}/checkpoint`,
      undefined,
      404,
      'text/plain; charset=utf-8',
      'no checkpoint of this log was cosigned here\n',
    ],
    ['another path', 'GET', '/nope', undefined, 404, 'text/plain; charset=utf-8', 'there is nothing at this address\n'],
  ])('answers %s in plain text', async (_, method, path, body, status, type, text) => {
    await call('POST', '/witness/add-checkpoint', first)
    const { response, ...answer } = await call(method, `/witness${path}`, body)
    expect(answer).toEqual({ status, type, text })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    if (status === 405) expect(response.headers.get('allow')).toBe('POST')
  })

  test('counts requests by route and status', async () => {
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text()
    expect(metrics).toMatch(/fyr_http_requests_total\{route="\/witness\/add-checkpoint",method="POST",status="409"\} 1/)
  })
})

test('a node that cosigns no logs has no witness', async () => {
  const plain = createNodeFixture('se.fyr.plain')
  const served = await plain.serve()
  const response = await fetch(`${served.url}/witness/add-checkpoint`, { method: 'POST', body: String(first) })
  expect(response.status).toBe(404)
  expect(() => statSync(join(plain.directory, 'witness.sqlite'))).toThrow(/ENOENT/)
  await plain.remove()
})

test.each<[string, object, RegExp]>([
  [
    'a log’s key that is a witness’',
    { cosigns: [toVerifierKey(key, 4)] },
    /audit\.cosigns: .* is not the key of a log/,
  ],
  [
    'two keys of one log',
    { cosigns: [toVerifierKey(key), toVerifierKey(makeTestKey(key.name))] },
    /audit\.cosigns: there are two keys of one log/,
  ],
  [
    'a witness’ key that is a log’s',
    { witnesses: [{ name: 'hub', url: 'https://hub.test/witness', publicKey: toVerifierKey(key) }] },
    /audit\.witnesses: the publicKey of hub is not the key of a witness/,
  ],
  [
    'a private address',
    { witnesses: [{ name: 'hub', url: 'http://127.0.0.1/witness', publicKey: toVerifierKey(key, 4) }] },
    /audit\.witnesses: the url of hub is not https/,
  ],
  [
    'two of one name',
    {
      witnesses: ['a', 'b'].map((path) => ({
        name: 'hub',
        url: `https://hub.test/${path}`,
        publicKey: toVerifierKey(key, 4),
      })),
    },
    /audit\.witnesses: there are two with the name hub/,
  ],
])('a node with %s does not start', async (_, audit, problem) => {
  const spoiled = createNodeFixture('se.fyr.spoiled')
  await expect(spoiled.serve({ audit })).rejects.toThrow(problem)
  await spoiled.remove()
})
