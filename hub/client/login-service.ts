import fetch, { type RequestInit } from 'node-fetch'
import { CommandFailure } from '../command.js'

const TIMEOUT_MS = 15_000
const MAXIMUM_REPLY_BYTES = 1_048_576

/** Client of `fyr`, which the login service knows as a public one. */
export const CLIENT_ID = 'fyr'

/** What `fyr` needs of OpenID Connect Discovery 1.0 and RFC 8414. */
export interface LoginService {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly deviceAuthorizationEndpoint?: string
  readonly revocationEndpoint?: string
  /** It names itself in the redirect (RFC 9207). */
  readonly saysIssuer: boolean
}

export interface JsonReply {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
}

/** Tokens and codes travel under TLS, or never leave the machine. @throws CommandFailure */
function toSafeUrl(text: unknown, what: string): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url
  throw new CommandFailure(`${what} must be an https address`)
}

async function send(url: URL, init: RequestInit): Promise<JsonReply> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'error',
      size: MAXIMUM_REPLY_BYTES,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const source = await response.text()
    const body: unknown = source === '' ? {} : JSON.parse(source)
    if (typeof body !== 'object' || body === null) throw new SyntaxError('no object')
    return { status: response.status, body: body as JsonReply['body'] }
  } catch (error) {
    const { code } = error as { code?: unknown }
    const why =
      error instanceof SyntaxError ? 'it does not answer in JSON' : typeof code === 'string' ? code : 'no answer'
    throw new CommandFailure(`cannot ask the login service at ${url.origin}: ${why}`)
  }
}

/** A form to one of its endpoints. @throws CommandFailure it cannot be reached */
export function postForm(endpoint: string, form: Readonly<Record<string, string>>): Promise<JsonReply> {
  const url = toSafeUrl(endpoint, 'an address of the login service')
  return send(url, { method: 'POST', headers: { accept: 'application/json' }, body: new URLSearchParams(form) })
}

/** Why it refused: `error` of RFC 6749 section 5.2, a word of a closed set, and nothing else of what it said. */
export function refusalOf({ status, body }: JsonReply): string {
  const { error } = body
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : `HTTP ${status}`
}

/** @throws CommandFailure */
export async function fetchLoginService(issuer: string): Promise<LoginService> {
  const base = toSafeUrl(issuer, 'the issuer')
  const { status, body } = await send(new URL(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`), {
    headers: { accept: 'application/json' },
  })
  if (status !== 200) throw new CommandFailure(`what answers at ${base.origin} is no login service`)
  // Discovery section 4.3: else one service could stand in for another.
  if (body['issuer'] !== issuer) throw new CommandFailure(`the login service does not call itself ${issuer}`)
  const required = (name: string) => toSafeUrl(body[name], `${name} of the login service`).href
  const optional = (name: string) => (body[name] === undefined ? undefined : required(name))
  const deviceAuthorizationEndpoint = optional('device_authorization_endpoint')
  const revocationEndpoint = optional('revocation_endpoint')
  return {
    issuer,
    authorizationEndpoint: required('authorization_endpoint'),
    tokenEndpoint: required('token_endpoint'),
    jwksUri: required('jwks_uri'),
    ...(deviceAuthorizationEndpoint === undefined ? {} : { deviceAuthorizationEndpoint }),
    ...(revocationEndpoint === undefined ? {} : { revocationEndpoint }),
    saysIssuer: body['authorization_response_iss_parameter_supported'] === true,
  }
}
