import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { hashOrigin, toVerifierKey, type NodeConfig } from '../../schemas/index.js'
import { leafOf, makeTestKey, requestOf } from '../../schemas/testing/witnessed-log.js'
import { witnessSettings } from '../config.js'
import { createNode } from '../create-node.js'
import { createNodeFixture, type NodeFixture } from '../testing/node-fixture.js'
import { openAuditKeys } from './audit-key.js'
import { verifyWitnessed } from './verify-witnesses.js'
import { openNodeWitness } from './witness-protocol.js'

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

test('two nodes witness each other, and say in their metrics how that goes', async () => {
  const fixtures = [createNodeFixture('se.fyr.a'), createNodeFixture('se.fyr.b')] as const
  const [a, b] = fixtures
  const keyOf = (home: string, id: string) =>
    toVerifierKey({ name: `${id}/audit`, publicKey: openAuditKeys(home, () => new Date()).publicKey })
  const witnessed = await a.serve({ audit: { cosigns: [keyOf(b.directory, 'se.fyr.b')] } })
  const opened = openNodeWitness(a.directory, a.config, () => new Date())
  const witnesses = [{ name: 'a', url: `${witnessed.url}/witness`, publicKey: opened.verifierKey }]
  const config: NodeConfig = { ...b.config, audit: { witnesses, allowPrivate: true } }
  const ask = async (base: string) => {
    const query = 'referenceName=1&assemblyId=GRCh38&start=1&referenceBases=A&alternateBases=C'
    expect((await fetch(`${base}/beacon/v2/g_variants?${query}`)).status).toBe(200)
  }
  const metricsOf = async (base: string) => (await fetch(`${base}/metrics`)).text()

  const first = await createNode(config, { directory: b.directory })
  await ask((await first.listen()).url)
  await first.close()
  expect(opened.list()).toMatchObject([{ origin: 'se.fyr.b/audit', size: 1 }])
  expect(
    (await verifyWitnessed(b.directory, { nodeId: 'se.fyr.b', witnesses: witnessSettings(config) })).witnesses,
  ).toEqual([{ name: 'a', cosigned: { checkpoint: 1, entries: 1, ts: expect.any(String) } }])

  // As after a restore without the cosignatures: what was cosigned is asked for again.
  rmSync(join(b.directory, 'audit', 'witnesses'), { recursive: true })
  const second = await createNode(config, { directory: b.directory })
  const served = await second.listen()
  const isCosigned = /fyr_audit_witness_submissions_total\{witness="a",result="cosigned"\} 1/
  for (let i = 0; i < 300 && !isCosigned.test(await metricsOf(served.adminUrl)); i++) await wait(10)
  const metrics = await metricsOf(served.adminUrl)
  expect(metrics).toMatch(isCosigned)
  expect(metrics).toContain('fyr_audit_witness_entries{witness="a"} 1\n')
  expect(metrics).toContain('fyr_audit_witness_disputed{witness="a"} 0\n')
  expect(metrics).toMatch(/fyr_audit_witness_cosigned_timestamp_seconds\{witness="a"\} \d{10}\n/)

  // Nothing of an answer waits for a witness that is gone.
  opened.close()
  await a.remove()
  await ask(served.url)
  await second.close()
  await b.remove()
})
