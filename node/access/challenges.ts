import { NodeError } from '../errors.js'

/** Who challenges: what a client is told of the node, so that it can get a token that the node takes. */
export interface Realm {
  /** The node's id. */
  readonly id: string
  /** Where the node says which brokers it trusts (RFC 9728); asked at each challenge, as the address may be known late. */
  readonly metadataUrl: () => string
}

/** What a request lacks, in the words of RFC 6750 section 3.1 and RFC 9470. */
export type Challenge =
  | { readonly error: 'none' }
  | { readonly error: 'invalid_request' | 'invalid_token' | 'insufficient_scope'; readonly description: string }
  | {
      readonly error: 'insufficient_user_authentication'
      readonly description: string
      /** Values of `acr` of which one would do. */
      readonly acrValues?: readonly string[]
      /** Longest time since the login, seconds. */
      readonly maxAge?: number
    }

/** What a Passport is asked for with (GA4GH AAI 1.2). */
const SCOPE = 'openid ga4gh_passport_v1'

/** The value of `WWW-Authenticate`. */
export function toChallenge(realm: Realm, challenge: Challenge): string {
  const parameters: [string, string][] = [
    ['realm', realm.id],
    ['resource_metadata', realm.metadataUrl()],
  ]
  if (challenge.error !== 'none') {
    parameters.push(['error', challenge.error], ['error_description', challenge.description])
  }
  if (challenge.error === 'insufficient_scope') parameters.push(['scope', SCOPE])
  if (challenge.error === 'insufficient_user_authentication') {
    const { acrValues, maxAge } = challenge
    if (acrValues) parameters.push(['acr_values', acrValues.join(' ')])
    if (maxAge !== undefined) parameters.push(['max_age', String(maxAge)])
  }
  return `Bearer ${parameters.map(([name, value]) => `${name}="${toQuotable(value)}"`).join(', ')}`
}

/** What may stand in a quoted string of a header as it is; line breaks would begin another header. */
function toQuotable(value: string): string {
  return value.replace(/[^\x20-\x7e]|["\\]/g, '')
}

/** 401: the request has no token, and needs one. */
export function tokenRequired(realm: Realm, message = 'this needs a Passport'): NodeError {
  return new NodeError('unauthenticated', message, { headers: header(realm, { error: 'none' }) })
}

/**
 * 401: the token is bad, expired, or of somebody who is not trusted.
 *
 * @param description for the client: never a part of the token
 * @param cause why, for log and audit only
 */
export function invalidToken(realm: Realm, description: string, cause?: unknown): NodeError {
  const headers = header(realm, { error: 'invalid_token', description })
  return new NodeError('unauthenticated', description, { headers, cause })
}

/** 400: two tokens, a header that cannot be read, a token in the URL. */
export function invalidTokenRequest(realm: Realm, description: string): NodeError {
  return new NodeError('invalid_input', description, {
    headers: header(realm, { error: 'invalid_request', description }),
  })
}

/** 403: the token is good, but gives no right to what was asked. */
export function insufficientScope(realm: Realm, description: string): NodeError {
  return new NodeError('permission_denied', description, {
    headers: header(realm, { error: 'insufficient_scope', description }),
  })
}

/** 401: the login is too weak or too old for what was asked; a new one would do (RFC 9470). */
export function insufficientLogin(
  realm: Realm,
  description: string,
  wanted: { readonly acrValues?: readonly string[]; readonly maxAge?: number },
): NodeError {
  const challenge = { error: 'insufficient_user_authentication', description, ...wanted } as const
  return new NodeError('unauthenticated', description, { headers: header(realm, challenge) })
}

/**
 * 401: the signature of the request is bad, of somebody unknown, used before, or not checked by this node.
 *
 * @param message for the client: never a part of the signature
 * @param cause why, for log and audit only
 */
export function invalidSignature(message: string, cause?: unknown): NodeError {
  return new NodeError('unauthenticated', message, {
    headers: ['www-authenticate', 'Signature error="invalid_signature"'],
    cause,
  })
}

/** 503: whoever has to be asked before the token can be believed does not answer. Never a reason to let in, nor to say that the token is bad. */
export function trustUnavailable(message: string, cause?: unknown): NodeError {
  return new NodeError('unavailable', message, { headers: ['retry-after', '5'], cause })
}

function header(realm: Realm, challenge: Challenge): readonly string[] {
  return ['www-authenticate', toChallenge(realm, challenge)]
}
