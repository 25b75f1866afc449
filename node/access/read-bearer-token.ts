import type { Credentials } from './caller.js'
import { invalidTokenRequest, tokenRequired, type Realm } from './challenges.js'

/** RFC 6750 section 2.1; the scheme is of any case (RFC 9110 section 11.1). */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i
const SCHEME = /^bearer(?: |$)/i

/**
 * The token of a request; undefined when it has none.
 *
 * @throws NodeError invalid_input: there are several, it cannot be read, or it stands in the URL, where logs and histories keep
 * it; unauthenticated: it is of another kind
 */
export function readBearerToken(realm: Realm, { headers, target }: Credentials): string | undefined {
  const query = target.indexOf('?')
  if (query >= 0 && new URLSearchParams(target.slice(query)).has('access_token')) {
    throw invalidTokenRequest(realm, 'send the token in the Authorization header, never in the URL')
  }
  const values = headers.get('authorization') ?? []
  const [value] = values
  if (value === undefined) return undefined
  if (values.length > 1) throw invalidTokenRequest(realm, 'send one Authorization header')
  const token = BEARER.exec(value)?.[1]
  if (token !== undefined) return token
  throw SCHEME.test(value)
    ? invalidTokenRequest(realm, 'the Authorization header is not: Bearer, a space, a token')
    : tokenRequired(realm, 'the Authorization header must hold a bearer token')
}
