import {
  HTSGET_FORMATS,
  HTSGET_VERSION,
  readVersion,
  type HtsgetCapabilities,
  type HtsgetEndpoint,
  type NodeConfig,
} from '../../schemas/index.js'

const NODE_VERSION = readVersion()

/** GA4GH service-info 1.0.0 of an endpoint: reads and variants are two services. */
export function toHtsgetServiceInfo(config: NodeConfig, endpoint: HtsgetEndpoint, baseUrl: string): object {
  const { organization } = config
  const isReads = endpoint === 'reads'
  // One word for all formats of a service: CRAM comes with all fields and tags, whatever was asked.
  const isEffective = false
  const htsget: HtsgetCapabilities = {
    datatype: endpoint,
    formats: HTSGET_FORMATS[endpoint],
    fieldsParameterEffective: isEffective,
    tagsParametersEffective: isEffective,
  }
  return {
    id: `${config.id}.htsget.${endpoint}`,
    name: `${config.name}: ${endpoint}`,
    type: { group: 'org.ga4gh', artifact: 'htsget', version: HTSGET_VERSION },
    ...(isReads ? { description: 'fields, tags and notags take effect in BAM; CRAM is sent with all of them' } : {}),
    organization: { name: organization.name, url: organization.welcomeUrl ?? `${baseUrl}/${endpoint}/service-info` },
    ...(organization.contactUrl ? { contactUrl: organization.contactUrl } : {}),
    environment: config.environment,
    version: NODE_VERSION,
    htsget,
  }
}
