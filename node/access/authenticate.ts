import type { AccessConfig } from '../../schemas/index.js'
import { NodeError } from '../errors.js'
import { audiencesOf } from './audiences.js'
import { NOBODY_KNOWN, type Authenticate, type Caller, type VerifySignature } from './caller.js'
import { invalidSignature, type Realm } from './challenges.js'
import type { Clearinghouse } from './passport/clearinghouse.js'
import { ANONYMOUS, type Principal } from './person.js'
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
  // Whom the clearinghouse knows still is the same object.
  const known = new WeakMap<Principal, Pick<Caller, 'audiences'>>()

  function placeOf(principal: Principal): Pick<Caller, 'audiences'> {
    let place = known.get(principal)
    if (!place) {
      const audiences = audiencesOf(principal, access.audiences)
      place = audiences ? { audiences } : {}
      known.set(principal, place)
    }
    return place
  }

  return async (credentials) => {
    const token = readBearerToken(realm, credentials)
    const said = readIntent(credentials)
    const signer = await verifySignature(credentials)
    requireCertificate(access, credentials, signer)
    const principal =
      token === undefined
        ? ANONYMOUS
        : await clearinghouse.identify(token, (bearer) => requireBinding(access, realm, bearer, signer))
    const hub = signer ? { hub: signer.client } : {}
    return { principal, ...joinIntents(said, principal), ...hub, ...placeOf(principal) }
  }
}

/** Of a node that cannot check signatures: a request that has one is refused. */
export const refuseSignatures: VerifySignature = ({ headers }) => {
  if (!headers.has('signature') && !headers.has('signature-input')) return Promise.resolve(undefined)
  return Promise.reject(invalidSignature('this node cannot check the signature of the request'))
}
