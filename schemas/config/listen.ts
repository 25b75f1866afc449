const port = { type: 'integer', minimum: 0, maximum: 65_535 }

/** Where a process listens. Port 0 takes a free one. The admin listener is always on loopback. */
export interface Listen {
  readonly host: string
  readonly port: number
  /** Default: port + 1000. */
  readonly adminPort?: number
}

export const listenSchema = {
  type: 'object',
  required: ['host', 'port'],
  properties: { host: { type: 'string', minLength: 1 }, port, adminPort: port },
  additionalProperties: false,
}

/** TLS of a public listener. Paths are from the process' directory, files are PEM. */
export interface ListenTls {
  readonly keyFile: string
  /** The certificate, and those between it and its root. */
  readonly certFile: string
  /** Who signs the certificates of clients; default: those whom Node.js trusts. A client need not have one. */
  readonly clientCaFile?: string
}

/** The listener of a node, which can speak TLS itself. */
export interface NodeListen extends Listen {
  /** Absent: plain HTTP, as behind a proxy. */
  readonly tls?: ListenTls
}

const file = { type: 'string', minLength: 1 }

export const nodeListenSchema = {
  ...listenSchema,
  properties: {
    ...listenSchema.properties,
    tls: {
      type: 'object',
      required: ['keyFile', 'certFile'],
      properties: { keyFile: file, certFile: file, clientCaFile: file },
      additionalProperties: false,
    },
  },
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

/** Reverse-domain ids, as GA4GH service-info recommends: they end up in file names, URLs and logs. */
export const SERVICE_ID_PATTERN = '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$'

export interface OrganizationConfig {
  readonly id: string
  readonly name: string
  readonly welcomeUrl?: string
  readonly contactUrl?: string
}

export const organizationSchema = {
  type: 'object',
  required: ['id', 'name'],
  properties: {
    id: { type: 'string', minLength: 1 },
    name: { type: 'string', minLength: 1 },
    welcomeUrl: { type: 'string', format: 'uri' },
    contactUrl: { type: 'string', format: 'uri' },
  },
  additionalProperties: false,
}
