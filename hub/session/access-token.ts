import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import { PASSPORT_SCOPE, type LoginConfig } from '../../schemas/index.js'
import { HubError } from '../errors.js'
import { invalidToken, toChallenge, type Realm } from './bearer-token.js'

/** GA4GH AAI 1.2 allows these two and no other. */
const ALGORITHMS = ['RS256', 'ES256']
/** RFC 9068, and what brokers wrote before it. */
const TYPES: ReadonlySet<string> = new Set(['at+jwt', 'application/at+jwt', 'jwt'])
/** Of clocks, seconds. */
const TOLERANCE_SECONDS = 5

/** @throws HubError unauthenticated, permission_denied, unavailable */
export type CheckAccessToken = (token: string) => Promise<void>

export interface AccessTokenParts {
  readonly login: LoginConfig
  readonly realm: Realm
  /** To fetch the broker's keys, milliseconds. */
  readonly timeoutMs: number
  readonly wallClock: () => Date
}

/** Codes of jose for a broker that does not give its keys; the rest of its errors are about the token. */
const KEYS_MISSING: ReadonlySet<string> = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID'])

export function noKeys(reason: string): HubError {
  return new HubError(
    'unavailable',
    'the login service cannot be reached, so that your login cannot be checked',
    reason,
  )
}

/** Checks Passport-scoped access tokens (GA4GH AAI 1.2): signature, issuer, time, scope. A broker out of reach is 503, never 401. */
export function createAccessTokenCheck({ login, realm, timeoutMs, wallClock }: AccessTokenParts): CheckAccessToken {
  const keys = createRemoteJWKSet(new URL(login.jwksUri), { timeoutDuration: timeoutMs })

  const verify = async (token: string) => {
    try {
      return await jwtVerify(token, keys, {
        issuer: login.issuer,
        ...(login.audience === undefined ? {} : { audience: login.audience }),
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'scope', 'iat', 'exp'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: wallClock(),
      })
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw invalidToken(realm, 'the access token has expired; log in again')
      // A refused connection is a TypeError of fetch.
      if (!(error instanceof errors.JOSEError)) throw noKeys(error instanceof Error ? error.name : typeof error)
      if (KEYS_MISSING.has(error.code)) throw noKeys(error.code)
      throw invalidToken(realm, 'the access token is not valid here; log in again')
    }
  }

  return async (token) => {
    const { payload, protectedHeader } = await verify(token)
    if (!TYPES.has((protectedHeader.typ ?? '').toLowerCase()))
      throw invalidToken(realm, 'this is no access token; log in again')
    const scopes = typeof payload['scope'] === 'string' ? payload['scope'].split(' ') : []
    if (PASSPORT_SCOPE.split(' ').every((needed) => scopes.includes(needed))) return
    const message = 'the access token is not for Passports'
    const challenge = toChallenge(realm, 'insufficient_scope', message, PASSPORT_SCOPE)
    throw new HubError('permission_denied', message, undefined, challenge)
  }
}
