import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'chacha20-poly1305'
export const KEY_BYTES = 32
export const NONCE_BYTES = 12
export const MAC_BYTES = 16
/** What encryption adds: the nonce before and the authentication code behind. */
export const OVERHEAD_BYTES = NONCE_BYTES + MAC_BYTES

/** ChaCha20-Poly1305 (RFC 8439) as Crypt4GH writes it: nonce, ciphertext, authentication code. */
export function seal(key: Buffer, plaintext: Buffer, nonce: Buffer = randomBytes(NONCE_BYTES)): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: MAC_BYTES })
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** @returns undefined: another key, or somebody changed the bytes */
export function unseal(key: Buffer, sealed: Buffer): Buffer | undefined {
  if (sealed.length < OVERHEAD_BYTES) return undefined
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: MAC_BYTES })
  decipher.setAuthTag(sealed.subarray(-MAC_BYTES))
  const plaintext = decipher.update(sealed.subarray(NONCE_BYTES, -MAC_BYTES))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return plaintext
}
