import type { NodeConfig } from '../../schemas/index.js'
import { createAuthenticate, knowNobody, refuseSignatures } from './authenticate.js'
import type { Authenticate, VerifySignature } from './caller.js'
import type { Realm } from './challenges.js'
import { checkAccess } from './check-access.js'
import type { OnDropped } from './passport/accept-visas.js'
import { createClearinghouse } from './passport/clearinghouse.js'
import { createJsonClient } from './passport/fetch-json.js'
import { createTrust } from './passport/trust.js'
import { METADATA_PATH, toResourceMetadata } from './protected-resource.js'

/** How a node finds out who asks. */
export interface NodeAccess {
  readonly authenticate: Authenticate
  readonly realm: Realm
  /** JSON documents for everybody, by path. */
  readonly documents: ReadonlyMap<string, () => object>
  /** Ends the connections to brokers and issuers. */
  close(): Promise<void>
}

export interface AccessOptions {
  /** The node's public address without a path, as others reach it; asked when it is needed. */
  readonly origin: () => string
  readonly now: () => Date
  /** Default: a request that is signed is refused. */
  readonly verifySignature?: VerifySignature
  readonly onDropped?: OnDropped
}

/** @throws ConfigError */
export function openAccess({ id, name, access }: NodeConfig, options: AccessOptions): NodeAccess {
  const { origin, now, verifySignature = refuseSignatures, onDropped } = options
  const realm = { id, metadataUrl: () => origin() + METADATA_PATH }
  if (!access) return { authenticate: knowNobody, realm, documents: new Map(), close: () => Promise.resolve() }
  checkAccess(access)
  const audience = () => access.audience ?? origin()
  const client = createJsonClient(access.allowPrivate ?? false)
  const clearinghouse = createClearinghouse(createTrust(access, audience, client.fetchJson, now), realm, onDropped)
  return {
    authenticate: createAuthenticate({ access, realm, clearinghouse, verifySignature }),
    realm,
    documents: new Map([[METADATA_PATH, () => toResourceMetadata(name, access, audience())]]),
    close: () => client.close(),
  }
}
