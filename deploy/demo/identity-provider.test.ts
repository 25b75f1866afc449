import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import {
  calculateJwkThumbprint,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose'
import { createIdentityProvider, type IdentityProvider } from './identity-provider.js'
import { createBrowser } from './testing/browser.js'

const NORR = 'http://127.0.0.1:4001'
const SYD = 'http://127.0.0.1:4003'
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const PASSPORT = 'urn:ga4gh:params:oauth:token-type:passport'
const REDIRECT = 'http://127.0.0.1:45678/callback'

let provider: IdentityProvider
let hubKey: CryptoKey
let hubJwk: JWK
const printed: unknown[][] = []
const spies = (['log', 'info', 'warn', 'error'] as const).map((name) =>
  jest.spyOn(console, name).mockImplementation((...words: unknown[]) => void printed.push(words)),
)

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true })
  hubKey = pair.privateKey
  hubJwk = await exportJWK(pair.publicKey)
  provider = await createIdentityProvider({ port: 0, audiences: [NORR, SYD], hubKeys: new Map([['fyr-hub', hubJwk]]) })
})
afterAll(async () => {
  await provider.close()
  spies.forEach((spy) => spy.mockRestore())
})

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, string>
}

async function post(path: string, form: readonly (readonly [string, string])[]): Promise<Reply> {
  const body = new URLSearchParams(form.map(([name, value]) => [name, value]))
  const response = await fetch(`${provider.issuer}${path}`, { method: 'POST', body })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Reply['body'] }
}

interface CodeLogin {
  readonly scope?: string
  readonly extra?: Readonly<Record<string, string>>
  readonly person?: string
}

/** The page that an authorization request comes to, and the verifier of its challenge. */
async function askForCode({ scope = 'openid profile ga4gh_passport_v1', extra = {}, person }: CodeLogin) {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: 'fyr',
    response_type: 'code',
    scope,
    redirect_uri: REDIRECT,
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(person === undefined ? {} : { login_hint: person }),
    ...extra,
  })
  const browser = createBrowser()
  const isEnd = (url: string) => url.startsWith(REDIRECT)
  const page = await browser.open(`${provider.issuer}/auth?${query.toString()}`, isEnd)
  return { page, verifier, pick: (id: string) => browser.submit(page, { person: id }, isEnd) }
}

function redeem(url: string, verifier: string, extra: readonly (readonly [string, string])[] = []): Promise<Reply> {
  return post('/token', [
    ['grant_type', 'authorization_code'],
    ['client_id', 'fyr'],
    ['code', new URL(url).searchParams.get('code') ?? ''],
    ['redirect_uri', REDIRECT],
    ['code_verifier', verifier],
    ...extra,
  ])
}

async function logIn(person: string, scope?: string): Promise<string> {
  const { page, verifier } = await askForCode({ person, ...(scope === undefined ? {} : { scope }) })
  const { body } = await redeem(page.url, verifier)
  return body['access_token']!
}

function exchangeForm(token: string, resource: string): (readonly [string, string])[] {
  return [
    ['grant_type', TOKEN_EXCHANGE],
    ['requested_token_type', PASSPORT],
    ['subject_token', token],
    ['subject_token_type', ACCESS_TOKEN],
    ['resource', resource],
  ]
}

