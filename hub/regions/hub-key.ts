import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import {
  ConfigError,
  toPrivateSignatureKey,
  type PrivateSignatureKey,
  type SigningConfig,
} from '../../schemas/index.js'

/** Where `fyr-hub init` puts the key of the hub. */
export const HUB_KEY_FILE = 'hub-key.json'

/** For its owner alone. */
const SECRET_MODE = 0o600

/** Makes a new P-256 key; refuses to touch one that exists. */
export function createHubKey(file: string): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }), null, 2)
  writeFileSync(file, `${jwk}\n`, { flag: 'wx', mode: SECRET_MODE })
}

/** @throws ConfigError it cannot be read, or is no key that can sign; no part of it is told */
export function readHubKey({ privateKeyFile }: SigningConfig): PrivateSignatureKey {
  let source: string
  try {
    source = readFileSync(privateKeyFile, 'utf8')
  } catch (error) {
    throw new ConfigError(
      `${privateKeyFile}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    )
  }
  let jwk: unknown
  try {
    jwk = JSON.parse(source)
  } catch {
    throw new ConfigError(`${privateKeyFile}: is no JSON`)
  }
  try {
    return toPrivateSignatureKey(jwk)
  } catch (error) {
    throw new ConfigError(`${privateKeyFile}: ${(error as Error).message}`)
  }
}

/** What regions are given: `kid` is the id by which they know it. */
export function toPublishedKey(keyId: string, { publicJwk, algorithm }: PrivateSignatureKey): object {
  return { ...publicJwk, kid: keyId, alg: algorithm === 'ed25519' ? 'EdDSA' : 'ES256', use: 'sig' }
}
