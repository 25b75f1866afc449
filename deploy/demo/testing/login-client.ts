import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { SignJWT, type CryptoKey } from 'jose'
import { createBrowser } from './browser.js'

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
export const PASSPORT = 'urn:ga4gh:params:oauth:token-type:passport'
export const REDIRECT = 'http://127.0.0.1:45678/callback'

export type Form = readonly (readonly [string, string])[]

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, string>
}

export interface CodeLogin {
  readonly scope?: string
  readonly extra?: Readonly<Record<string, string>>
  readonly person?: string
}

/** Form of a token exchange, without the client. */
export function exchangeForm(token: string, resource: string): Form {
  return [
    ['grant_type', TOKEN_EXCHANGE],
    ['requested_token_type', PASSPORT],
    ['subject_token', token],
    ['subject_token_type', ACCESS_TOKEN],
    ['resource', resource],
  ]
}

/** What a client says to an identity provider in tests. */
export function createLoginClient(issuer: string) {
  async function post(path: string, form: readonly (readonly [string, string])[]): Promise<Reply> {
    const body = new URLSearchParams(form.map(([name, value]) => [name, value]))
    const response = await fetch(`${issuer}${path}`, { method: 'POST', body })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Reply['body'] }
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
    const page = await browser.open(`${issuer}/auth?${query.toString()}`, isEnd)
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

  async function asHub(key: CryptoKey, client = 'fyr-hub'): Promise<(readonly [string, string])[]> {
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(client)
      .setSubject(client)
      .setAudience(issuer)
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

  return { post, askForCode, redeem, logIn, asHub }
}
