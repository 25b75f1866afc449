import { createHash } from 'node:crypto'
import { createBlowfish } from './blowfish.js'

// OpenBSD's bcrypt_pbkdf: PBKDF2 with bcrypt in place of HMAC, and its output spread over the key.
const HASH_BYTES = 32
const EXPANSIONS = 64
const ENCRYPTIONS = 64
const TEXT = Buffer.from('OxychromaticBlowfishSwatDynamite', 'latin1')

function sha512(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha512')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function bcryptHash(password: Buffer, salt: Buffer): Buffer {
  const blowfish = createBlowfish()
  blowfish.expand(password, salt)
  for (let count = 0; count < EXPANSIONS; count++) {
    blowfish.expand(salt)
    blowfish.expand(password)
  }
  const words = Uint32Array.from({ length: HASH_BYTES / 4 }, (_, index) => TEXT.readUInt32BE(index * 4))
  for (let count = 0; count < ENCRYPTIONS; count++) blowfish.encrypt(words)
  const hash = Buffer.alloc(HASH_BYTES)
  for (const [index, word] of words.entries()) hash.writeUInt32LE(word, index * 4)
  return hash
}

export function deriveBcryptKey(passphrase: Buffer, salt: Buffer, length: number, rounds: number): Buffer {
  const password = sha512(passphrase)
  const blocks = Math.ceil(length / HASH_BYTES)
  const perBlock = Math.ceil(length / blocks)
  const key = Buffer.alloc(length)
  for (let block = 1; block <= blocks; block++) {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(block)
    let hash = bcryptHash(password, sha512(salt, number))
    const sum = Buffer.from(hash)
    for (let round = 1; round < rounds; round++) {
      hash = bcryptHash(password, sha512(hash))
      for (let index = 0; index < HASH_BYTES; index++) sum[index]! ^= hash[index]!
    }
    for (let index = 0; index < perBlock && index * blocks + block - 1 < length; index++) {
      key[index * blocks + block - 1] = sum[index]!
    }
  }
  return key
}
