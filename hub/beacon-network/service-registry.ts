import type { RegionConfig } from '../../schemas/index.js'
import type { HubIdentity } from './informational.js'

export interface ServiceType {
  readonly group: string
  readonly artifact: string
  readonly version: string
}

/** GA4GH service-info 1.0.0 */
export interface Service {
  readonly id: string
  readonly name: string
  readonly type: ServiceType
  readonly description?: string
  readonly organization: { readonly name: string; readonly url: string }
  readonly environment?: string
  readonly version: string
}

/** GA4GH service-registry 1.0.0 */
export interface ExternalService extends Service {
  readonly url: string
}

const BEACON_NETWORK: ServiceType = { group: 'org.ga4gh', artifact: 'beacon', version: '2.2.0' }
/** Members are asked in 2.2 form and may answer in the form of 2.1.1, so that is what they must speak. */
const BEACON_MEMBER: ServiceType = { group: 'org.ga4gh', artifact: 'beacon', version: '2.1.1' }
const REGISTRY: ServiceType = { group: 'org.ga4gh', artifact: 'service-registry', version: '1.0.0' }
/** The standard demands the software version of a member, which a registry without contact to it does not know. */
const UNKNOWN_VERSION = 'unknown'

function toService({ config, version, baseUrl }: HubIdentity, type: ServiceType): Service {
  const { name, welcomeUrl } = config.organization
  return {
    id: config.id,
    name: config.name,
    type,
    organization: { name, url: welcomeUrl ?? `${baseUrl}/` },
    environment: config.environment,
    version,
  }
}

export function toBeaconServiceInfo(hub: HubIdentity): Service {
  return toService(hub, BEACON_NETWORK)
}

export function toRegistryServiceInfo(hub: HubIdentity): Service {
  return toService(hub, REGISTRY)
}

export function toExternalService({ id, name, url }: RegionConfig): ExternalService {
  const organization = { name, url: new URL(url).origin }
  return { id, name, type: BEACON_MEMBER, organization, version: UNKNOWN_VERSION, url }
}

/** The distinct types of the listed services. */
export function toServiceTypes(regions: readonly RegionConfig[]): readonly ServiceType[] {
  return regions.length > 0 ? [BEACON_MEMBER] : []
}
