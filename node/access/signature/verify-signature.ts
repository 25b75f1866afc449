import {
  BODY_HEADERS,
  DERIVED_COMPONENTS,
  LEAST_NONCE_LENGTH,
  SIGNATURE_SECONDS,
  SIGNATURE_TAG,
  SIGNED_HEADERS,
  toContentDigest,
  toSignatureBase,
} from '../../../schemas/index.js'
import type { Credentials, VerifySignature } from '../caller.js'
import { invalidSignature, trustUnavailable } from '../challenges.js'
import type { KnownHub } from './known-hubs.js'
import type { Nonces } from './nonces.js'
import { parseSignatureFields, type SignatureFields } from './signature-fields.js'
import { toTargetUri, type PublicAddress } from './target-uri.js'

/** How far the clock of a hub may be from the node's, seconds. */
export const CLOCK_SKEW_SECONDS = 5

export interface VerifySignatureParts {
  /** By `keyid`. */
  readonly hubs: ReadonlyMap<string, KnownHub>
  readonly nonces: Nonces
  readonly addresses: readonly PublicAddress[]
  readonly now: () => Date
}

const NO_BODY = Buffer.alloc(0)
const DERIVED: ReadonlySet<string> = new Set(DERIVED_COMPONENTS)

/** Why a signature is refused, for the sender to mend: none of it is secret, and none of it helps to make one. */
class Refusal extends Error {}

/** The value of a header; undefined when it was not sent. */
function headerOf({ headers }: Credentials, name: string): string | undefined {
  const values = headers.get(name)
  if (values && values.length > 1) throw new Refusal(`${name} was sent more than once`)
  return values?.[0]
}

/** @throws Refusal there is a body that nobody kept, so that it cannot be checked */
function bodyOf(credentials: Credentials): Buffer {
  if (credentials.body) return credentials.body
  const length = headerOf(credentials, 'content-length')
  const isSent = credentials.headers.has('transfer-encoding') || (length !== undefined && length !== '0')
  if (isSent) throw new Refusal('the request has a body that is not for it')
  return NO_BODY
}

function checkComponents(credentials: Credentials, body: Buffer, components: readonly string[]): void {
  const required = [
    ...DERIVED_COMPONENTS,
    ...SIGNED_HEADERS.filter((name) => credentials.headers.has(name)),
    ...(body.length > 0 ? BODY_HEADERS : []),
  ]
  const open = required.find((component) => !components.includes(component))
  if (open !== undefined) throw new Refusal(`it does not cover ${open}`)
  const unknown = components.find((component) => component.startsWith('@') && !DERIVED.has(component))
  if (unknown !== undefined) throw new Refusal(`it covers ${unknown}, which this node does not check`)
}

function checkTimes({ created, expires }: SignatureFields, now: number): void {
  if (created > now + CLOCK_SKEW_SECONDS) throw new Refusal("it was made in the future by this node's clock")
  if (expires < now - CLOCK_SKEW_SECONDS) throw new Refusal('it has expired')
  if (expires < created || expires - created > SIGNATURE_SECONDS)
    throw new Refusal(`it is to be good for longer than ${SIGNATURE_SECONDS} s`)
}

function hubOf({ hubs }: VerifySignatureParts, fields: SignatureFields, credentials: Credentials): KnownHub {
  const hub = hubs.get(fields.keyId)
  if (!hub) throw new Refusal('its key is not known to this node')
  if (fields.algorithm !== undefined && fields.algorithm !== hub.key.algorithm)
    throw new Refusal('its algorithm is not that of the key')
  if (hub.certificateSha256 !== undefined && hub.certificateSha256 !== credentials.certificateSha256)
    throw new Refusal("the connection has not the hub's TLS certificate")
  return hub
}

function checkDigest(credentials: Credentials, body: Buffer): void {
  const digest = headerOf(credentials, 'content-digest')
  if (digest !== undefined && digest !== toContentDigest(body))
    throw new Refusal('content-digest is not that of the body')
}

function toBase(credentials: Credentials, { components, parameters }: SignatureFields, targetUri: string): Buffer {
  return toSignatureBase(components, parameters, (component) => {
    if (component === '@method') return credentials.method
    if (component === '@target-uri') return targetUri
    const value = headerOf(credentials, component)
    if (value === undefined) throw new Refusal(`${component} is covered and was not sent`)
    return value.trim()
  })
}

/** Uses the nonce up, last of all: before, anybody could use up the nonces of others. */
function useNonce(nonces: Nonces, { keyId, nonce, created, expires }: SignatureFields): void {
  if (nonces.mayBeForgotten(created - CLOCK_SKEW_SECONDS)) throw new Refusal('it was made before this node started')
  let isNew: boolean
  try {
    isNew = nonces.use(keyId, nonce, expires + CLOCK_SKEW_SECONDS)
  } catch (cause) {
    throw trustUnavailable('the node cannot tell whether the request was sent before', cause)
  }
  if (!isNew) throw new Refusal('it was used before')
}

function verify(credentials: Credentials, parts: VerifySignatureParts): KnownHub {
  const input = headerOf(credentials, 'signature-input')
  const signature = headerOf(credentials, 'signature')
  if (input === undefined || signature === undefined) throw new Refusal('it lacks one of its two headers')
  const fields = parseSignatureFields(input, signature)
  if (!fields) throw new Refusal('it is not one signature of the form that this node reads')
  const body = bodyOf(credentials)
  checkComponents(credentials, body, fields.components)
  if (fields.tag !== SIGNATURE_TAG) throw new Refusal(`its tag is not ${SIGNATURE_TAG}`)
  checkTimes(fields, Math.floor(parts.now().getTime() / 1000))
  if (fields.nonce.length < LEAST_NONCE_LENGTH) throw new Refusal('its nonce is too short')
  const hub = hubOf(parts, fields, credentials)
  checkDigest(credentials, body)
  const targetUri = toTargetUri(credentials.target, parts.addresses)
  if (targetUri === undefined) throw new Refusal('the request is not to an address of this node')
  if (!hub.key.verify(toBase(credentials, fields, targetUri), fields.signature))
    throw new Refusal('it is not of this request by this key')
  useNonce(parts.nonces, fields)
  return hub
}

/** Checks signatures of hubs (access-privacy-audit 4.3), what costs least first. */
export function createVerifySignature(parts: VerifySignatureParts): VerifySignature {
  return async (credentials) => {
    if (!credentials.headers.has('signature') && !credentials.headers.has('signature-input')) return undefined
    try {
      const { client, key } = verify(credentials, parts)
      return { client, keyThumbprint: key.thumbprint }
    } catch (error) {
      if (error instanceof Refusal) throw invalidSignature(`the signature of the request is refused: ${error.message}`)
      throw error
    }
  }
}
