import { ConfigError, type AccessConfig } from '../../schemas/index.js'
import { whyAddressRefused } from './passport/address-policy.js'

/**
 * Finds what is wrong with `access` of `node.yaml` that its schema cannot know.
 *
 * @throws ConfigError
 */
export function checkAccess(access: AccessConfig): void {
  const { brokers, visaIssuers, rems = [], allowPrivate = false } = access
  refuseTwice(brokers, 'access.brokers')
  refuseTwice(visaIssuers, 'access.visaIssuers')
  checkRems(access)
  const addresses = [
    ...brokers.flatMap(({ jwksUri, userinfoEndpoint }, index) => [
      [`access.brokers[${index}].jwksUri`, jwksUri] as const,
      ...(userinfoEndpoint ? [[`access.brokers[${index}].userinfoEndpoint`, userinfoEndpoint] as const] : []),
    ]),
    ...visaIssuers.flatMap(({ jku }, index) =>
      jku.map((address) => [`access.visaIssuers[${index}].jku`, address] as const),
    ),
    ...rems.map(({ url }, index) => [`access.rems[${index}].url`, url] as const),
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

/** A REMS names what it grants below a prefix of its own: without one it could grant anything that any node has. */
function checkRems({ rems = [], visaIssuers }: AccessConfig): void {
  refuseTwice(rems, 'access.rems')
  rems.forEach(({ issuer }, index) => {
    const known = visaIssuers.find((one) => one.issuer === issuer)
    if (known?.valuePrefix === undefined) {
      throw new ConfigError(`access.rems[${index}].issuer is none of access.visaIssuers with a valuePrefix: ${issuer}`)
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
