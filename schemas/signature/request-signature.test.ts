import { describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint } from 'jose'
import { createHubJwk } from '../testing/hub-jwk.js'
import { toContentDigest, toSignatureBase } from './request-signature.js'
import { toPrivateSignatureKey, toPublicSignatureKey } from './signing-key.js'

/** RFC 9421 B.1.4 and B.1.3. */
const ED25519 = {
  kty: 'OKP',
  crv: 'Ed25519',
  kid: 'test-key-ed25519',
  d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU',
  x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs',
}
const P256 = {
  kty: 'EC',
  crv: 'P-256',
  kid: 'test-key-ecc-p256',
  d: 'UpuF81l-kOxbjf7T4mNSv0r5tN67Gim7rnf6EFpcYDs',
  x: 'qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA',
  y: 'Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0',
}

/** RFC 9421 B.2.6 and B.2.4. */
const VECTORS = [
  {
    name: 'B.2.6, Ed25519',
    jwk: ED25519,
    message: {
      date: 'Tue, 20 Apr 2021 02:07:55 GMT',
      '@method': 'POST',
      '@path': '/foo',
      '@authority': 'example.com',
      'content-type': 'application/json',
      'content-length': '18',
    },
    parameters:
      '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    signature: 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
  },
  {
    name: 'B.2.4, P-256',
    jwk: P256,
    message: {
      '@status': '200',
      'content-type': 'application/json',
      'content-digest':
        'sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
      'content-length': '23',
    },
    parameters:
      '("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    signature: 'wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==',
  },
] as const

function withoutSecret({ d: _, ...jwk }: { readonly d: string }): object {
  return jwk
}

describe('the vectors of RFC 9421', () => {
  test.each(VECTORS)('$name', ({ jwk, message, parameters, signature }) => {
    const values: Readonly<Record<string, string>> = message
    const base = toSignatureBase(Object.keys(values), parameters, (component) => values[component]!)
    const key = toPublicSignatureKey(withoutSecret(jwk))
    expect(key.verify(base, Buffer.from(signature, 'base64'))).toBe(true)
    expect(key.verify(Buffer.concat([base, Buffer.from('\n')]), Buffer.from(signature, 'base64'))).toBe(false)
    // Of the same secret: what it signs, the public half of the vector proves.
    expect(key.verify(base, toPrivateSignatureKey(jwk).sign(base))).toBe(true)
  })

  test('Ed25519 signs one message in one way', () => {
    const [{ message, parameters, signature }] = VECTORS
    const values: Readonly<Record<string, string>> = message
    const base = toSignatureBase(Object.keys(values), parameters, (component) => values[component]!)
    expect(toPrivateSignatureKey(ED25519).sign(base).toString('base64')).toBe(signature)
  })

  test('RFC 9530 B.1: the digest of a body', () => {
    expect(toContentDigest(Buffer.from('{"hello": "world"}\n'))).toBe(
      'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
    )
  })
})

describe('a key', () => {
  test.each(['P-256', 'Ed25519'] as const)(
    '%s: its thumbprint is that of RFC 7638, and its public half has no secret',
    async (type) => {
      const jwk = createHubJwk(type)
      const key = toPrivateSignatureKey(jwk)
      expect(key.thumbprint).toBe(await calculateJwkThumbprint(jwk))
      expect(toPublicSignatureKey({ ...key.publicJwk, kid: 'x', use: 'sig' }).thumbprint).toBe(key.thumbprint)
      expect(Object.keys(key.publicJwk).sort()).toEqual(
        type === 'P-256' ? ['crv', 'kty', 'x', 'y'] : ['crv', 'kty', 'x'],
      )
    },
  )

  test.each([
    ['a text', 'x', /is no JWK/],
    ['a list', [], /is no JWK/],
    ['RSA', { kty: 'RSA', n: 'AQAB', e: 'AQAB' }, /no P-256 and no Ed25519 key/],
    ['a secret of both sides', { kty: 'oct', k: 'AAAA' }, /no P-256 and no Ed25519 key/],
    ['another curve', { kty: 'EC', crv: 'P-384', x: 'AA', y: 'AA' }, /no P-256 and no Ed25519 key/],
    ['a secret key', ED25519, /is a private key/],
    ['a point that is not on the curve', { ...withoutSecret(P256), y: P256.x }, /./],
    ['half a point', { kty: 'EC', crv: 'P-256', x: P256.x }, /./],
  ])('%s is none', (_name, jwk, reason) => {
    expect(() => toPublicSignatureKey(jwk)).toThrow(reason)
  })

  test('without its secret cannot sign', () => {
    expect(() => toPrivateSignatureKey(withoutSecret(P256))).toThrow(/is a public key/)
  })
})
