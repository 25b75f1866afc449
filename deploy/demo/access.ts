import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JWK } from 'jose'
import type { AccessConfig, LoginConfig } from '../../schemas/index.js'
import { REGION, UNIVERSITY } from './identity/accounts.js'
import { toIdentityAddresses } from './identity-provider.js'
import { LOOPBACK } from './ports.js'

/** Above the hub's port. */
export const IDENTITY_PORT_OFFSET = 10
/** The hub as the identity provider and the regions know it. */
export const HUB_CLIENT = 'fyr-hub'
export const HUB_ID = 'se.fyr.hub'
/** As `fyr-hub init` calls the first key of a hub. */
const HUB_KEY_ID = `${HUB_ID}-1`
/** What `fyr-hub key` prints, in the hub's directory; beside it stand the directories of the regions. */
export const HUB_PUBLIC_KEY_FILE = 'hub-public-key.json'

export function identityUrl(hubPort: number): string {
  return `http://${LOOPBACK}:${hubPort + IDENTITY_PORT_OFFSET}`
}

/** `login` of `hub.yaml`. */
export function toLoginConfig(hubPort: number): LoginConfig {
  const { issuer } = toIdentityAddresses(identityUrl(hubPort))
  return { issuer, jwksUri: `${issuer}/jwks`, tokenEndpoint: `${issuer}/token`, clientId: HUB_CLIENT }
}

/**
 * `access` of `node.yaml`: Passports that the hub passes on are good in what it signs; somebody's own, as samtools sends it, needs
 * no signature.
 */
export function toAccessConfig(hubPort: number, audience: string): AccessConfig {
  const { issuer, visaIssuer, visaJku } = toIdentityAddresses(identityUrl(hubPort))
  return {
    trust: 'signed',
    audience,
    brokers: [{ issuer, jwksUri: `${issuer}/jwks` }],
    visaIssuers: [
      {
        issuer: visaIssuer,
        jku: [visaJku],
        types: ['AffiliationAndRole', 'ResearcherStatus', 'AcceptedTermsAndPolicies'],
        sources: [UNIVERSITY, REGION],
        subjectsOf: issuer,
      },
    ],
    hubs: [{ keyId: HUB_KEY_ID, client: HUB_CLIENT, publicKeyFile: join('..', 'hub', HUB_PUBLIC_KEY_FILE) }],
    direct: 'bearer',
    audiences: { region: ['region.example'], national: ['university.example'] },
    allowPrivate: true,
  }
}

/** What the identity provider is given of the hub. */
export function readHubKeys(hubDirectory: string): ReadonlyMap<string, JWK> {
  const jwk = JSON.parse(readFileSync(join(hubDirectory, HUB_PUBLIC_KEY_FILE), 'utf8')) as JWK
  return new Map([[HUB_CLIENT, jwk]])
}
