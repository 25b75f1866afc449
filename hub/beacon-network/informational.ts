import {
  API_VERSION_2_2,
  toGenomicVariantEntryType,
  type Configuration,
  type EndpointSet,
  type HubConfig,
  type InformationalMeta,
} from '../../schemas/index.js'
import { DEFAULT_GRANULARITY } from '../errors.js'

/** The hub's own facts, as its informational answers need them. */
export interface HubIdentity {
  readonly config: HubConfig
  readonly version: string
  /** Public address without a trailing slash. */
  readonly baseUrl: string
}

export interface InformationalAnswer {
  readonly meta: InformationalMeta
  readonly response: object
}

function answer({ config }: HubIdentity, response: object): InformationalAnswer {
  return { meta: { beaconId: config.id, apiVersion: API_VERSION_2_2, returnedSchemas: [] }, response }
}

export function toInfo(hub: HubIdentity): InformationalAnswer {
  const { id, name, environment, organization } = hub.config
  return answer(hub, {
    id,
    name,
    apiVersion: API_VERSION_2_2,
    environment,
    organization,
    description: 'A network of Beacons: asks all its regions at once and adds up what they release.',
    version: hub.version,
    welcomeUrl: `${hub.baseUrl}/`,
  })
}

export function toEntryTypesAnswer(hub: HubIdentity): InformationalAnswer {
  return answer(hub, { entryTypes: { genomicVariant: toGenomicVariantEntryType(hub.baseUrl) } })
}

/** Beacon's `productionStatus` for GA4GH's environment. */
function toProductionStatus(
  environment: HubConfig['environment'],
): Configuration['maturityAttributes']['productionStatus'] {
  switch (environment) {
    case 'prod':
      return 'PROD'
    case 'test':
    case 'staging':
      return 'TEST'
    case 'dev':
      return 'DEV'
  }
}

export function toConfiguration(hub: HubIdentity): InformationalAnswer {
  const configuration: Configuration = {
    $schema: `${hub.baseUrl}/schemas/beacon/configurationResponse.json`,
    maturityAttributes: { productionStatus: toProductionStatus(hub.config.environment) },
    securityAttributes: { defaultGranularity: DEFAULT_GRANULARITY, securityLevels: ['PUBLIC'] },
    entryTypes: { genomicVariant: toGenomicVariantEntryType(hub.baseUrl) },
  }
  return answer(hub, configuration)
}

export function toMap(hub: HubIdentity): InformationalAnswer {
  const rootUrl = `${hub.baseUrl}/beacon/v2/g_variants`
  const genomicVariant: EndpointSet = { entryType: 'genomicVariant', rootUrl, singleEntryUrl: `${rootUrl}/{id}` }
  return answer(hub, { $schema: `${hub.baseUrl}/schemas/beacon/mapResponse.json`, endpointSets: { genomicVariant } })
}

/** Terms are the regions' own; the hub adds none. */
export function toFilteringTerms(hub: HubIdentity): InformationalAnswer {
  return answer(hub, { filteringTerms: [], resources: [] })
}
