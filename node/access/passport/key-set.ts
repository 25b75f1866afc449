import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { trustUnavailable } from '../challenges.js'
import type { FetchJson } from './fetch-json.js'

/** How long keys are good for when their publisher cannot be asked again. */
export const MAXIMUM_AGE_MS = 10 * 60_000
/** Age at which they are fetched anew while they still serve. */
const REFRESH_AGE_MS = 5 * 60_000
/** Between two fetches for the sake of keys that were not there: made-up key ids cost their publisher no more than this. */
export const COOLDOWN_MS = 30_000
/** Between two fetches when there are no keys to go on with. */
const RETRY_MS = 2_000

/**
 * The keys that somebody publishes (RFC 7517), fetched when they are first needed and kept.
 *
 * @throws NodeError unavailable: they are needed and cannot be had, so nothing can be said of the token; JOSEError the set has no
 * key for the token
 */
export function createKeySet(address: string, fetchJson: FetchJson, now: () => Date): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined
  let fetchedAt = -Infinity
  let triedAt = -Infinity
  let failure: unknown
  let fetching: Promise<JWTVerifyGetKey> | undefined

  // A clock that was set back must not keep keys for ever.
  const since = (time: number) => Math.abs(now().getTime() - time)

  async function fetchKeys(): Promise<JWTVerifyGetKey> {
    triedAt = now().getTime()
    try {
      const { status, body } = await fetchJson(address)
      if (status !== 200) throw new Error(`HTTP status ${status}`)
      const fetched = createLocalJWKSet(body as JSONWebKeySet)
      keys = fetched
      fetchedAt = now().getTime()
      failure = undefined
      return fetched
    } catch (error) {
      failure = error
      throw error
    }
  }

  function refresh(): Promise<JWTVerifyGetKey> {
    fetching ??= fetchKeys().finally(() => (fetching = undefined))
    return fetching
  }

  async function current(): Promise<JWTVerifyGetKey> {
    if (keys && since(fetchedAt) < MAXIMUM_AGE_MS) {
      if (since(fetchedAt) >= REFRESH_AGE_MS && since(triedAt) >= COOLDOWN_MS) refresh().catch(() => undefined)
      return keys
    }
    if (!fetching && failure !== undefined && since(triedAt) < RETRY_MS) throw unavailable(failure)
    return refresh().catch((error: unknown) => {
      throw unavailable(error)
    })
  }

  return async (header, token) => {
    const known = await current()
    try {
      return await known(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      // Somebody else may have fetched them while this one looked.
      if (keys !== known) return keys!(header, token)
      if (fetching === undefined && since(triedAt) < COOLDOWN_MS) {
        // It may be a new key, which could not be looked for.
        throw failure === undefined ? error : unavailable(failure)
      }
      const renewed = await refresh().catch((cause: unknown) => {
        throw unavailable(cause)
      })
      return renewed(header, token)
    }
  }
}

function unavailable(cause: unknown) {
  return trustUnavailable('the keys of a trusted issuer cannot be had at the moment', cause)
}
