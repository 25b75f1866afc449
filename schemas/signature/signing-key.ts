import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

/** Names of RFC 9421 section 6.2.2. The first is P-256 with SHA-256. */
export const SIGNATURE_ALGORITHMS = ['ecdsa-p256-sha256', 'ed25519'] as const
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number]

/** A public key that signatures are checked with. */
export interface PublicSignatureKey {
  readonly algorithm: SignatureAlgorithm
  /** RFC 7638, SHA-256 as base64url: what `cnf.jkt` of a Passport names. */
  readonly thumbprint: string
  verify(message: Uint8Array, signature: Uint8Array): boolean
}

/** A private key that signs, with its public half. */
export interface PrivateSignatureKey {
  readonly algorithm: SignatureAlgorithm
  readonly thumbprint: string
  /** Without what is secret. */
  readonly publicJwk: Readonly<Record<string, string>>
  sign(message: Uint8Array): Buffer
}

/** r and s, or R and S, 32 bytes each: both algorithms sign so. */
export const SIGNATURE_BYTES = 64

/** Node's name for the pair of numbers side by side, without ASN.1. */
const P1363 = 'ieee-p1363'

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function algorithmOf(jwk: Readonly<Record<string, unknown>>): SignatureAlgorithm {
  if (jwk['kty'] === 'EC' && jwk['crv'] === 'P-256') return 'ecdsa-p256-sha256'
  if (jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519') return 'ed25519'
  throw new TypeError('is no P-256 and no Ed25519 key')
}

/** The members that name the key, in the order of RFC 7638. */
function toPublicMembers(key: KeyObject): Readonly<Record<string, string>> {
  const { crv, kty, x, y } = key.export({ format: 'jwk' })
  return { crv: crv!, kty: kty!, x: x!, ...(y === undefined ? {} : { y }) }
}

function thumbprintOf(members: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

/**
 * @param jwk RFC 7517; its `alg` says nothing that its curve does not
 * @throws TypeError it is no such key, or one that should have stayed secret
 */
export function toPublicSignatureKey(jwk: unknown): PublicSignatureKey {
  if (!isObject(jwk)) throw new TypeError('is no JWK')
  if ('d' in jwk) throw new TypeError('is a private key, which nobody but its owner may have')
  const algorithm = algorithmOf(jwk)
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const thumbprint = thumbprintOf(toPublicMembers(key))
  if (algorithm === 'ed25519') {
    return { algorithm, thumbprint, verify: (message, signature) => verify(null, message, key, signature) }
  }
  const input = { key, dsaEncoding: P1363 } as const
  return { algorithm, thumbprint, verify: (message, signature) => verify('sha256', message, input, signature) }
}

/** @throws TypeError it is no such key, or has no secret */
export function toPrivateSignatureKey(jwk: unknown): PrivateSignatureKey {
  if (!isObject(jwk)) throw new TypeError('is no JWK')
  if (!('d' in jwk)) throw new TypeError('is a public key, which cannot sign')
  const algorithm = algorithmOf(jwk)
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const publicJwk = toPublicMembers(createPublicKey(key))
  const thumbprint = thumbprintOf(publicJwk)
  if (algorithm === 'ed25519') return { algorithm, thumbprint, publicJwk, sign: (message) => sign(null, message, key) }
  const input = { key, dsaEncoding: P1363 } as const
  return { algorithm, thumbprint, publicJwk, sign: (message) => sign('sha256', message, input) }
}
