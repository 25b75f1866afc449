import {
  API_VERSION,
  DRAFT_2020_12,
  type Configuration,
  type EndpointSet,
  type EntryType,
  type InformationalMeta,
  type NodeConfig,
  readVersion,
} from '../../schemas/index.js'
import { toEndpointSets, toEntryTypes } from './entry-types.js'

const NODE_VERSION = readVersion()

/** The version that service-info names, without the `v` of the Beacon wire. */
const BEACON_VERSION = API_VERSION.slice(1)

interface Informational<T> {
  readonly meta: InformationalMeta
  readonly response: T
}

function wrap<T>(config: NodeConfig, response: T): Informational<T> {
  return { meta: { beaconId: config.id, apiVersion: API_VERSION, returnedSchemas: [] }, response }
}

export function toInfo(config: NodeConfig, baseUrl: string, updateDateTime: string | undefined): Informational<object> {
  return wrap(config, {
    id: config.id,
    name: config.name,
    apiVersion: API_VERSION,
    environment: config.environment,
    organization: config.organization,
    description: `Beacon of ${config.name}`,
    version: NODE_VERSION,
    welcomeUrl: config.organization.welcomeUrl ?? `${baseUrl}/`,
    ...(updateDateTime ? { updateDateTime } : {}),
  })
}

/** GA4GH service-info 1.0.0: a bare object. */
export function toServiceInfo(config: NodeConfig, baseUrl: string): object {
  const { organization } = config
  return {
    id: config.id,
    name: config.name,
    type: { group: 'org.ga4gh', artifact: 'beacon', version: BEACON_VERSION },
    organization: { name: organization.name, url: organization.welcomeUrl ?? `${baseUrl}/` },
    ...(organization.contactUrl ? { contactUrl: organization.contactUrl } : {}),
    environment: config.environment,
    version: NODE_VERSION,
  }
}

export function toConfiguration(config: NodeConfig, baseUrl: string): Informational<Configuration> {
  const statuses = { prod: 'PROD', test: 'TEST', staging: 'TEST', dev: 'DEV' } as const
  return wrap(config, {
    $schema: DRAFT_2020_12,
    maturityAttributes: { productionStatus: statuses[config.environment] },
    securityAttributes: {
      defaultGranularity: config.defaultGranularity,
      securityLevels: ['PUBLIC', 'REGISTERED', 'CONTROLLED'],
    },
    entryTypes: toEntryTypes(baseUrl),
  })
}

export function toEntryTypesAnswer(
  config: NodeConfig,
  baseUrl: string,
): Informational<{ readonly entryTypes: { readonly [id: string]: EntryType } }> {
  return wrap(config, { entryTypes: toEntryTypes(baseUrl) })
}

export function toMap(
  config: NodeConfig,
  baseUrl: string,
): Informational<{ readonly $schema: string; readonly endpointSets: { readonly [id: string]: EndpointSet } }> {
  return wrap(config, { $schema: DRAFT_2020_12, endpointSets: toEndpointSets(baseUrl) })
}
