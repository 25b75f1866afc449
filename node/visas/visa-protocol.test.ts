import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { join } from 'node:path'
import { BROKER, createRegisterWorld, PROJECT, TAG, type RegisterWorld } from '../access/testing/register-world.js'
import { createNode, type RunningNode } from '../create-node.js'

const API_KEY = 'a-key-of-thirty-two-characters-00'

let world: RegisterWorld
let node: RunningNode
let url: string
const config = () => ({
  ...world.fixture.config,
  baseUrl: 'https://node.invalid/beacon/v2',
  access: {
    trust: 'passport' as const,
    brokers: [{ issuer: BROKER, jwksUri: 'https://broker.invalid/jwks' }],
    visaIssuers: [],
    visas: { apiKeyFile: 'visa-api-key' },
  },
})

beforeAll(async () => {
  world = await createRegisterWorld()
  writeFileSync(join(world.fixture.directory, 'visa-api-key'), `${API_KEY}\n`)
  node = await createNode(config(), { directory: world.fixture.directory, now: world.now })
  url = (await node.listen()).url
  await world.grant([
    { tag: TAG, level: 'record' },
    { dataset: 'norr', level: 'count' },
  ])
})
afterAll(async () => {
  await node.close()
  await world.close()
})

function get(path: string, headers: Record<string, string | string[]> = {}) {
  return new Promise<{ status: number; type: string | undefined; body: ReturnType<typeof JSON.parse> }>(
    (resolve, reject) => {
      httpGet(`${url}${path}`, { headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
          resolve({ status: response.statusCode!, type: response.headers['content-type'], body })
        })
      }).on('error', reject)
    },
  )
}

const permissions = (sub: string, headers: Record<string, string> = { 'x-api-key': API_KEY }) =>
  get(`/visas/permissions/${encodeURIComponent(sub)}?expired=false`, headers)

function decode(visa: string) {
  const [header, payload, signature] = visa.split('.') as [string, string, string]
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  return { header: read(header), payload: read(payload), message: `${header}.${payload}`, signature }
}

test('a member gets a visa of each grant, signed by the published key, for a day at most', async () => {
  const { status, body } = await permissions('u-pi')
  expect(status).toBe(200)
  const { keys } = (await get('/.well-known/visa-jwks.json')).body
  expect(keys).toEqual([
    {
      kty: 'EC',
      crv: 'P-256',
      x: keys[0].x,
      y: keys[0].y,
      kid: expect.stringMatching(/^[\w-]{43}$/),
      alg: 'ES256',
      use: 'sig',
    },
  ])
  const visas = (body.ga4gh_passport_v1 as string[]).map(decode)
  const issuedAt = world.now().getTime() / 1000
  for (const { header, message, signature } of visas) {
    expect(header).toEqual({
      typ: 'vnd.ga4gh.visa+jwt',
      alg: 'ES256',
      kid: keys[0].kid,
      jku: 'https://node.invalid/.well-known/visa-jwks.json',
    })
    const key = { key: createPublicKey({ key: keys[0], format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const }
    expect(verify('sha256', Buffer.from(message), key, Buffer.from(signature, 'base64url'))).toBe(true)
  }
  const claims = { iss: 'https://node.invalid/visas', sub: 'u-pi', iat: issuedAt, exp: issuedAt + 86_400 }
  const visa = { type: 'ControlledAccessGrants', asserted: issuedAt, by: 'dac' }
  expect(visas.map(({ payload }) => payload)).toEqual([
    {
      ...claims,
      jti: 'G-1:1',
      ga4gh_visa_v1: {
        ...visa,
        value: 'https://node.invalid/access/record/Gemensamt.Hematologi',
        source: 'https://dac.invalid/hemat',
      },
    },
    {
      ...claims,
      jti: 'G-2:1',
      ga4gh_visa_v1: { ...visa, value: 'https://node.invalid/access/count/norr', source: 'https://node.invalid/' },
    },
  ])
  const records = readFileSync(join(world.fixture.directory, 'audit', 'cli.ndjson'), 'utf8')
    .trim()
    .split('\n')
  expect(JSON.parse(records.at(-1)!)).toMatchObject({
    event: 'visa.issue',
    details: { sub: 'u-pi', visas: ['G-1:1', 'G-2:1'] },
  })
  expect(records.join()).not.toContain(API_KEY)
})

test('the key is its owner’s alone, and the same after a restart', async () => {
  const path = join(world.fixture.directory, 'visa-key.json')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const { d } = (JSON.parse(readFileSync(path, 'utf8')) as { keys: { d: string }[] }).keys[0]!
  expect(JSON.stringify((await get('/.well-known/visa-jwks.json')).body)).not.toContain(d)
})

test.each<[string, string]>([
  ['somebody unknown', 'u-unknown'],
  ['a name with a slash', 'a/b'],
  ['a name of another broker in full', `${BROKER}|u-pi`],
  ['a wildcard', '%'],
])('%s has none, and that is no error', async (_, sub) => {
  expect(await permissions(sub)).toMatchObject({ status: 200, body: { ga4gh_passport_v1: [] } })
})

test.each<[string, Record<string, string | string[]>]>([
  ['nothing', {}],
  ['an empty key', { 'x-api-key': '' }],
  ['another key', { 'x-api-key': API_KEY.replace('a', 'b') }],
  ['the beginning of the key', { 'x-api-key': API_KEY.slice(0, 20) }],
  ['two keys', { 'x-api-key': API_KEY, 'x-rems-api-key': API_KEY }],
  ['the key twice', { 'x-api-key': [API_KEY, API_KEY] }],
  ['the key as a bearer token', { authorization: `Bearer ${API_KEY}` }],
])('%s is refused with 401', async (_, headers) => {
  for (const sub of ['u-pi', 'u-unknown']) {
    const answer = await get(`/visas/permissions/${sub}`, headers)
    expect(answer).toMatchObject({ status: 401, type: 'application/problem+json; charset=utf-8' })
    expect(answer.body).toMatchObject({ status: 401, code: 'unauthenticated' })
  }
})

test('the header of REMS is taken, and other addresses are none', async () => {
  expect(await permissions('u-pi', { 'x-rems-api-key': API_KEY, 'x-rems-user-id': 'x' })).toMatchObject({ status: 200 })
  expect(await get('/visas/x')).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

test('a visa lasts no longer than what it is of, and there is none of what was revoked', async () => {
  await world.changes.addMember(PROJECT, { iss: BROKER, sub: 'u-2', to: '2026-03-01T18:00Z' }, 'admin')
  const expiries = async (sub: string) =>
    ((await permissions(sub)).body.ga4gh_passport_v1 as string[]).map((visa) => decode(visa).payload['exp'])
  const end = Date.parse('2026-03-01T18:00Z') / 1000
  expect(await expiries('u-2')).toEqual([end, end])
  await world.changes.revokeGrant('G-1', 'x', 'admin')
  expect(await expiries('u-2')).toEqual([end])
  await world.changes.removeMember(PROJECT, { iss: BROKER, sub: 'u-2' }, 'admin')
  expect(await expiries('u-2')).toEqual([])
})

test('a node without its key file, or with a short one, does not start', async () => {
  const path = join(world.fixture.directory, 'visa-api-key')
  for (const content of [undefined, '', 'short']) {
    if (content === undefined) rmSync(path)
    else writeFileSync(path, content)
    await expect(createNode(config(), { directory: world.fixture.directory })).rejects.toThrow(
      /access.visas of node.yaml/,
    )
  }
})
