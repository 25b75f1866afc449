import type { Subject } from '../person.js'
import type { Claims } from './decode-token.js'
import { readObject, readText, readTime, requireText, requireTime } from './read-claims.js'
import { RefusedError } from './refused.js'

/** What a verified token says of who bears it. The visas have not been looked at. */
export interface Bearer {
  readonly subject: Subject
  /** As they came. */
  readonly visas: readonly unknown[]
  /** Seconds since 1970. */
  readonly expires: number
  readonly passportId?: string
  readonly actor?: string
  readonly client?: string
  readonly keyThumbprint?: string
  /** The token names no node: it is worth something only with the key that it is bound to. */
  readonly needsKey: boolean
  readonly acr?: string
  readonly authenticatedAt?: number
  readonly unit?: string
  readonly provider?: string
  readonly purpose?: string
  readonly project?: string
}

/** Visas of a Passport; more are no honest Passport. */
const MAXIMUM_VISAS = 200

/** Reads the claims of a token whose signature was verified. @throws RefusedError a claim is missing, or not what it should be */
export function readBearer(claims: Claims, visas: readonly unknown[], needsKey: boolean): Bearer {
  const actor = readObject(claims, 'act')
  const confirmation = readObject(claims, 'cnf')
  const optional = {
    passportId: readText(claims, 'jti'),
    // Both are bounds, so one that cannot be read must not count as none.
    actor: actor && requireText(actor, 'sub'),
    keyThumbprint: confirmation && requireText(confirmation, 'jkt'),
    client: readText(claims, 'client_id') ?? readText(claims, 'azp'),
    acr: readText(claims, 'acr'),
    authenticatedAt: readTime(claims, 'auth_time'),
    unit: readText(claims, 'ngp_unit'),
    provider: readText(claims, 'ngp_provider'),
    purpose: readText(claims, 'ngp_purpose'),
    project: readText(claims, 'ngp_project'),
  }
  return {
    subject: { issuer: requireText(claims, 'iss'), id: requireText(claims, 'sub') },
    visas,
    expires: requireTime(claims, 'exp'),
    needsKey,
    ...withoutUndefined(optional),
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>
}

/** The visas of a Passport or of userinfo, unread. @throws RefusedError */
export function readVisas({ ga4gh_passport_v1: visas }: Claims): readonly unknown[] {
  if (!Array.isArray(visas)) throw new RefusedError('its ga4gh_passport_v1 is not a list')
  if (visas.length > MAXIMUM_VISAS) throw new RefusedError('it holds too many visas')
  return visas
}
