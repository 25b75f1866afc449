import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { CommandFailure } from '../command.js'
import { CLIENT_ID, postForm, refusalOf, type JsonReply, type LoginService } from './login-service.js'
import { openRedirectListener } from './redirect-listener.js'

/** `offline_access` lets a login be renewed where the service wants to be asked for it. */
const SCOPE = 'openid profile offline_access ga4gh_passport_v1'
/** How long one may look for one's password, milliseconds. */
const PATIENCE_MS = 5 * 60_000
const DEFAULT_INTERVAL_SECONDS = 5
/** What `slow_down` adds, RFC 8628 section 3.5. */
const SLOW_DOWN_SECONDS = 5
const ID_TOKEN_ALGORITHMS = ['RS256', 'ES256']

/** What the service gave, with the person that it says it is. */
export interface GivenTokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly refreshToken?: string
}

export interface Login extends GivenTokens {
  readonly subject: string
  readonly name?: string
}

export type Say = (text: string) => void

/** @throws CommandFailure the reply holds no access token */
export function toGivenTokens({ body }: JsonReply): GivenTokens {
  const { access_token: accessToken, expires_in: expiresIn, refresh_token: refreshToken } = body
  if (typeof accessToken !== 'string' || accessToken === '')
    throw new CommandFailure('the login service gave no access token')
  return {
    accessToken,
    expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : 0,
    ...(typeof refreshToken === 'string' ? { refreshToken } : {}),
  }
}

/** OpenID Connect Core section 3.1.3.7. @throws CommandFailure */
async function readIdToken(service: LoginService, reply: JsonReply, nonce: string | undefined) {
  const refused = new CommandFailure('the login service did not say in a way that can be checked who you are')
  const { id_token: idToken } = reply.body
  if (typeof idToken !== 'string') throw refused
  const { payload } = await jwtVerify(idToken, createRemoteJWKSet(new URL(service.jwksUri)), {
    issuer: service.issuer,
    audience: CLIENT_ID,
    algorithms: ID_TOKEN_ALGORITHMS,
    requiredClaims: ['sub', 'iat', 'exp'],
    clockTolerance: 5,
  }).catch(() => Promise.reject(refused))
  if (payload.sub === undefined || (nonce !== undefined && payload['nonce'] !== nonce)) throw refused
  const { name } = payload
  return { subject: payload.sub, ...(typeof name === 'string' ? { name } : {}) }
}

async function toLogin(service: LoginService, reply: JsonReply, nonce?: string): Promise<Login> {
  return { ...toGivenTokens(reply), ...(await readIdToken(service, reply, nonce)) }
}

function late(ms: number): { readonly is: Promise<never>; end(): void } {
  const controller = new AbortController()
  const is = sleep(ms, undefined, { signal: controller.signal }).then(
    () => Promise.reject(new CommandFailure('nobody logged in within five minutes; run fyr login again')),
    () => new Promise<never>(() => undefined),
  )
  return { is, end: () => controller.abort() }
}

function readCode(service: LoginService, answer: URLSearchParams): string {
  const says = answer.get('iss')
  // RFC 9207: a code of another service must not be redeemed at this one.
  if (says === null ? service.saysIssuer : says !== service.issuer)
    throw new CommandFailure('the answer is not that of the login service')
  const error = answer.get('error')
  if (error !== null) throw new CommandFailure(`the login was refused: ${refusalOf({ status: 0, body: { error } })}`)
  return answer.get('code') ?? ''
}

/**
 * Logs in by way of the user's browser, which the user opens: authorization code with PKCE (RFC 6749, 7636, 8252).
 *
 * @param hint who the service need not ask for
 * @throws CommandFailure
 */
export async function logInByBrowser(service: LoginService, say: Say, hint: string | undefined): Promise<Login> {
  const [state, nonce, verifier] = [randomBytes(16), randomBytes(16), randomBytes(32)].map((b) =>
    b.toString('base64url'),
  )
  const listener = await openRedirectListener(state!)
  const patience = late(PATIENCE_MS)
  try {
    const url = new URL(service.authorizationEndpoint)
    const query = {
      client_id: CLIENT_ID,
      response_type: 'code',
      redirect_uri: listener.redirectUri,
      scope: SCOPE,
      state: state!,
      nonce: nonce!,
      code_challenge: createHash('sha256').update(verifier!).digest('base64url'),
      code_challenge_method: 'S256',
      ...(hint === undefined ? {} : { login_hint: hint }),
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    say(`Open this page in a browser of this machine to log in:\n\n  ${url.href}\n\n`)
    const code = readCode(service, await Promise.race([listener.answer, patience.is]))
    const reply = await postForm(service.tokenEndpoint, {
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      code,
      redirect_uri: listener.redirectUri,
      code_verifier: verifier!,
    })
    if (reply.status !== 200) throw new CommandFailure(`the login was refused: ${refusalOf(reply)}`)
    return await toLogin(service, reply, nonce)
  } finally {
    patience.end()
    listener.close()
  }
}

/**
 * Logs in by way of a browser anywhere: device authorization (RFC 8628).
 *
 * @throws CommandFailure
 */
export async function logInByDevice(service: LoginService, say: Say): Promise<Login> {
  const endpoint = service.deviceAuthorizationEndpoint
  if (endpoint === undefined) throw new CommandFailure('the login service knows no login by device')
  const begun = await postForm(endpoint, { client_id: CLIENT_ID, scope: SCOPE })
  const {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page,
    interval,
    expires_in: lasts,
  } = begun.body
  if (begun.status !== 200) throw new CommandFailure(`the login was refused: ${refusalOf(begun)}`)
  if (typeof deviceCode !== 'string' || typeof userCode !== 'string' || typeof page !== 'string')
    throw new CommandFailure('the login service gave no code')
  const printable = (text: string) => text.replace(/[^!-~]/g, '')
  say(`Open ${printable(page)} in any browser and enter the code ${printable(userCode)}\n`)
  let seconds = typeof interval === 'number' ? interval : DEFAULT_INTERVAL_SECONDS
  const until = performance.now() + Math.min(PATIENCE_MS, typeof lasts === 'number' ? lasts * 1_000 : PATIENCE_MS)
  while (performance.now() < until) {
    await sleep(seconds * 1_000)
    const reply = await postForm(service.tokenEndpoint, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: CLIENT_ID,
      device_code: deviceCode,
    })
    if (reply.status === 200) return toLogin(service, reply)
    const why = refusalOf(reply)
    if (why === 'slow_down') seconds += SLOW_DOWN_SECONDS
    else if (why !== 'authorization_pending') throw new CommandFailure(`the login was refused: ${why}`)
  }
  throw new CommandFailure('nobody logged in with the code in time; run fyr login again')
}
