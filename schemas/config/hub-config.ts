import { ENVIRONMENTS, type Environment } from '../beacon/informational-responses.js'
import { closed, objectSchema, text } from '../json-schema.js'
import { KEY_ID_PATTERN } from '../signature/request-signature.js'
import { verifierKey } from './audit-config.js'
import {
  listenSchema,
  LOG_LEVELS,
  organizationSchema,
  SERVICE_ID_PATTERN,
  type Listen,
  type LogLevel,
  type OrganizationConfig,
} from './listen.js'
import { loginSchema, type LoginConfig } from './login-config.js'

/** A member of the network. */
export interface RegionConfig {
  /** The node's beacon id; unique in the network. */
  readonly id: string
  readonly name: string
  /** Base URL of the node's Beacon API, `https://…/beacon/v2`. */
  readonly url: string
  /** What `aud` of a Passport for the node is; default: the origin of `url`. */
  readonly audience?: string
  /** Key of the node's audit log, as `fyr-node audit key` prints it; absent: the hub does not witness it. */
  readonly auditKey?: string
}

/** When a region that fails is left alone. */
export interface BreakerConfig {
  /** Failures in a row until the region is not asked; default 5. */
  readonly failures?: number
  /** Milliseconds until one question tries it again; default 10,000. */
  readonly coolDownMs?: number
}

/** With what the hub signs every request to a region (RFC 9421). */
export interface SigningConfig {
  /** What regions know the key by, `keyid` of the signatures. */
  readonly keyId: string
  /** JWK with its secret, P-256 or Ed25519; from the hub's directory. */
  readonly privateKeyFile: string
}

/** TLS to the regions. Paths are from the hub's directory, files are PEM. */
export interface HubTlsConfig {
  /** The hub's certificate, for regions that ask for one, and its key. */
  readonly keyFile?: string
  readonly certFile?: string
  /** Who signs the certificates of regions; default: those whom Node.js trusts. */
  readonly caFile?: string
}

/** `hub.yaml` */
export interface HubConfig {
  readonly id: string
  readonly name: string
  readonly organization: OrganizationConfig
  readonly environment: Environment
  readonly listen: Listen
  /** Public address of the hub, `https://…`; default: host and port. */
  readonly baseUrl?: string
  /** One deadline for the whole fan-out, milliseconds. */
  readonly deadlineMs: number
  /** Most bytes read of one region's answer. */
  readonly maximumResponseBytes: number
  /** Allow regions on private and loopback addresses: for tests and demonstrations. */
  readonly allowPrivate: boolean
  readonly logLevel: LogLevel
  /** Most questions in flight at once; default: by the number of regions. */
  readonly maximumQuestions?: number
  readonly breaker?: BreakerConfig
  /** Absent: requests are not signed, and regions that ask for signatures take the hub for nobody. */
  readonly signing?: SigningConfig
  readonly tls?: HubTlsConfig
  /** Whose access tokens are taken; absent: nobody can log in, and every question is anonymous. */
  readonly login?: LoginConfig
  readonly regions: readonly RegionConfig[]
}

export const regionSchema = {
  type: 'object',
  required: ['id', 'name', 'url'],
  properties: {
    id: { type: 'string', pattern: SERVICE_ID_PATTERN },
    name: text,
    url: { type: 'string', format: 'uri', pattern: '^https?://' },
    audience: text,
    auditKey: verifierKey,
  },
  ...closed,
}

export const hubConfigSchema = objectSchema(
  'hub.yaml',
  [
    'id',
    'name',
    'organization',
    'environment',
    'listen',
    'deadlineMs',
    'maximumResponseBytes',
    'allowPrivate',
    'logLevel',
    'regions',
  ],
  {
    id: { type: 'string', pattern: SERVICE_ID_PATTERN },
    name: text,
    organization: organizationSchema,
    environment: { enum: ENVIRONMENTS },
    listen: listenSchema,
    baseUrl: { type: 'string', format: 'uri', pattern: '^https?://' },
    deadlineMs: { type: 'integer', minimum: 50, maximum: 600_000 },
    maximumResponseBytes: { type: 'integer', minimum: 1_024, maximum: 1_073_741_824 },
    allowPrivate: { type: 'boolean' },
    logLevel: { enum: LOG_LEVELS },
    maximumQuestions: { type: 'integer', minimum: 1, maximum: 10_000 },
    breaker: {
      type: 'object',
      properties: {
        failures: { type: 'integer', minimum: 1, maximum: 1_000 },
        coolDownMs: { type: 'integer', minimum: 10, maximum: 3_600_000 },
      },
      ...closed,
    },
    signing: {
      type: 'object',
      required: ['keyId', 'privateKeyFile'],
      properties: { keyId: { type: 'string', pattern: KEY_ID_PATTERN }, privateKeyFile: text },
      ...closed,
    },
    tls: {
      type: 'object',
      properties: { keyFile: text, certFile: text, caFile: text },
      dependentRequired: { keyFile: ['certFile'], certFile: ['keyFile'] },
      ...closed,
    },
    login: loginSchema,
    regions: { type: 'array', items: regionSchema },
  },
  closed,
)
