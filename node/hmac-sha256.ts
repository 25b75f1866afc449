import { hash } from 'node:crypto'

/** Of SHA-256 (FIPS 180-4). */
const BLOCK_BYTES = 64

/** @returns the MAC of a text, in UTF-8 */
export type HmacSha256 = (text: string) => Buffer

/**
 * HMAC-SHA-256 under one key (RFC 2104), of two digests: `createHmac` makes a stream of Node.js for each text, which takes longer
 * than to hash a short one.
 */
export function createHmacSha256(secret: Buffer): HmacSha256 {
  const key = secret.length > BLOCK_BYTES ? hash('sha256', secret, 'buffer') : secret
  const pad = (value: number) => Buffer.alloc(BLOCK_BYTES, value).map((byte, index) => byte ^ (key[index] ?? 0))
  const [inner, outer] = [pad(0x36), pad(0x5c)]
  return (text) => {
    const digest = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer')
    return hash('sha256', Buffer.concat([outer, digest]), 'buffer')
  }
}
