import { jwtVerify } from 'jose'
import { toNodeError, type NodeError } from '../../errors.js'
import { insufficientScope, trustUnavailable, type Realm } from '../challenges.js'
import { readBearer, readVisas, type Bearer } from './bearer.js'
import type { Claims, DecodedToken } from './decode-token.js'
import { readScope, requireText } from './read-claims.js'
import { RefusedError } from './refused.js'
import { ALGORITHMS, CLOCK_TOLERANCE_S, secondsNow, type Trust, type TrustedBroker } from './trust.js'

/** `typ` of an access token (RFC 9068). An id token has another, and is not for us. */
export const ACCESS_TOKEN_TYPE = 'at+jwt'
/** An opaque token does not say when it is over, so what was learnt by it is good for this long, seconds. */
const OPAQUE_LIFETIME_S = 300
/** Questions about tokens at one time: who makes up tokens must not make the node ask brokers without end. */
const MAXIMUM_QUESTIONS = 32

const NOT_KNOWN: ReadonlySet<number> = new Set([400, 401, 403])

export interface AccessTokens {
  /**
   * Verifies an access token in JWT form (RFC 9068), and asks its broker for the visas, as GA4GH AAI 1.0 has it.
   *
   * @throws RefusedError, JOSEError it is not good; NodeError permission_denied: it was not made for visas, unavailable
   */
  verify(token: string, decoded: DecodedToken): Promise<Bearer>
  /**
   * Asks every broker that can be asked for the bearer of a token that only its broker can read.
   *
   * @throws RefusedError none knows it; NodeError unavailable: one that could know it does not answer
   */
  ask(token: string): Promise<Bearer>
}

export function createAccessTokens({ brokers, audience, now, fetchJson }: Trust, realm: Realm): AccessTokens {
  const askable = [...brokers.values()].filter(({ config }) => config.userinfoEndpoint !== undefined)
  let questions = 0

  /** What userinfo says; undefined: it does not know the token. */
  async function userinfo({ config }: TrustedBroker, token: string): Promise<Claims | undefined> {
    if (questions >= MAXIMUM_QUESTIONS) throw trustUnavailable('too many tokens are being asked about')
    questions++
    try {
      const { status, body } = await fetchJson(config.userinfoEndpoint!, token)
      if (NOT_KNOWN.has(status)) return undefined
      if (status !== 200 || typeof body !== 'object' || body === null) throw new Error(`HTTP status ${status}`)
      return body as Claims
    } catch (cause) {
      throw trustUnavailable('the broker of the token cannot be asked at the moment', cause)
    } finally {
      questions--
    }
  }

  /** Who asks for no visas has none, but is somebody all the same. */
  function visasOf(claims: Claims): readonly unknown[] {
    return claims['ga4gh_passport_v1'] === undefined ? [] : readVisas(claims)
  }

  return {
    async verify(token, { header, claims }) {
      requireText(header, 'kid')
      const broker = brokers.get(requireText(claims, 'iss'))
      if (!broker) throw new RefusedError('its issuer is not trusted')
      const { issuer, userinfoEndpoint, accessTokenAudience = [] } = broker.config
      if (userinfoEndpoint === undefined) throw new RefusedError('it is no Passport')
      const { payload } = await jwtVerify(token, broker.keys, {
        algorithms: ALGORITHMS,
        typ: ACCESS_TOKEN_TYPE,
        issuer,
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: now(),
        requiredClaims: ['iss', 'sub', 'iat', 'exp'],
        ...(claims['aud'] === undefined ? {} : { audience: [audience(), issuer, ...accessTokenAudience] }),
      })
      if (payload['ga4gh_passport_v1'] !== undefined || payload['ga4gh_visa_v1'] !== undefined) {
        throw new RefusedError('it holds visas, which no access token does')
      }
      const scope = readScope(payload)
      if (!scope.has('openid') || !scope.has('ga4gh_passport_v1')) {
        throw insufficientScope(realm, 'the access token was not made for visas')
      }
      const info = await userinfo(broker, token)
      if (!info) throw new RefusedError('its broker does not know it')
      if (info['sub'] !== payload.sub) throw new RefusedError('its broker knows it as of somebody else')
      return readBearer(payload, visasOf(info), false)
    },

    async ask(token) {
      const failures: NodeError[] = []
      for (const broker of askable) {
        const info = await userinfo(broker, token).catch((error: unknown) => {
          failures.push(toNodeError(error))
          return undefined
        })
        if (!info) continue
        const { sub, acr, auth_time } = info
        const claims = { iss: broker.config.issuer, sub, acr, auth_time, exp: secondsNow({ now }) + OPAQUE_LIFETIME_S }
        return readBearer(claims, visasOf(info), false)
      }
      const [failure] = failures
      if (failure) throw failure
      throw new RefusedError('it is no Passport, and no trusted broker knows it')
    },
  }
}
