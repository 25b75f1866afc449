import { describe, expect, test } from '@jest/globals'
import { deriveBcryptKey } from './bcrypt-kdf.js'
import { seal, unseal } from './cipher.js'
import { exchange, toKeyPair } from './key-exchange.js'
import { parsePublicKey, parseSecretKey } from './key-files.js'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('the primitives give what their specifications give', () => {
  test('ChaCha20-Poly1305: RFC 8439 section 2.8.2', () => {
    const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f')
    const nonce = hex('070000004041424344454647')
    const text =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
    const sealed = seal(key, Buffer.from(text), nonce)
    expect(sealed.subarray(0, 12)).toEqual(nonce)
    // The code behind it is another one there: Crypt4GH authenticates no further data.
    expect(sealed.subarray(12, -16).toString('hex')).toBe(
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b' +
        '1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc' +
        '3ff4def08e4b7a9de576d26586cec64b6116',
    )
    expect(unseal(key, sealed)?.toString()).toBe(text)
  })

  test('X25519: RFC 7748 section 6.1', () => {
    const bob = toKeyPair(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))
    expect(bob.publicKey.toString('hex')).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')
    const alice = hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
    expect(exchange(bob, alice).toString('hex')).toBe(
      '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    )
  })

  test.each([
    ['password', 'salt', 32, 4, '5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9'],
    [
      'passphräse',
      '0123456789abcdef',
      88,
      3,
      '93110abedd75cff2ffb3be6281ade80665bb78f9c70e03ac17679f264c78757bc401a9783c64046b0eaa0846f7e4e752' +
        'da152ba29c14fc3d01a512a26d040b09b08196fe84167272c47a5d58a23c5636b7191bdfeac30769',
    ],
  ])('bcrypt of %s and %s for %d bytes, as the bcrypt of Python gives it', (passphrase, salt, length, rounds, key) => {
    expect(deriveBcryptKey(Buffer.from(passphrase), Buffer.from(salt), length, rounds).toString('hex')).toBe(key)
  })
})

const PUBLIC_KEY = 'j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8='
const PUBLIC_PEM = `-----BEGIN CRYPT4GH PUBLIC KEY-----\n${PUBLIC_KEY}\n-----END CRYPT4GH PUBLIC KEY-----\n`
const toPem = (body: string) => `-----BEGIN CRYPT4GH PRIVATE KEY-----\n${body}\n-----END CRYPT4GH PRIVATE KEY-----\n`

/** The bytes 0 to 31 as secret key, written by the reference implementation; the passphrase is "correct horse". */
const SECRET_KEYS = {
  none: 'YzRnaC12MQAEbm9uZQAEbm9uZQAgAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  scrypt:
    'YzRnaC12MQAGc2NyeXB0ABQAAAAArOYvawOQlqkda93/7sJAEgARY2hhY2hhMjBfcG9seTEzMDUAPO2ftAKYqq3zM7aPt/bAxP6xdjy3Yu9OxqHkIyf1' +
    'ZzbfqLPZyNHnahw6gf0iITUpKOUmesGdiQ3IxRkc4wAHbWFkZSB1cA==',
  bcrypt:
    'YzRnaC12MQAGYmNyeXB0ABQAAAADZGVmZ2hpamtsbW5vcHFycwARY2hhY2hhMjBfcG9seTEzMDUAPAAAAAAAAAAAAAAAANRDufUoGjVDEQYZ/ujuzEWi' +
    '3YazwqEzsv7Xk4B1OKtCrLBxNztORjCU9sBbjcRI1Q==',
  pbkdf2:
    'YzRnaC12MQAScGJrZGYyX2htYWNfc2hhMjU2ABQAAAPoZGVmZ2hpamtsbW5vcHFycwARY2hhY2hhMjBfcG9seTEzMDUAPAAAAAAAAAAAAAAAACwap+ww' +
    'e2bOmfg+hqld+gBzZCxWBOX89o+ziK+GhdIwvhokNJ6wxmKrVaux8nOACA==',
}

describe('a secret key', () => {
  test.each(Object.entries(SECRET_KEYS))('derived by %s is read', (_, body) => {
    expect(parseSecretKey(toPem(body), 'correct horse').publicKey.toString('base64')).toBe(PUBLIC_KEY)
  })

  test.each<[string, string, string | undefined, RegExp]>([
    ['of another label', PUBLIC_PEM, undefined, /no secret key/],
    ['of another form', toPem('c3NoLWtleQ=='), undefined, /no secret key/],
    ['cut off', toPem(SECRET_KEYS.scrypt.slice(0, 40)), 'correct horse', /cut off/],
    ['without its passphrase', toPem(SECRET_KEYS.scrypt), undefined, /needs its passphrase/],
    ['with another passphrase', toPem(SECRET_KEYS.scrypt), 'wrong horse', /does not fit/],
    [
      'of 31 bytes',
      toPem(Buffer.from(`c4gh-v1\0\x04none\0\x04none\0\x1f${'a'.repeat(31)}`).toString('base64')),
      undefined,
      /32 bytes/,
    ],
  ])('%s is refused', (_, text, passphrase, message) => {
    expect(() => parseSecretKey(text, passphrase)).toThrow(message)
  })
})

describe('a public key', () => {
  test.each([
    ['a PEM file', PUBLIC_PEM],
    ['the base64 of a PEM file', Buffer.from(PUBLIC_PEM).toString('base64')],
    ['base64', PUBLIC_KEY],
    ['a PEM file with other line ends', PUBLIC_PEM.replaceAll('\n', '\r\n')],
  ])('as %s is read', (_, text) => {
    expect(parsePublicKey(text).toString('base64')).toBe(PUBLIC_KEY)
  })

  test.each<[string, string, RegExp]>([
    ['of 31 bytes', Buffer.alloc(31, 9).toString('base64'), /no public key/],
    ['that is a secret one', toPem(SECRET_KEYS.none), /no public key/],
    ['of no order, with which every secret is the same', Buffer.alloc(32).toString('base64'), /no usable public key/],
    ['that is empty', '', /no public key/],
  ])('%s is refused', (_, text, message) => {
    expect(() => parsePublicKey(text)).toThrow(message)
  })
})
