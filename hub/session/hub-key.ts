import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { importJWK, SignJWT, type JWK } from 'jose'
import { ConfigError, type LoginConfig } from '../../schemas/index.js'

/** Name of the hub's private key in its directory. */
export const HUB_KEY_FILE = 'hub-key.json'

/** For the broker alone, and for one call. */
const ASSERTION_SECONDS = 60

/** Says to the broker who asks: `private_key_jwt`, RFC 7523 section 2.2. */
export type AssertClient = () => Promise<Readonly<Record<string, string>>>

function algorithmOf({ kty, crv, d }: JWK): string | undefined {
  if (d === undefined) return undefined
  if (kty === 'EC' && crv === 'P-256') return 'ES256'
  return kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : undefined
}

function readKey(file: string): JWK {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JWK
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'it is no JSON'
    throw new ConfigError(`login.privateKeyFile of hub.yaml: ${file} cannot be read: ${why}`)
  }
}

/**
 * Reads the hub's private key.
 *
 * @param directory of the hub
 * @throws ConfigError
 */
export async function openClientAssertion(
  login: LoginConfig,
  directory: string,
  wallClock: () => Date,
): Promise<AssertClient> {
  const { clientId, issuer, privateKeyFile = HUB_KEY_FILE } = login
  const file = join(resolve(directory), privateKeyFile)
  const jwk = readKey(file)
  const alg = algorithmOf(jwk)
  const refused = new ConfigError(
    `login.privateKeyFile of hub.yaml: ${file} is no private P-256 or Ed25519 key as a JWK`,
  )
  if (alg === undefined) throw refused
  const key = await importJWK(jwk, alg).catch(() => Promise.reject(refused))
  const header = { alg, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) }
  return async () => {
    const iat = Math.floor(wallClock().getTime() / 1_000)
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader(header)
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setIssuedAt(iat)
      .setExpirationTime(iat + ASSERTION_SECONDS)
      .sign(key)
    return {
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }
  }
}
