import { jwtVerify } from 'jose'
import { readBearer, readVisas, type Bearer } from './bearer.js'
import type { DecodedToken } from './decode-token.js'
import { requireText } from './read-claims.js'
import { RefusedError } from './refused.js'
import { ALGORITHMS, CLOCK_TOLERANCE_S, type Trust } from './trust.js'

/** `typ` of a Passport; access tokens and visas have others, and are signed by the same keys (GA4GH AAI 1.2). */
export const PASSPORT_TYPE = 'vnd.ga4gh.passport+jwt'
/** Longest time since `iat`, seconds: a Passport is made for one question, not for a day. */
const MAXIMUM_AGE_S = 900

/**
 * Verifies a Passport, all but its visas.
 *
 * @throws RefusedError, JOSEError it is not good; NodeError unavailable
 */
export async function verifyPassport(
  token: string,
  { header, claims }: DecodedToken,
  { brokers, audience, now }: Trust,
): Promise<Bearer> {
  if (header['typ'] !== PASSPORT_TYPE) throw new RefusedError('it is no Passport')
  requireText(header, 'kid')
  const broker = brokers.get(requireText(claims, 'iss'))
  if (!broker) throw new RefusedError('its issuer is not trusted')
  const { issuer, requiresAudience = true } = broker.config
  const isAddressed = requiresAudience || claims['aud'] !== undefined
  // The keys are the configured ones, whatever `jku`, `jwk`, `x5u` or `x5c` of the header say.
  const { payload } = await jwtVerify(token, broker.keys, {
    algorithms: ALGORITHMS,
    typ: PASSPORT_TYPE,
    issuer,
    clockTolerance: CLOCK_TOLERANCE_S,
    maxTokenAge: MAXIMUM_AGE_S,
    currentDate: now(),
    requiredClaims: ['iss', 'sub', 'iat', 'exp', 'jti'],
    ...(isAddressed ? { audience: audience() } : {}),
  })
  // One that two nodes take could be used by the one at the other.
  if (Array.isArray(payload.aud) && payload.aud.length > 1) throw new RefusedError('it is for several nodes')
  const bearer = readBearer(payload, readVisas(payload), !isAddressed)
  if (bearer.needsKey && bearer.keyThumbprint === undefined) {
    throw new RefusedError('it is for no node, and bound to no key')
  }
  return bearer
}
