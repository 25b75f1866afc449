import { jwtVerify } from 'jose'
import type { VisaIssuerConfig } from '../../../schemas/index.js'
import { AFFILIATION } from '../audiences.js'
import { isNamed, parseOrganisation } from '../organisations.js'
import type { Subject, Visa } from '../person.js'
import { parseConditions, type Conditions } from './conditions.js'
import { decodeToken, type Claims } from './decode-token.js'
import { readObject, readScope, readText, requireText, requireTime } from './read-claims.js'
import { RefusedError } from './refused.js'
import { ALGORITHMS, CLOCK_TOLERANCE_S, secondsNow, type Trust } from './trust.js'

const TYPES: ReadonlySet<unknown> = new Set([undefined, 'vnd.ga4gh.visa+jwt', 'JWT'])
const WHO: ReadonlySet<string | undefined> = new Set(['self', 'peer', 'system', 'so', 'dac'])
/** Types that are worth nothing when nobody says who asserts them. */
const NEEDS_BY: ReadonlySet<string> = new Set(['AcceptedTermsAndPolicies', 'ControlledAccessGrants'])
const MAXIMUM_LENGTH = 8 * 1024

export const LINKED_IDENTITIES = 'LinkedIdentities'

/** A visa that was verified, of an issuer that may say this. Whose it is, and whether its conditions are met, is open. */
export interface VerifiedVisa extends Visa {
  readonly subject: Subject
  readonly conditions: Conditions | 'none'
}

/**
 * Verifies one visa of a Passport (GA4GH Passport v1.2).
 *
 * @throws RefusedError, JOSEError it does not count; NodeError unavailable
 */
export async function verifyVisa(token: unknown, trust: Trust): Promise<VerifiedVisa> {
  if (typeof token !== 'string' || token.length > MAXIMUM_LENGTH) throw new RefusedError('it is too long')
  const decoded = decodeToken(token)
  if (!decoded) throw new RefusedError('it cannot be read')
  const { header, claims } = decoded
  if (!TYPES.has(header['typ'])) throw new RefusedError('it is no visa')
  requireText(header, 'kid')
  const issuer = trust.issuers.get(requireText(claims, 'iss'))
  if (!issuer) throw new RefusedError('its issuer is not trusted')
  // Before anything is fetched: an address is only ever compared, never taken from a token.
  const jku = header['jku']
  const keys = typeof jku === 'string' ? issuer.keysAt.get(jku) : undefined
  if (!keys) throw new RefusedError('its jku is not one of its issuer')
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ALGORITHMS,
    issuer: issuer.config.issuer,
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: trust.now(),
    requiredClaims: ['iss', 'sub', 'iat', 'exp'],
  })
  // Such a visa is an access token, which could be sent on (GA4GH AAI 1.0; deprecated).
  if (readScope(payload).has('openid')) throw new RefusedError('it is an access token')
  const visa = readVisa(payload, issuer.config, secondsNow(trust))
  requireDelegated(visa, issuer.config)
  return visa
}

function readVisa(payload: Claims, { issuer, maximumAge }: VisaIssuerConfig, now: number): VerifiedVisa {
  const said = readObject(payload, 'ga4gh_visa_v1')
  if (!said) throw new RefusedError('it says nothing')
  const type = requireText(said, 'type')
  const value = type === LINKED_IDENTITIES ? requireLongText(said, 'value') : requireText(said, 'value')
  const source = requireText(said, 'source')
  const by = readText(said, 'by')
  if (by === undefined ? NEEDS_BY.has(type) : !WHO.has(by)) throw new RefusedError('its by cannot be used')
  const { asserted } = said
  if (typeof asserted !== 'number' || !Number.isSafeInteger(asserted)) throw new RefusedError('its asserted is no time')
  if (asserted > now + CLOCK_TOLERANCE_S) throw new RefusedError('it is asserted in the future')
  const expires = Math.min(requireTime(payload, 'exp'), maximumAge === undefined ? Infinity : asserted + maximumAge)
  if (expires <= now - CLOCK_TOLERANCE_S) throw new RefusedError('it was asserted too long ago')
  const conditions = parseConditions(said['conditions'])
  if (!conditions) throw new RefusedError('its conditions cannot be used')
  const id = readText(payload, 'jti')
  return {
    subject: { issuer, id: requireText(payload, 'sub') },
    issuer,
    ...(id === undefined ? {} : { id }),
    type,
    value,
    source,
    ...(by === undefined ? {} : { by }),
    asserted,
    expires,
    conditions,
  }
}

/** A list of names, which the length of the visa bounds. */
function requireLongText(claims: Claims, name: string): string {
  const value = claims[name]
  if (typeof value !== 'string' || value === '') throw new RefusedError(`its ${name} is missing`)
  return value
}

/** Trust in an issuer is trust for something: without these bounds it could grant every node's data. */
function requireDelegated({ type, value, source }: Visa, config: VisaIssuerConfig): void {
  if (!config.types.includes(type)) throw new RefusedError('its issuer may not issue its type')
  if (!config.sources.includes(source)) throw new RefusedError('its issuer may not speak for its source')
  if (config.valuePrefix !== undefined && !value.startsWith(config.valuePrefix)) {
    throw new RefusedError('its issuer may not issue its value')
  }
  if (type === AFFILIATION && config.organisations) {
    const organisation = parseOrganisation(value)
    if (organisation === undefined || !isNamed(organisation, config.organisations)) {
      throw new RefusedError('its issuer may not speak of its organisation')
    }
  }
}
