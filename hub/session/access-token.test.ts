import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair, SignJWT } from 'jose'
import type { HubConfig } from '../../schemas/index.js'
import { createHub } from '../create-hub.js'
import { startBroker, type FakeBroker } from '../testing/fake-broker.js'
import { hubConfig, type FakeRegion } from '../testing/fake-region.js'
import { closeAll, createCaller, GET_ALLELE, hub, norr, question } from '../testing/running-hub.js'

const { call, post } = createCaller((url, init) => fetch(url, init))

let directory: string
let broker: FakeBroker
let regions: readonly FakeRegion[]

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-hub-'))
  broker = await startBroker()
  writeFileSync(join(directory, 'hub-key.json'), JSON.stringify(broker.hubKey))
  regions = [await norr()]
})
afterEach(async () => {
  await closeAll()
  await broker.close()
  rmSync(directory, { recursive: true })
})

const start = (rest: Partial<HubConfig> = {}) =>
  hub(regions, { login: broker.login, signing: signing(), ...rest }, { logLevel: 'silent' })

const signing = () => ({ keyId: 'hub-1', privateKeyFile: join(directory, 'hub-key.json') })
const bearer = (token: string, more = {}) => ({ authorization: `Bearer ${token}`, ...more })

describe('an access token', () => {
  const soon = () => Math.floor(Date.now() / 1_000)
  const other = async () => (await generateKeyPair('ES256')).privateKey
  const unsigned = (payload: object) =>
    [{ alg: 'none', typ: 'at+jwt' }, payload].map((p) => Buffer.from(JSON.stringify(p)).toString('base64url')).join('.') + '.' // prettier-ignore
  const INVALID = /^Bearer realm="se\.fyr\.hub", error="invalid_token", error_description="[^"]+"$/
  const CASES: readonly (readonly [string, () => Promise<Record<string, string>>, number, RegExp])[] = [
    ['that is expired', async () => bearer(await broker.accessToken({ exp: soon() - 60 })), 401, INVALID],
    ['not yet valid', async () => bearer(await broker.accessToken({ nbf: soon() + 60 })), 401, INVALID],
    ['of another issuer', async () => bearer(await broker.accessToken({ iss: 'https://evil.example' })), 401, INVALID],
    ['without a subject', async () => bearer(await broker.accessToken({ sub: undefined })), 401, INVALID],
    ['without an end', async () => bearer(await broker.accessToken({ exp: undefined })), 401, INVALID],
    ['that is a Passport', async () => bearer(await broker.passport('x')), 401, INVALID],
    ['that is a visa', async () => bearer(await broker.accessToken({}, 'vnd.ga4gh.visa+jwt')), 401, INVALID],
    ['signed by somebody', async () => bearer(await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'broker-1' }).sign(await other())), 401, INVALID], // prettier-ignore
    ['of an unknown key', async () => bearer(await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'x' }).sign(await other())), 401, INVALID], // prettier-ignore
    ['signed with a shared secret', async () => bearer(await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32))), 401, INVALID], // prettier-ignore
    ['that nobody signed', async () => bearer(unsigned({ iss: broker.login.issuer, sub: 'a' })), 401, INVALID],
    ['that is none', async () => bearer('nonsense'), 401, INVALID],
    ['for something else', async () => bearer(await broker.accessToken({ scope: 'openid' })), 403, /error="insufficient_scope", .*scope="openid ga4gh_passport_v1"$/], // prettier-ignore
    ['in another scheme', async () => ({ authorization: 'Basic YTpi' }), 400, /error="invalid_request"/],
    ['with a space in it', async () => bearer('a b'), 400, /error="invalid_request"/],
    ['with two words', async () => ({ authorization: 'Bearer' }), 400, /error="invalid_request"/],
  ]

  test.each(CASES)('%s is refused', async (_, headers, status, challenge) => {
    const { url } = await start()
    for (const path of ['/beacon/v2/g_variants', '/beacon/v2/g_variants/GRCh38-17-43045712-T-C', '/network/variants']) {
      const body = path.endsWith('-C') ? { meta: { apiVersion: 'v2.2.0' }, query: {} } : question()
      const reply = await post(url + path, body, await headers())
      expect([path, reply.status]).toEqual([path, status])
      expect(reply.headers.get('www-authenticate')).toMatch(challenge)
      if (path.startsWith('/beacon')) expect(reply.body.error.errorCode).toBe(status)
      else expect(reply.headers.get('content-type')).toContain('application/problem+json')
    }
    expect(broker.exchanges).toEqual([])
    for (const { requests } of regions) expect(requests).toEqual([])
  })

  test('for another audience is refused where hub.yaml names one', async () => {
    const { url } = await start({ login: { ...broker.login, audience: 'https://hub.example' } })
    const ask = async (claims: object) =>
      (await post(`${url}/beacon/v2/g_variants`, question(), bearer(await broker.accessToken({ ...claims })))).status
    expect(await ask({})).toBe(401)
    expect(await ask({ aud: 'https://hub.example' })).toBe(200)
  })

  test('in the address is refused, because addresses are logged', async () => {
    const { url } = await start()
    const reply = await call(`${url}${GET_ALLELE}&access_token=${await broker.accessToken()}`)
    expect(reply.status).toBe(400)
    for (const { requests } of regions) expect(requests).toEqual([])
  })

  test.each([
    [{ 'ngp-purpose': 'FUN' }],
    [{ 'ngp-purpose': 'HRESCH, TREAT' }],
    [{ 'ngp-project': 'mine' }],
    [{ 'ngp-project': `urn:x:${'a'.repeat(300)}` }],
  ])('with %j is refused', async (headers) => {
    const { url } = await start()
    const token = await broker.accessToken()
    expect((await post(`${url}/beacon/v2/g_variants`, question(), bearer(token, headers))).status).toBe(400)
    expect(broker.exchanges).toEqual([])
  })
})

describe('a hub does not start', () => {
  const config = () => hubConfig(regions.map((r) => r.config), { login: broker.login, signing: signing() }) // prettier-ignore

  test.each([
    ['without its key', undefined],
    ['with a key that is none', '{}'],
    ['with a public key', '{"kty":"EC","crv":"P-256","x":"a","y":"b"}'],
    ['with nonsense', 'nonsense'],
  ])('%s', async (_, content) => {
    rmSync(join(directory, 'hub-key.json'))
    if (content !== undefined) writeFileSync(join(directory, 'hub-key.json'), content)
    await expect(createHub(config())).rejects.toThrow(/hub-key\.json: /)
  })

  test('with a login and no key to show there', async () => {
    const { signing: _, ...unsigned } = config()
    await expect(createHub(unsigned)).rejects.toThrow(/login needs signing/)
  })

  test('with a login service that has no TLS', async () => {
    const refused = { ...config(), allowPrivate: false, regions: [] }
    await expect(createHub(refused)).rejects.toThrow(/login\.jwksUri cannot be used/)
    const login = { ...broker.login, jwksUri: 'http://broker.example/jwks' }
    await expect(createHub({ ...refused, login })).rejects.toThrow(/login\.jwksUri must be https/)
  })
})
