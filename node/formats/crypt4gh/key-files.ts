import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { FormatError } from '../format-error.js'
import { deriveBcryptKey } from './bcrypt-kdf.js'
import { KEY_BYTES, unseal } from './cipher.js'
import { createKeyPair, exchange, toKeyPair, type KeyPair } from './key-exchange.js'

const SECRET_LABEL = 'CRYPT4GH PRIVATE KEY'
const PUBLIC_LABEL = 'CRYPT4GH PUBLIC KEY'
const SECRET_MAGIC = 'c4gh-v1'
const CIPHER = 'chacha20_poly1305'

/** The costs of the reference implementation; the file does not tell them. */
const SCRYPT_COSTS = { N: 1 << 14, r: 8, p: 1 }
/** A file that asks for more would only keep the process busy: a hundred times what is usual. */
const MAXIMUM_ROUNDS = { bcrypt: 10_000, pbkdf2_hmac_sha256: 10_000_000 }

/** Text between the lines of a PEM file. @returns undefined: another label, or no PEM */
function unwrapPem(text: string, label: string): Buffer | undefined {
  const body = new RegExp(`^-----BEGIN ${label}-----\\s+([A-Za-z0-9+/=\\s]+?)\\s*-----END ${label}-----\\s*$`).exec(
    text,
  )
  return body ? Buffer.from(body[1]!, 'base64') : undefined
}

/**
 * Reads a public key: a PEM file, its base64 as headers carry it, or the base64 of the 32 bytes.
 *
 * @returns 32 bytes
 * @throws FormatError something else, or a key that nothing can be encrypted for
 */
export function parsePublicKey(text: string): Buffer {
  const decoded = Buffer.from(text.trim(), 'base64')
  const key =
    unwrapPem(text.trim(), PUBLIC_LABEL) ?? unwrapPem(decoded.toString('latin1').trim(), PUBLIC_LABEL) ?? decoded
  if (key.length !== KEY_BYTES) throw new FormatError('this is no public key of Crypt4GH')
  exchange(createKeyPair(), key)
  return Buffer.from(key)
}

/**
 * Reads a secret key file in the `c4gh-v1` form of the reference implementation.
 *
 * @throws FormatError something else, a passphrase that is wrong or missing
 */
export function parseSecretKey(text: string, passphrase?: string): KeyPair {
  const bytes = unwrapPem(text.trim(), SECRET_LABEL)
  if (!bytes || bytes.toString('latin1', 0, SECRET_MAGIC.length) !== SECRET_MAGIC) {
    throw new FormatError('this is no secret key of Crypt4GH')
  }
  let at = SECRET_MAGIC.length
  // Every item is preceded by its length, 16 bits, big-endian.
  const next = () => {
    const start = at + 2
    const end = start <= bytes.length ? start + bytes.readUInt16BE(at) : Infinity
    if (end > bytes.length) throw new FormatError('the secret key of Crypt4GH is cut off')
    at = end
    return bytes.subarray(start, end)
  }
  const derivation = next().toString('latin1')
  const options = derivation === 'none' ? undefined : next()
  const cipher = next().toString('latin1')
  const content = next()
  if (cipher === 'none') return toKeyPair(content)
  if (cipher !== CIPHER || !options || options.length < 4) {
    throw new FormatError(`a secret key with cipher "${cipher}" and derivation "${derivation}" is not supported`)
  }
  if (passphrase === undefined) throw new FormatError('the secret key needs its passphrase')
  const key = deriveKey(derivation, passphrase, options.subarray(4), options.readUInt32BE(0))
  const secret = unseal(key, content)
  if (!secret) throw new FormatError('the passphrase does not fit the secret key')
  return toKeyPair(secret)
}

function deriveKey(derivation: string, passphrase: string, salt: Buffer, rounds: number): Buffer {
  if (derivation === 'scrypt') return scryptSync(passphrase, salt, KEY_BYTES, SCRYPT_COSTS)
  if (derivation !== 'bcrypt' && derivation !== 'pbkdf2_hmac_sha256') {
    throw new FormatError(`a secret key with derivation "${derivation}" is not supported`)
  }
  if (rounds < 1 || rounds > MAXIMUM_ROUNDS[derivation]) {
    throw new FormatError(`a secret key with ${rounds} rounds of ${derivation} is not supported`)
  }
  if (derivation === 'bcrypt') return deriveBcryptKey(Buffer.from(passphrase), salt, KEY_BYTES, rounds)
  return pbkdf2Sync(passphrase, salt, rounds, KEY_BYTES, 'sha256')
}
