import { randomUUID } from 'node:crypto'
import type { LoginConfig, PrivateSignatureKey } from '../../schemas/index.js'

/** For the broker alone, and for one call. */
const ASSERTION_SECONDS = 60

/** Says to the broker who asks: `private_key_jwt`, RFC 7523 section 2.2. */
export type AssertClient = () => Readonly<Record<string, string>>

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/**
 * Assertions under the key that signs requests to regions: the broker binds Passports to the key that it sees here (`cnf.jkt`), and
 * regions look for that key in the signature.
 *
 * @param keyId `kid` of the public half that the broker was given
 */
export function createClientAssertion(
  { clientId, issuer }: LoginConfig,
  keyId: string,
  key: PrivateSignatureKey,
  wallClock: () => Date,
): AssertClient {
  const header = encode({ alg: key.algorithm === 'ed25519' ? 'EdDSA' : 'ES256', kid: keyId, typ: 'JWT' })
  return () => {
    const iat = Math.floor(wallClock().getTime() / 1_000)
    const claims = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat, exp: iat + ASSERTION_SECONDS }
    const message = `${header}.${encode(claims)}`
    return {
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${message}.${key.sign(Buffer.from(message)).toString('base64url')}`,
    }
  }
}
