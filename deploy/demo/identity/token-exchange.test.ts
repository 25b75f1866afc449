import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  calculateJwkThumbprint,
  createRemoteJWKSet,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  type CryptoKey,
  type JWK,
} from 'jose'
import { createIdentityProvider, type IdentityProvider } from '../identity-provider.js'
import { ACCESS_TOKEN, createLoginClient, exchangeForm, PASSPORT, type Form } from '../testing/login-client.js'

const NORR = 'http://127.0.0.1:4001'
const SYD = 'http://127.0.0.1:4003'
const AS_PERSON = [['client_id', 'fyr']] as const

let provider: IdentityProvider
let client: ReturnType<typeof createLoginClient>
let hubKey: CryptoKey
let hubJwk: JWK

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true })
  hubKey = pair.privateKey
  hubJwk = await exportJWK(pair.publicKey)
  provider = await createIdentityProvider({ port: 0, audiences: [NORR, SYD], hubKeys: new Map([['fyr-hub', hubJwk]]) })
  client = createLoginClient(provider.issuer)
})
afterAll(() => provider.close())

describe('a Passport', () => {
  test('for a hub is for one node, bears the name and the key of the hub, and what it is for', async () => {
    const form = [
      ...exchangeForm(await client.logIn('member'), NORR),
      ...(await client.asHub(hubKey)),
      ['ngp_purpose', 'HRESCH'] as const,
      ['ngp_project', 'urn:ngp:project:2026-001'] as const,
    ]
    const { status, headers, body } = await client.post('/token', form)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({ issued_token_type: PASSPORT, token_type: 'Bearer', expires_in: 300 })
    const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`))
    const { payload } = await jwtVerify(body['access_token']!, keys, {
      issuer: provider.issuer,
      audience: NORR,
      typ: 'vnd.ga4gh.passport+jwt',
      algorithms: ['ES256'],
    })
    expect(payload).toMatchObject({
      sub: 'member',
      aud: [NORR],
      client_id: 'fyr-hub',
      act: { sub: 'fyr-hub' },
      cnf: { jkt: await calculateJwkThumbprint(hubJwk) },
      ngp_purpose: 'HRESCH',
      ngp_project: 'urn:ngp:project:2026-001',
    })
    expect(payload.exp! - payload.iat!).toBe(300)
  })

  test("for a person's own client is bound to nothing but its client", async () => {
    const { body } = await client.post('/token', [...exchangeForm(await client.logIn('member'), SYD), ...AS_PERSON])
    const payload = decodeJwt(body['access_token']!)
    expect(payload).toMatchObject({ sub: 'member', aud: [SYD], client_id: 'fyr' })
    for (const claim of ['act', 'cnf', 'ngp_purpose', 'ngp_project']) expect(payload).not.toHaveProperty(claim)
  })

  test('holds visas that their own issuer signed', async () => {
    const { body } = await client.post('/token', [...exchangeForm(await client.logIn('researcher'), SYD), ...AS_PERSON])
    const visas = decodeJwt(body['access_token']!)['ga4gh_passport_v1'] as string[]
    const keys = createRemoteJWKSet(new URL(provider.visaJku))
    const checked = await Promise.all(
      visas.map((visa) => jwtVerify(visa, keys, { issuer: provider.visaIssuer, subject: 'researcher' })),
    )
    const types = checked.map(({ payload }) => (payload['ga4gh_visa_v1'] as { type: string }).type)
    expect(types).toEqual(['AffiliationAndRole', 'ResearcherStatus', 'AcceptedTermsAndPolicies'])
    expect(checked.every(({ protectedHeader }) => protectedHeader.jku === provider.visaJku)).toBe(true)
  })

  test('of a visitor holds none', async () => {
    const { body } = await client.post('/token', [...exchangeForm(await client.logIn('visitor'), SYD), ...AS_PERSON])
    expect(decodeJwt(body['access_token']!)['ga4gh_passport_v1']).toEqual([])
  })

  const without = (form: Form, name: string) => form.filter(([n]) => n !== name)
  const CASES: readonly (readonly [string, (token: string) => Form | Promise<Form>, number, string])[] = [
    ['an unknown resource', (t) => [...exchangeForm(t, 'https://evil.example'), ...AS_PERSON], 400, 'invalid_target'],
    ['one unknown resource of two', (t) => [...exchangeForm(t, NORR), ['resource', 'https://evil.example'], ...AS_PERSON], 400, 'invalid_target'], // prettier-ignore
    ['no resource', (t) => [...without(exchangeForm(t, NORR), 'resource'), ...AS_PERSON], 400, 'invalid_target'],
    ['no subject token', () => [...without(exchangeForm('', NORR), 'subject_token'), ...AS_PERSON], 400, 'invalid_request'], // prettier-ignore
    ['a changed token', (t) => [...exchangeForm(`${t.slice(0, -6)}AAAAAA`, NORR), ...AS_PERSON], 400, 'invalid_request'], // prettier-ignore
    ['another type of token', (t) => [...exchangeForm(t, NORR).map(([n, v]) => [n, n === 'requested_token_type' ? ACCESS_TOKEN : v] as const), ...AS_PERSON], 400, 'invalid_request'], // prettier-ignore
    ['an unknown purpose', (t) => [...exchangeForm(t, NORR), ['ngp_purpose', 'FUN'], ...AS_PERSON], 400, 'invalid_request'], // prettier-ignore
    ['a project that is no URN', (t) => [...exchangeForm(t, NORR), ['ngp_project', 'mine'], ...AS_PERSON], 400, 'invalid_request'], // prettier-ignore
    ['no client', (t) => exchangeForm(t, NORR), 400, 'invalid_request'],
    ['an unknown client', (t) => [...exchangeForm(t, NORR), ['client_id', 'nobody']], 401, 'invalid_client'],
    ['the name of the hub alone', (t) => [...exchangeForm(t, NORR), ['client_id', 'fyr-hub']], 401, 'invalid_client'],
    ['the hub with another key', async (t) => [...exchangeForm(t, NORR), ...(await client.asHub((await generateKeyPair('ES256')).privateKey))], 401, 'invalid_client'], // prettier-ignore
  ]

  test.each(CASES)('for %s is refused', async (_, toForm, status, error) => {
    const reply = await client.post('/token', await toForm(await client.logIn('member')))
    expect(reply).toMatchObject({ status, body: { error } })
    expect(reply.body).not.toHaveProperty('access_token')
  })

  test('is not made of an access token that is not for Passports, nor of a Passport', async () => {
    const poor = await client.logIn('member', 'openid')
    const rich = await client.logIn('member')
    const passport = (await client.post('/token', [...exchangeForm(rich, NORR), ...AS_PERSON])).body['access_token']!
    for (const token of [poor, passport]) {
      const reply = await client.post('/token', [...exchangeForm(token, NORR), ...AS_PERSON])
      expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    }
  })
})

describe('userinfo', () => {
  const ask = (headers: Record<string, string>) => fetch(`${provider.issuer}/me`, { headers })

  test('takes the access token and gives the visas', async () => {
    const response = await ask({ authorization: `Bearer ${await client.logIn('researcher')}` })
    expect(response.headers.get('cache-control')).toBe('no-cache, no-store')
    const body = (await response.json()) as { ga4gh_passport_v1: string[] }
    expect(body).toMatchObject({ sub: 'researcher', name: 'Rune Researcher' })
    expect(body.ga4gh_passport_v1).toHaveLength(3)
  })

  test.each([
    ['no token', {}, 401, 'Bearer realm="demo"'],
    ['nonsense', { authorization: 'Bearer nonsense' }, 401, 'Bearer realm="demo", error="invalid_token"'],
  ])('refuses %s', async (_, headers, status, challenge) => {
    const response = await ask(headers)
    expect(response.status).toBe(status)
    expect(response.headers.get('www-authenticate')).toBe(challenge)
  })

  test('refuses a token that is not for Passports', async () => {
    expect((await ask({ authorization: `Bearer ${await client.logIn('member', 'openid')}` })).status).toBe(403)
  })
})
