import fetch, { type Response } from 'node-fetch'
import { decodeJwt } from 'jose'
import { PASSPORT_TYPE, toExchangeForm, type ExchangeRequest, type LoginConfig } from '../../schemas/index.js'
import type { AssertClient } from './client-assertion.js'

/** A Passport with all its visas is a few kilobytes. */
const MAXIMUM_REPLY_BYTES = 262_144

export type ExchangeOutcome =
  | { readonly kind: 'passport'; readonly passport: string; /** Milliseconds since 1970. */ readonly expiresAt: number }
  /** The broker makes no Passport for this audience. */
  | { readonly kind: 'no-such-audience' }
  | { readonly kind: 'token-refused' }
  /** The broker is out of reach, too late, or does not do what was agreed; `reason` is for the log. */
  | { readonly kind: 'unavailable'; readonly reason: string }

/** Never rejects. */
export type ExchangeToken = (request: ExchangeRequest) => Promise<ExchangeOutcome>

export interface ExchangeParts {
  readonly login: LoginConfig
  readonly assertClient: AssertClient
  readonly timeoutMs: number
  readonly wallClock: () => Date
}

function unavailable(reason: string): ExchangeOutcome {
  return { kind: 'unavailable', reason }
}

function textOf(body: unknown, name: string): string | undefined {
  const value: unknown = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/** When a Passport is over: as it says itself, and no later than the reply says. */
function toExpiry(passport: string, expiresIn: unknown, now: number): number | undefined {
  try {
    const { exp } = decodeJwt(passport)
    if (exp === undefined) return undefined
    return Math.min(exp * 1_000, typeof expiresIn === 'number' ? now + expiresIn * 1_000 : Infinity)
  } catch {
    return undefined
  }
}

/** RFC 8693 section 2.2.2 and RFC 8707 section 2. */
function toRefusal(status: number, body: unknown): ExchangeOutcome {
  const error = textOf(body, 'error')
  if (status === 400 && error === 'invalid_target') return { kind: 'no-such-audience' }
  // Some brokers say invalid_grant of a subject token.
  if (status === 400 && (error === 'invalid_request' || error === 'invalid_grant')) return { kind: 'token-refused' }
  return unavailable(`answered HTTP ${status}`)
}

/** One access token for one Passport (RFC 8693, GA4GH AAI 1.2). */
export function createTokenExchange({ login, assertClient, timeoutMs, wallClock }: ExchangeParts): ExchangeToken {
  const send = (request: ExchangeRequest): Promise<Response> =>
    fetch(login.tokenEndpoint, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ ...toExchangeForm(request), ...assertClient() }),
      redirect: 'error',
      size: MAXIMUM_REPLY_BYTES,
      signal: AbortSignal.timeout(timeoutMs),
    })

  return async (request) => {
    let body: unknown
    let response: Response
    try {
      response = await send(request)
      body = await response.json()
    } catch (error) {
      const code = (error as { code?: unknown }).code
      return unavailable(typeof code === 'string' ? code : error instanceof Error ? error.name : typeof error)
    }
    if (response.status !== 200) return toRefusal(response.status, body)
    const passport = textOf(body, 'access_token')
    if (passport === undefined || textOf(body, 'issued_token_type') !== PASSPORT_TYPE)
      return unavailable('gave no Passport')
    const expiresAt = toExpiry(passport, (body as { expires_in?: unknown }).expires_in, wallClock().getTime())
    return expiresAt === undefined ? unavailable('gave no Passport') : { kind: 'passport', passport, expiresAt }
  }
}
