import type { AccessConfig } from '../../../schemas/index.js'
import { refuseSignatures } from '../authenticate.js'
import type { VerifySignature } from '../caller.js'
import { readKnownHubs } from './known-hubs.js'
import { openNonces } from './nonces.js'
import type { PublicAddress } from './target-uri.js'
import { createVerifySignature } from './verify-signature.js'

/** How a node checks the signatures of requests. */
export interface Signatures {
  readonly verifySignature: VerifySignature
  close(): void
}

export interface SignaturesOptions {
  readonly directory: string
  /** Where requests may be for. */
  readonly addresses: readonly PublicAddress[]
  readonly now: () => Date
}

/**
 * Reads the keys of the hubs that a node knows, and opens the nonces that its workers share. A node that knows no hub refuses
 * whatever is signed.
 *
 * @throws ConfigError, SqliteError
 */
export function openSignatures(access: AccessConfig | undefined, options: SignaturesOptions): Signatures {
  const { directory, addresses, now } = options
  const hubs = access ? readKnownHubs(directory, access) : new Map<string, never>()
  if (hubs.size === 0) return { verifySignature: refuseSignatures, close: () => undefined }
  const nonces = openNonces(directory, { now: () => now().getTime() })
  return { verifySignature: createVerifySignature({ hubs, nonces, addresses, now }), close: () => nonces.close() }
}
