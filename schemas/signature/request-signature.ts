import { hash } from 'node:crypto'

/** The signature by which a hub proves a request its own: a narrow profile of RFC 9421, HTTP Message Signatures. */
export const SIGNATURE_TAG = 'ngp-fed-v1'

/** Longest time from `created` to `expires`, seconds. */
export const SIGNATURE_SECONDS = 60

/** Least length of a nonce: 16 bytes and more as base64url. */
export const LEAST_NONCE_LENGTH = 22

/** Covered by every signature. */
export const DERIVED_COMPONENTS = ['@method', '@target-uri'] as const

/** Headers that are covered when they are sent, in the order in which we write them. */
export const SIGNED_HEADERS = [
  'authorization',
  'content-type',
  'content-digest',
  'x-request-id',
  'ngp-purpose',
  'ngp-project',
] as const

/** Of a body that there is: it cannot be sent without them. */
export const BODY_HEADERS: readonly string[] = ['content-type', 'content-digest']

/** A printable text that needs no escape in a structured field (RFC 8941), as `keyid` and `nonce` are. */
export const KEY_ID_PATTERN = '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,200}$'

/** The value of `Content-Digest` (RFC 9530) of a body as it is sent. */
export function toContentDigest(body: Uint8Array): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`
}

/**
 * What is signed (RFC 9421 section 2.5). Bytes of headers and of the address are Latin-1, as Node reads and writes them.
 *
 * @param components identifiers without quotes
 * @param parameters the list of components with its parameters, as it stands in `Signature-Input` after the label
 * @param valueOf value of a component, without space around it
 */
export function toSignatureBase(
  components: readonly string[],
  parameters: string,
  valueOf: (component: string) => string,
): Buffer {
  const lines = components.map((component) => `"${component}": ${valueOf(component)}\n`)
  return Buffer.from(`${lines.join('')}"@signature-params": ${parameters}`, 'latin1')
}
