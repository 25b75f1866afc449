import type { JWTVerifyGetKey } from 'jose'
import type { AccessConfig, BrokerConfig, VisaIssuerConfig } from '../../../schemas/index.js'
import type { FetchJson } from './fetch-json.js'
import { createKeySet } from './key-set.js'

/** Clocks of brokers, issuers and nodes may differ by this, seconds. */
export const CLOCK_TOLERANCE_S = 5
/** `none` and symmetric algorithms are not among them (GA4GH AAI 1.2). */
export const ALGORITHMS = ['RS256', 'ES256']

export interface TrustedBroker {
  readonly config: BrokerConfig
  readonly keys: JWTVerifyGetKey
}

export interface TrustedIssuer {
  readonly config: VisaIssuerConfig
  /** By `jku`, as it stands in the configuration. */
  readonly keysAt: ReadonlyMap<string, JWTVerifyGetKey>
}

/** Whom a node trusts, by `iss`, and how it asks them. */
export interface Trust {
  /** What `aud` of a Passport for this node is. */
  readonly audience: () => string
  readonly now: () => Date
  readonly brokers: ReadonlyMap<string, TrustedBroker>
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  readonly fetchJson: FetchJson
}

/** Nothing is fetched before it is needed. */
export function createTrust(
  { brokers, visaIssuers }: AccessConfig,
  audience: () => string,
  fetchJson: FetchJson,
  now: () => Date,
): Trust {
  const known = new Map<string, JWTVerifyGetKey>()
  const keysAt = (address: string): JWTVerifyGetKey => {
    const keys = known.get(address) ?? createKeySet(address, fetchJson, now)
    known.set(address, keys)
    return keys
  }
  return {
    audience,
    now,
    brokers: new Map(brokers.map((config) => [config.issuer, { config, keys: keysAt(config.jwksUri) }])),
    issuers: new Map(
      visaIssuers.map((config) => [
        config.issuer,
        { config, keysAt: new Map(config.jku.map((address) => [address, keysAt(address)])) },
      ]),
    ),
    fetchJson,
  }
}

/** Seconds since 1970. */
export function secondsNow({ now }: Pick<Trust, 'now'>): number {
  return Math.floor(now().getTime() / 1000)
}
