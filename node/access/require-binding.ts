import type { AccessConfig } from '../../schemas/index.js'
import type { Credentials, Signer } from './caller.js'
import { invalidSignature, invalidToken, type Realm } from './challenges.js'
import type { Bearer } from './passport/bearer.js'

/**
 * Whether a token may be used in a request, by who signed it. A Passport that was made for a hub, or bound to a key, is worth
 * nothing to a thief who has not the key (RFC 7800 section 3.1; RFC 8693 section 4.1).
 *
 * @param signer of the request, whose signature was verified; undefined: it has none
 * @throws NodeError unauthenticated
 */
export function requireBinding(
  { trust, direct }: AccessConfig,
  realm: Realm,
  { actor, keyThumbprint, needsKey }: Pick<Bearer, 'actor' | 'keyThumbprint' | 'needsKey'>,
  signer: Signer | undefined,
): void {
  const isBound = actor !== undefined || keyThumbprint !== undefined
  if (signer) {
    if (keyThumbprint !== undefined && keyThumbprint !== signer.keyThumbprint) {
      throw invalidToken(realm, 'the Passport is bound to another key than the one that signed the request')
    }
    if (actor !== undefined && actor !== signer.client) {
      throw invalidToken(realm, 'the Passport was made for another client than the one that signed the request')
    }
  } else if (isBound && (trust !== 'passport' || needsKey)) {
    throw invalidToken(realm, 'the Passport is bound to a client or a key, and the request is not signed')
  }
  if (!isBound && trust !== 'passport' && direct !== 'bearer') {
    throw invalidToken(realm, 'this node takes no Passport that is not bound to the hub that uses it')
  }
}

/**
 * At `signed+mtls`, whoever signs a request must also be at the other end of its connection.
 *
 * @throws NodeError unauthenticated
 */
export function requireCertificate(
  { trust, hubs = [] }: AccessConfig,
  { certificateSha256 }: Credentials,
  signer: Signer | undefined,
): void {
  if (trust !== 'signed+mtls' || !signer) return
  // Absent never equals absent. A hub that changes its key has two entries for a while.
  const isShown =
    certificateSha256 !== undefined &&
    hubs.some((hub) => hub.client === signer.client && hub.certificateSha256 === certificateSha256)
  if (!isShown) {
    throw invalidSignature('the connection does not show the certificate of the hub that signed the request')
  }
}
