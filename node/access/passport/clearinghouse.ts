import { hash } from 'node:crypto'
import { NodeError } from '../../errors.js'
import { invalidToken, type Realm } from '../challenges.js'
import type { Person } from '../person.js'
import { acceptVisas, type OnDropped } from './accept-visas.js'
import type { Bearer } from './bearer.js'
import { decodeToken, looksSigned } from './decode-token.js'
import { RefusedError } from './refused.js'
import { toPerson } from './to-person.js'
import { secondsNow, type Trust } from './trust.js'
import { ACCESS_TOKEN_TYPE, createAccessTokens } from './verify-access-token.js'
import { verifyPassport } from './verify-passport.js'

const MAXIMUM_TOKEN = 64 * 1024
/** Longest time for which a token is believed without being verified again, seconds. */
const LONGEST_CACHED_S = 60
const MAXIMUM_CACHED = 2_000

/** Finds out who bears a token (GA4GH AAI 1.2: a Passport Clearinghouse). */
export interface Clearinghouse {
  /**
   * @param admit sees what the token says before its visas are looked at, in every request; throws to refuse it
   * @throws NodeError unauthenticated: the token is not good; unavailable: that cannot be said now; and what `admit` throws
   */
  identify(token: string, admit?: (bearer: Bearer) => void): Promise<Person>
}

interface Verified {
  readonly bearer: Promise<Bearer>
  /** Undefined: nobody who may have it asked yet. */
  person?: Promise<Person>
  /** Seconds since 1970. */
  until: number
}

export function createClearinghouse(trust: Trust, realm: Realm, onDropped?: OnDropped): Clearinghouse {
  const accessTokens = createAccessTokens(trust, realm)
  /** By SHA-256, so that a dump of memory holds no token. Oldest first. */
  const verified = new Map<string, Verified>()

  async function verify(token: string): Promise<Bearer> {
    if (!looksSigned(token)) return accessTokens.ask(token)
    const decoded = decodeToken(token)
    if (!decoded) throw new RefusedError('it cannot be read')
    return decoded.header['typ'] === ACCESS_TOKEN_TYPE
      ? accessTokens.verify(token, decoded)
      : verifyPassport(token, decoded, trust)
  }

  async function assess(bearer: Bearer, entry: Verified): Promise<Person> {
    const accepted = await acceptVisas(bearer.visas, bearer.subject, trust, onDropped)
    entry.until = Math.min(entry.until, accepted.linkedUntil, ...accepted.visas.map(({ expires }) => expires))
    return toPerson(bearer, accepted)
  }

  /** Requests with one token at one time share its verification. */
  function remember(key: string, token: string): Verified {
    const entry: Verified = { bearer: verify(token), until: secondsNow(trust) + LONGEST_CACHED_S }
    entry.bearer.then(
      ({ expires }) => (entry.until = Math.min(entry.until, expires)),
      () => forget(key, entry),
    )
    verified.delete(key)
    verified.set(key, entry)
    const [oldest] = verified.keys()
    if (verified.size > MAXIMUM_CACHED && oldest !== undefined) verified.delete(oldest)
    return entry
  }

  function forget(key: string, entry: Verified): void {
    if (verified.get(key) === entry) verified.delete(key)
  }

  return {
    async identify(token, admit) {
      if (token.length > MAXIMUM_TOKEN) throw invalidToken(realm, 'the token is too long')
      const key = hash('sha256', token, 'base64')
      const known = verified.get(key)
      const entry = known && secondsNow(trust) < known.until ? known : remember(key, token)
      const bearer = await entry.bearer.catch((error: unknown) => {
        throw toRefusal(error, realm)
      })
      admit?.(bearer)
      entry.person ??= assess(bearer, entry)
      return entry.person.catch((error: unknown) => {
        forget(key, entry)
        throw toRefusal(error, realm)
      })
    },
  }
}

/** Whatever keeps a token from being verified refuses it; only what could not be asked is no fault of the token. */
function toRefusal(error: unknown, realm: Realm): NodeError {
  if (error instanceof NodeError) return error
  return invalidToken(realm, `the token is not accepted: ${describe(error)}`, error)
}

function describe(error: unknown): string {
  if (error instanceof RefusedError) return error.message
  const { code, claim } = error as { readonly code?: unknown; readonly claim?: unknown }
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      return claim === 'iat' ? 'it was made too long ago' : 'it is over'
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      // The names of claims are ours: only those that the node asks for are checked.
      return `its ${String(claim)} is missing or wrong`
    default:
      return 'its signature cannot be verified'
  }
}
