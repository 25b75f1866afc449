import type { AccessConfig } from '../../schemas/index.js'
import { NodeError } from '../errors.js'
import { NOBODY_KNOWN, type Authenticate, type VerifySignature } from './caller.js'
import { invalidSignature, type Realm } from './challenges.js'
import type { Clearinghouse } from './passport/clearinghouse.js'
import { ANONYMOUS } from './person.js'
import { readBearerToken } from './read-bearer-token.js'
import { joinIntents, readIntent } from './read-purpose.js'
import { requireBinding, requireCertificate } from './require-binding.js'

/** Of a node whose `node.yaml` has no `access`: it knows nobody, and takes no token. */
export const knowNobody: Authenticate = ({ headers }) => {
  if (!headers.has('authorization')) return Promise.resolve(NOBODY_KNOWN)
  return Promise.reject(
    new NodeError('unauthenticated', 'this node accepts no access tokens; ask without Authorization'),
  )
}

export interface AuthenticateOptions {
  readonly access: AccessConfig
  readonly realm: Realm
  readonly clearinghouse: Clearinghouse
  readonly verifySignature: VerifySignature
}

/**
 * Of a node whose `node.yaml` has `access`: what is cheap to check comes first, and the signature of a request before its token,
 * so that only a hub that the node knows can make it verify visas.
 */
export function createAuthenticate({
  access,
  realm,
  clearinghouse,
  verifySignature,
}: AuthenticateOptions): Authenticate {
  return async (credentials) => {
    const token = readBearerToken(realm, credentials)
    const said = readIntent(credentials)
    const signer = await verifySignature(credentials)
    requireCertificate(access, credentials, signer)
    const principal =
      token === undefined
        ? ANONYMOUS
        : await clearinghouse.identify(token, (bearer) => requireBinding(access, realm, bearer, signer))
    return { principal, ...joinIntents(said, principal), ...(signer ? { hub: signer.client } : {}) }
  }
}

/** Of a node that cannot check signatures: a request that has one is refused. */
export const refuseSignatures: VerifySignature = ({ headers }) => {
  if (!headers.has('signature') && !headers.has('signature-input')) return Promise.resolve(undefined)
  return Promise.reject(invalidSignature('this node cannot check the signature of the request'))
}
