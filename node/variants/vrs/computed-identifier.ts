import { createHash } from 'node:crypto'

/** Bytes of the SHA-512 that a digest keeps. */
const DIGEST_BYTES = 24

/** Prefixes of computed identifiers by type (VRS 1.3, "Computed identifiers"). */
const PREFIXES = {
  Allele: 'VA',
  SequenceLocation: 'VSL',
  CopyNumberCount: 'CN',
  CopyNumberChange: 'CX',
} as const

/** A VRS object that has an identifier of its own. */
export interface Identifiable {
  readonly type: keyof typeof PREFIXES
}

const GA4GH_CURIE = /^ga4gh:[A-Z]+\.([\w-]{32})$/

/** GA4GH's truncated digest sha512t24u: base64url of the first 24 bytes of the SHA-512. */
export function sha512t24u(text: string): string {
  return truncateDigest(createHash('sha512').update(text, 'latin1').digest())
}

/** @param digest a whole SHA-512 */
export function truncateDigest(digest: Buffer): string {
  return digest.subarray(0, DIGEST_BYTES).toString('base64url')
}

function isIdentifiable(value: object): value is Identifiable {
  return 'type' in value && typeof value.type === 'string' && value.type in PREFIXES
}

/** Digest of an object: of its canonical JSON, in which whatever has an identifier of its own stands by its digest. */
function digestOf(object: Identifiable): string {
  return sha512t24u(serialiseObject(object))
}

function serialiseObject(object: object): string {
  const entries = Object.entries(object)
    .filter(([key, value]) => !key.startsWith('_') && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${serialise(value)}`).join(',')}}`
}

function serialise(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(GA4GH_CURIE.exec(value)?.[1] ?? value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return isIdentifiable(value) ? JSON.stringify(digestOf(value)) : serialiseObject(value)
}

/** VRS 1.3 ga4gh_identify. Sequences must be named by their own digests (`ga4gh:SQ.…`), or the identifier is nobody else's. */
export function computeIdentifier(object: Identifiable): string {
  return `ga4gh:${PREFIXES[object.type]}.${digestOf(object)}`
}
