import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  ConfigError,
  toPublicSignatureKey,
  type AccessConfig,
  type PublicSignatureKey,
} from '../../../schemas/index.js'

/** A hub whose signatures the node can check. */
export interface KnownHub {
  readonly client: string
  readonly key: PublicSignatureKey
  /** Its TLS certificate must be shown as well: SHA-256, hexadecimal. Absent: none is asked for. */
  readonly certificateSha256?: string
}

function readKey(path: string): PublicSignatureKey {
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
  try {
    return toPublicSignatureKey(JSON.parse(source))
  } catch (error) {
    const problem = error instanceof SyntaxError ? 'is no JSON' : (error as Error).message
    throw new ConfigError(`${path}: ${problem}; give it what "fyr-hub key" prints`)
  }
}

/**
 * The hubs of `node.yaml`, by the `keyid` of their signatures.
 *
 * @throws ConfigError a key cannot be read, or a hub lacks what the level of trust asks for
 */
export function readKnownHubs(
  nodeDirectory: string,
  { hubs = [], trust }: AccessConfig,
): ReadonlyMap<string, KnownHub> {
  const known = new Map<string, KnownHub>()
  for (const { keyId, client, publicKeyFile, certificateSha256 } of hubs) {
    if (known.has(keyId)) throw new ConfigError(`access.hubs: there are two keys ${keyId}`)
    const key = readKey(resolve(nodeDirectory, publicKeyFile))
    if (trust !== 'signed+mtls') known.set(keyId, { client, key })
    else if (certificateSha256 !== undefined) known.set(keyId, { client, key, certificateSha256 })
    else throw new ConfigError(`access.hubs: ${keyId} has no certificateSha256, which trust signed+mtls needs`)
  }
  return known
}
