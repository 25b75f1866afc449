import { ENVIRONMENTS, type Environment } from '../beacon/informational-responses.js'
import { GRANULARITIES, type Granularity } from '../beacon/granularity.js'
import { closed, objectSchema, text } from '../json-schema.js'
import { accessSchema, type AccessConfig } from './access-config.js'
import { auditSchema, type AuditConfig } from './audit-config.js'
import {
  LOG_LEVELS,
  nodeListenSchema,
  organizationSchema,
  SERVICE_ID_PATTERN,
  type LogLevel,
  type NodeListen,
  type OrganizationConfig,
} from './listen.js'

/** An object store that speaks S3. Paths are from the node's directory. */
export interface S3Config {
  readonly endpoint: string
  readonly region: string
  /** Default: true, the bucket stands in the path. */
  readonly pathStyle?: boolean
  /** Absent: requests are not signed. */
  readonly credentials?: {
    readonly accessKeyIdFile: string
    readonly secretAccessKeyFile: string
    readonly sessionTokenFile?: string
  }
}

/** `node.yaml` */
export interface NodeConfig {
  /** Beacon id, e.g. `se.fyr.norr`. */
  readonly id: string
  readonly name: string
  /** Who answers questions about the data; datasets take it over. */
  readonly contact: string
  readonly organization: OrganizationConfig
  readonly environment: Environment
  readonly listen: NodeListen
  /** Public address of the Beacon API as others reach it, `https://…/beacon/v2`; default: host and port. */
  readonly baseUrl?: string
  /** Public address of the htsget API as others reach it, `https://…/htsget/v1`; default: beside the Beacon API. */
  readonly htsgetUrl?: string
  readonly variantStore: { readonly type: 'sqlite' }
  /** Granularity of a request that names none. */
  readonly defaultGranularity: Granularity
  readonly logLevel: LogLevel
  /**
   * FASTA files, each with its `.fai`, of the assemblies; from the node's directory. Then REF is checked, and new datasets are
   * left-aligned.
   */
  readonly references?: { readonly GRCh37?: string; readonly GRCh38?: string }
  /** Where files are that stand neither on a disk of this machine nor on a web server. */
  readonly storage?: { readonly s3?: S3Config }
  /** The key for which files are encrypted that the node is to read. Paths are from the node's directory. */
  readonly crypt4gh?: { readonly secretKeyFile: string; readonly passphraseFile?: string }
  /** Whom the node knows, and what proof it wants. */
  readonly access?: AccessConfig
  /** Who witnesses the audit log, and whose the node witnesses. */
  readonly audit?: AuditConfig
}

const s3Schema = {
  type: 'object',
  required: ['endpoint', 'region'],
  properties: {
    endpoint: { type: 'string', format: 'uri', pattern: '^https?://' },
    region: text,
    pathStyle: { type: 'boolean' },
    credentials: {
      type: 'object',
      required: ['accessKeyIdFile', 'secretAccessKeyFile'],
      properties: { accessKeyIdFile: text, secretAccessKeyFile: text, sessionTokenFile: text },
      ...closed,
    },
  },
  ...closed,
}

export const nodeConfigSchema = objectSchema(
  'node.yaml',
  ['id', 'name', 'contact', 'organization', 'environment', 'listen', 'variantStore', 'defaultGranularity', 'logLevel'],
  {
    id: { type: 'string', pattern: SERVICE_ID_PATTERN },
    name: text,
    contact: text,
    organization: organizationSchema,
    environment: { enum: ENVIRONMENTS },
    listen: nodeListenSchema,
    baseUrl: { type: 'string', format: 'uri', pattern: '^https?://' },
    htsgetUrl: { type: 'string', format: 'uri', pattern: '^https?://' },
    variantStore: { type: 'object', required: ['type'], properties: { type: { enum: ['sqlite'] } }, ...closed },
    defaultGranularity: { enum: GRANULARITIES },
    logLevel: { enum: LOG_LEVELS },
    references: { type: 'object', properties: { GRCh37: text, GRCh38: text }, ...closed },
    storage: { type: 'object', properties: { s3: s3Schema }, ...closed },
    crypt4gh: {
      type: 'object',
      required: ['secretKeyFile'],
      properties: { secretKeyFile: text, passphraseFile: text },
      ...closed,
    },
    access: accessSchema,
    audit: auditSchema,
  },
  closed,
)
