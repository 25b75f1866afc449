import type { Request } from 'express'
import { HubError } from '../errors.js'

/** `b64token` of RFC 6750 section 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i
/** An access token of a broker that puts every affiliation in it stays well below. */
const MAXIMUM_TOKEN_LENGTH = 16_384

export type Realm = string

type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope'

/** RFC 6750 section 3. Descriptions are ours and hold nothing that was sent. */
export function toChallenge(realm: Realm, error?: BearerError, description?: string, scope?: string): string {
  const parts = [
    `realm="${realm}"`,
    ...(error ? [`error="${error}"`] : []),
    ...(description ? [`error_description="${description}"`] : []),
    ...(scope ? [`scope="${scope}"`] : []),
  ]
  return `Bearer ${parts.join(', ')}`
}

export function invalidToken(realm: Realm, message: string): HubError {
  return new HubError('unauthenticated', message, undefined, toChallenge(realm, 'invalid_token', message))
}

function invalidRequest(realm: Realm, message: string): HubError {
  return new HubError('invalid_input', message, undefined, toChallenge(realm, 'invalid_request', message))
}

/**
 * The access token of a request; undefined when there is none.
 *
 * @throws HubError invalid_input: there are two, or one that is not written as one, or one in the address, which logs keep
 */
export function readBearerToken(request: Request, realm: Realm): string | undefined {
  if ('access_token' in request.query)
    throw invalidRequest(realm, 'send the access token as a header, not in the address')
  const sent = request.headersDistinct['authorization'] ?? []
  if (sent.length === 0) return undefined
  if (sent.length > 1) throw invalidRequest(realm, 'send one Authorization header')
  const token = BEARER.exec(sent[0]!)?.[1]
  if (token === undefined || token.length > MAXIMUM_TOKEN_LENGTH)
    throw invalidRequest(realm, 'Authorization must be Bearer and an access token')
  return token
}
