import { createHash, createPrivateKey, createPublicKey, diffieHellman, randomBytes, type KeyObject } from 'node:crypto'
import { FormatError } from '../format-error.js'
import { KEY_BYTES } from './cipher.js'

// RFC 8410 section 7: what stands before the 32 bytes of an X25519 key in PKCS #8 and in SubjectPublicKeyInfo.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

/** Who reads or writes a file: an X25519 key pair. */
export interface KeyPair {
  readonly secret: KeyObject
  /** 32 bytes. */
  readonly publicKey: Buffer
}

/** @param secret the 32 bytes of an X25519 secret key */
export function toKeyPair(secret: Buffer): KeyPair {
  if (secret.length !== KEY_BYTES) throw new FormatError('a secret key of Crypt4GH has 32 bytes')
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' })
  const exported = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return { secret: key, publicKey: exported.subarray(SPKI_PREFIX.length) }
}

export function createKeyPair(): KeyPair {
  return toKeyPair(randomBytes(KEY_BYTES))
}

/** @throws FormatError a public key with which there is no secret to share (RFC 7748 section 6.1) */
export function exchange(own: KeyPair, publicKey: Buffer): Buffer {
  if (publicKey.length !== KEY_BYTES) throw new FormatError('a public key of Crypt4GH has 32 bytes')
  const theirs = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' })
  try {
    return diffieHellman({ privateKey: own.secret, publicKey: theirs })
  } catch {
    throw new FormatError('this is no usable public key of Crypt4GH')
  }
}

/** The key of a header packet (Crypt4GH section 3.2.1): of BLAKE2b-512 over exchange, reader and writer the first half. */
function toPacketKey(shared: Buffer, reader: Buffer, writer: Buffer): Buffer {
  return createHash('blake2b512').update(shared).update(reader).update(writer).digest().subarray(0, KEY_BYTES)
}

export function toWriterKey(writer: KeyPair, reader: Buffer): Buffer {
  return toPacketKey(exchange(writer, reader), reader, writer.publicKey)
}

export function toReaderKey(reader: KeyPair, writer: Buffer): Buffer {
  return toPacketKey(exchange(reader, writer), reader.publicKey, writer)
}
