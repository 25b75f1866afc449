import type { BrokerConfig } from '../../schemas/index.js'
import { insufficientLogin, type Realm } from './challenges.js'
import type { Person } from './person.js'

/** What a login can be too weak for. A file counts as records. */
export type AcrLevel = 'count' | 'record'

/**
 * Asks for another login where the one that a Passport tells of is too weak or too old for what would be told (RFC 9470). Who
 * could not be told that much anyway should not be asked to log in anew: decide on the grants first.
 *
 * @param brokers of `node.yaml`
 * @throws NodeError unauthenticated, with the challenge `insufficient_user_authentication`
 */
export function requireAcr(
  realm: Realm,
  { subject, acr, authenticatedAt }: Pick<Person, 'subject' | 'acr' | 'authenticatedAt'>,
  level: AcrLevel,
  brokers: readonly BrokerConfig[],
  now: Date,
): void {
  const broker = brokers.find(({ issuer }) => issuer === subject.issuer)
  const accepted = broker?.acceptedAcr?.[level]
  const maxAge = broker?.maximumLoginAge
  const isWeak = accepted !== undefined && (acr === undefined || !accepted.includes(acr))
  // Of a login of which nobody says when it was, nobody can say that it was lately.
  const isOld = maxAge !== undefined && now.getTime() / 1000 - (authenticatedAt ?? -Infinity) > maxAge
  if (!isWeak && !isOld) return
  throw insufficientLogin(realm, `log in ${isWeak ? 'by a stronger means' : 'anew'} to be told this much`, {
    ...(accepted ? { acrValues: accepted } : {}),
    ...(maxAge === undefined ? {} : { maxAge }),
  })
}