async function asHub(key: CryptoKey = hubKey, client = 'fyr-hub'): Promise<(readonly [string, string])[]> {
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(provider.issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(key)
  return [
    ['client_id', client],
    ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
    ['client_assertion', assertion],
  ]
}

const AS_PERSON = [['client_id', 'fyr']] as const

describe('a login', () => {
  test('by picking a person gives an access token for Passports, and one that names the person to the client', async () => {
    const { page, verifier, pick } = await askForCode({})
    expect(page.status).toBe(200)
    expect(page.text).toContain('anybody can be anyone')
    const end = await pick('member')
    expect(new URL(end.url).searchParams.get('state')).toBe('the-state')
    expect(new URL(end.url).searchParams.get('iss')).toBe(provider.issuer)
    const { status, body } = await redeem(end.url, verifier)
    expect(status).toBe(200)
    expect(decodeProtectedHeader(body['access_token']!)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(decodeJwt(body['access_token']!)).toMatchObject({
      iss: provider.issuer,
      aud: provider.issuer,
      sub: 'member',
      client_id: 'fyr',
      scope: 'openid ga4gh_passport_v1',
    })
    expect(decodeJwt(body['id_token']!)).toMatchObject({ sub: 'member', aud: 'fyr', nonce: 'the-nonce' })
    expect(body['refresh_token']).toBeDefined()
  })

  test('by login_hint needs no click, and a hint that names nobody comes to the page', async () => {
    expect(decodeJwt(await logIn('researcher')).sub).toBe('researcher')
    expect((await askForCode({ person: 'somebody' })).page.text).toContain('Who are you?')
  })

  test('asks again who it is, though the browser was somebody a moment ago', async () => {
    const browser = createBrowser()
    const query = (hint: string) =>
      new URLSearchParams({
        client_id: 'fyr',
        response_type: 'code',
        scope: 'openid',
        redirect_uri: REDIRECT,
        state: 's',
        code_challenge: 'a'.repeat(43),
        code_challenge_method: 'S256',
        login_hint: hint,
      }).toString()
    const isEnd = (url: string) => url.startsWith(REDIRECT)
    expect(isEnd((await browser.open(`${provider.issuer}/auth?${query('member')}`, isEnd)).url)).toBe(true)
    expect((await browser.open(`${provider.issuer}/auth?${query('')}`, isEnd)).text).toContain('Who are you?')
  })

  test('can be renewed, once with each refresh token', async () => {
    const { page, verifier } = await askForCode({ person: 'member' })
    const first = await redeem(page.url, verifier)
    const renew = (token: string) =>
      post('/token', [['grant_type', 'refresh_token'], ['client_id', 'fyr'], ['refresh_token', token]]) // prettier-ignore
    const second = await renew(first.body['refresh_token']!)
    expect(second.status).toBe(200)
    expect(decodeJwt(second.body['access_token']!)).toMatchObject({ sub: 'member', scope: 'openid ga4gh_passport_v1' })
    expect(await renew(first.body['refresh_token']!)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test.each([
    ['another verifier', 'x'.repeat(43), REDIRECT],
    ['another redirect', undefined, 'http://127.0.0.1:45678/other'],
  ])('with %s gives nothing', async (_, otherVerifier, redirect) => {
    const { page, verifier } = await askForCode({ person: 'member' })
    const reply = await post('/token', [
      ['grant_type', 'authorization_code'],
      ['client_id', 'fyr'],
      ['code', new URL(page.url).searchParams.get('code')!],
      ['redirect_uri', redirect],
      ['code_verifier', otherVerifier ?? verifier],
    ])
    expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['for another resource', { resource: 'https://elsewhere.example' }],
  ])('%s is refused at the redirect', async (_, extra) => {
    const { page } = await askForCode({ person: 'member', extra })
    expect(new URL(page.url).searchParams.get('error')).toMatch(/^invalid_(request|target)$/)
    expect(new URL(page.url).searchParams.get('code')).toBeNull()
  })

  test.each([
    ['an unknown client', { client_id: 'somebody' }],
    ['a redirect that is not loopback', { redirect_uri: 'https://elsewhere.example/callback' }],
  ])('of %s goes nowhere', async (_, extra) => {
    const { page } = await askForCode({ person: 'member', extra })
    expect(page.status).toBe(400)
    expect(page.url.startsWith(provider.issuer)).toBe(true)
  })

  test('in a terminal waits for the code to be confirmed in a browser', async () => {
    const begun = await post('/device/auth', [['client_id', 'fyr'], ['scope', 'openid ga4gh_passport_v1']]) // prettier-ignore
    const poll = () =>
      post('/token', [
        ['grant_type', 'urn:ietf:params:oauth:grant-type:device_code'],
        ['client_id', 'fyr'],
        ['device_code', begun.body['device_code']!],
      ])
    expect((await poll()).body['error']).toBe('authorization_pending')
    const browser = createBrowser()
    const asked = await browser.open(begun.body['verification_uri_complete']!)
    // The package sends the code on by a form that submits itself.
    const confirm = await browser.submit(asked, {})
    expect(confirm.text).toContain(begun.body['user_code'])
    const who = await browser.submit(confirm, {})
    expect(who.text).toContain('Who are you?')
    expect((await browser.submit(who, { person: 'researcher' })).text).toContain('Logged in')
    const { status, body } = await poll()
    expect(status).toBe(200)
    expect(decodeJwt(body['access_token']!)).toMatchObject({ sub: 'researcher', scope: 'openid ga4gh_passport_v1' })
  })
})

describe('a Passport', () => {
  test('for a hub is for one node, bears the name and the key of the hub, and what it is for', async () => {
    const form = [
      ...exchangeForm(await logIn('member'), NORR),
      ...(await asHub()),
      ['ngp_purpose', 'HRESCH'] as const,
      ['ngp_project', 'urn:ngp:project:2026-001'] as const,
    ]
    const { status, headers, body } = await post('/token', form)
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
    const { body } = await post('/token', [...exchangeForm(await logIn('member'), SYD), ...AS_PERSON])
    const payload = decodeJwt(body['access_token']!)
    expect(payload).toMatchObject({ sub: 'member', aud: [SYD], client_id: 'fyr' })
    for (const claim of ['act', 'cnf', 'ngp_purpose', 'ngp_project']) expect(payload).not.toHaveProperty(claim)
  })

  test('holds visas that their own issuer signed', async () => {
    const { body } = await post('/token', [...exchangeForm(await logIn('researcher'), SYD), ...AS_PERSON])
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
    const { body } = await post('/token', [...exchangeForm(await logIn('visitor'), SYD), ...AS_PERSON])
    expect(decodeJwt(body['access_token']!)['ga4gh_passport_v1']).toEqual([])
  })

  const without = (form: readonly (readonly [string, string])[], name: string) => form.filter(([n]) => n !== name)
  type Form = readonly (readonly [string, string])[]
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
    ['the hub with another key', async (t) => [...exchangeForm(t, NORR), ...(await asHub((await generateKeyPair('ES256')).privateKey))], 401, 'invalid_client'], // prettier-ignore
  ]

  test.each(CASES)('for %s is refused', async (_, toForm, status, error) => {
    const reply = await post('/token', await toForm(await logIn('member')))
    expect(reply).toMatchObject({ status, body: { error } })
    expect(reply.body).not.toHaveProperty('access_token')
  })

  test('is not made of an access token that is not for Passports, nor of a Passport', async () => {
    const poor = await logIn('member', 'openid')
    const rich = await logIn('member')
    const passport = (await post('/token', [...exchangeForm(rich, NORR), ...AS_PERSON])).body['access_token']!
    for (const token of [poor, passport]) {
      const reply = await post('/token', [...exchangeForm(token, NORR), ...AS_PERSON])
      expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    }
  })
})

describe('userinfo', () => {
  const ask = (headers: Record<string, string>) => fetch(`${provider.issuer}/me`, { headers })

  test('takes the access token and gives the visas', async () => {
    const response = await ask({ authorization: `Bearer ${await logIn('researcher')}` })
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
    expect((await ask({ authorization: `Bearer ${await logIn('member', 'openid')}` })).status).toBe(403)
  })
})

test('the identity provider prints nothing', () => {
  expect(printed).toEqual([])
})
