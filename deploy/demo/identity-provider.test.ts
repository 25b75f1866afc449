import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { createIdentityProvider, type IdentityProvider } from './identity-provider.js'
import { createBrowser } from './testing/browser.js'
import { createLoginClient, REDIRECT } from './testing/login-client.js'

let provider: IdentityProvider
let client: ReturnType<typeof createLoginClient>
const printed: unknown[][] = []
const spies = (['log', 'info', 'warn', 'error'] as const).map((name) =>
  jest.spyOn(console, name).mockImplementation((...words: unknown[]) => void printed.push(words)),
)

beforeAll(async () => {
  provider = await createIdentityProvider({ port: 0, audiences: [] })
  client = createLoginClient(provider.issuer)
})
afterAll(async () => {
  await provider.close()
  spies.forEach((spy) => spy.mockRestore())
})

describe('a login', () => {
  test('by picking a person gives an access token for Passports, and one that names the person to the client', async () => {
    const { page, verifier, pick } = await client.askForCode({})
    expect(page.status).toBe(200)
    expect(page.text).toContain('anybody can be anyone')
    const end = await pick('member')
    expect(new URL(end.url).searchParams.get('state')).toBe('the-state')
    expect(new URL(end.url).searchParams.get('iss')).toBe(provider.issuer)
    const { status, body } = await client.redeem(end.url, verifier)
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
    expect(decodeJwt(await client.logIn('researcher')).sub).toBe('researcher')
    expect((await client.askForCode({ person: 'somebody' })).page.text).toContain('Who are you?')
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
    const { page, verifier } = await client.askForCode({ person: 'member' })
    const first = await client.redeem(page.url, verifier)
    const renew = (token: string) =>
      client.post('/token', [['grant_type', 'refresh_token'], ['client_id', 'fyr'], ['refresh_token', token]]) // prettier-ignore
    const second = await renew(first.body['refresh_token']!)
    expect(second.status).toBe(200)
    expect(decodeJwt(second.body['access_token']!)).toMatchObject({ sub: 'member', scope: 'openid ga4gh_passport_v1' })
    expect(await renew(first.body['refresh_token']!)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test.each([
    ['another verifier', 'x'.repeat(43), REDIRECT],
    ['another redirect', undefined, 'http://127.0.0.1:45678/other'],
  ])('with %s gives nothing', async (_, otherVerifier, redirect) => {
    const { page, verifier } = await client.askForCode({ person: 'member' })
    const reply = await client.post('/token', [
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
    const { page } = await client.askForCode({ person: 'member', extra })
    expect(new URL(page.url).searchParams.get('error')).toMatch(/^invalid_(request|target)$/)
    expect(new URL(page.url).searchParams.get('code')).toBeNull()
  })

  test.each([
    ['an unknown client', { client_id: 'somebody' }],
    ['a redirect that is not loopback', { redirect_uri: 'https://elsewhere.example/callback' }],
  ])('of %s goes nowhere', async (_, extra) => {
    const { page } = await client.askForCode({ person: 'member', extra })
    expect(page.status).toBe(400)
    expect(page.url.startsWith(provider.issuer)).toBe(true)
  })

  test('in a terminal waits for the code to be confirmed in a browser', async () => {
    const begun = await client.post('/device/auth', [['client_id', 'fyr'], ['scope', 'openid ga4gh_passport_v1']]) // prettier-ignore
    const poll = () =>
      client.post('/token', [
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

test('the identity provider prints nothing', () => {
  expect(printed).toEqual([])
})
