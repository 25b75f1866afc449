import { ConfigError, type AccessConfig } from '../../schemas/index.js'
import { whyAddressRefused } from './passport/address-policy.js'

/**
 * Finds what is wrong with `access` of `node.yaml` that its schema cannot know.
 *
 * @throws ConfigError
 */
export function checkAccess({ brokers, visaIssuers, allowPrivate = false }: AccessConfig): void {
  refuseTwice(brokers, 'access.brokers')
  refuseTwice(visaIssuers, 'access.visaIssuers')
  const addresses = [
    ...brokers.flatMap(({ jwksUri, userinfoEndpoint }, index) => [
      [`access.brokers[${index}].jwksUri`, jwksUri] as const,
      ...(userinfoEndpoint ? [[`access.brokers[${index}].userinfoEndpoint`, userinfoEndpoint] as const] : []),
    ]),
    ...visaIssuers.flatMap(({ jku }, index) =>
      jku.map((address) => [`access.visaIssuers[${index}].jku`, address] as const),
    ),
  ]
  for (const [key, address] of addresses) {
    const reason = whyAddressRefused(address, allowPrivate)
    if (reason !== undefined) throw new ConfigError(`${key} ${reason}: ${address} (see access.allowPrivate)`)
  }
  visaIssuers.forEach(({ subjectsOf }, index) => {
    if (subjectsOf !== undefined && !brokers.some(({ issuer }) => issuer === subjectsOf)) {
      throw new ConfigError(`access.visaIssuers[${index}].subjectsOf is the issuer of no broker: ${subjectsOf}`)
    }
  })
}

/** Of two entries for one issuer, nobody could say which bounds hold. */
function refuseTwice(list: readonly { readonly issuer: string }[], key: string): void {
  list.forEach(({ issuer }, index) => {
    if (list.findIndex((other) => other.issuer === issuer) < index) {
      throw new ConfigError(`${key} has the issuer ${issuer} twice`)
    }
  })
}
