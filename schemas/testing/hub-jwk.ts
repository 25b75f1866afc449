import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'

/** A new key of a hub, as a JWK with its secret. */
export function createHubJwk(type: 'P-256' | 'Ed25519' = 'P-256'): JsonWebKey {
  const { privateKey } =
    type === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  return privateKey.export({ format: 'jwk' })
}
