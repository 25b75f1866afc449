import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { destination, pino, type DestinationStream } from 'pino'
import { ADMIN_HOST, toAdminPort, type NodeConfig } from '../schemas/index.js'
import { createAdminApp, createApp } from './app.js'
import { openAuditLog } from './audit/audit-log.js'
import { BEACON_PATH } from './beacon/routes.js'
import { referencePaths } from './config.js'
import { openIndividuals } from './metadata/individuals.js'
import { createNodeMetrics } from './metrics/metrics.js'
import type { Bitmap } from './variants/bitmap.js'
import { openSqliteStore } from './variants/sqlite/open-sqlite-store.js'
import { openReferences } from './variants/reference.js'
import { createTestStore } from './variants/test-store.js'

/** Idle connections are kept longer than any hub or proxy keeps its end, so that no request meets a closing socket. */
const KEEP_ALIVE_MS = 75_000
/** How long requests in flight may take after a stop was asked for. */
const DRAIN_MS = 10_000

export interface NodeOptions {
  /** The node's directory: node.yaml, datasets, register of people, audit log. */
  readonly directory: string
  readonly now?: () => Date
  /** Where JSON logs go; default: standard error. */
  readonly logTo?: DestinationStream
}

export interface RunningNode {
  readonly app: Express
  readonly adminApp: Express
  /** Starts both listeners. @throws Error a port is taken */
  listen(): Promise<{ readonly url: string; readonly adminUrl: string }>
  /** Stops taking requests, lets those in flight finish, and closes every file. */
  close(): Promise<void>
}

/** Wires a node from its configuration. @throws ConfigError */
export async function createNode(config: NodeConfig, options: NodeOptions): Promise<RunningNode> {
  const log = pino({ level: config.logLevel, base: { service: config.id } }, options.logTo ?? destination(2))
  const metrics = createNodeMetrics()
  const individuals = openIndividuals(options.directory)
  const references = openReferences(referencePaths(options.directory, config))
  const store = openSqliteStore(options.directory, {
    references,
    onProblem: (err) => log.error({ err }, 'a published dataset cannot be read'),
  })
  const testStore = createTestStore()
  const audit = openAuditLog(options.directory)
  let draining = false
  let beaconUrl = config.baseUrl?.replace(/\/+$/, '')
  const context = {
    config,
    baseUrl: () => beaconUrl ?? BEACON_PATH,
    store,
    testStore,
    countFamilies: (people: Bitmap) => individuals.countFamilies(people),
    audit,
    now: options.now ?? (() => new Date()),
  }
  const health = { ready: () => !draining }
  const app = createApp(context, health, log, metrics)
  const adminApp = createAdminApp(health, metrics)
  const server = createServer(app)
  const adminServer = createServer(adminApp)
  server.keepAliveTimeout = KEEP_ALIVE_MS

  return {
    app,
    adminApp,
    async listen() {
      const { host, port } = config.listen
      const url = await start(server, host, port)
      beaconUrl ??= `${url}${BEACON_PATH}`
      const adminUrl = await start(adminServer, ADMIN_HOST, toAdminPort(config.listen))
      log.info({ url, adminUrl }, 'listening')
      return { url, adminUrl }
    },
    async close() {
      draining = true
      await Promise.all([drain(server), drain(adminServer)])
      await store.close()
      await testStore.close()
      individuals.close()
      for (const reference of Object.values(references)) reference.close()
      audit.close()
    },
  }
}

function start(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address() as AddressInfo
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
      resolve(`http://${name}:${address.port}`)
    })
  })
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve()
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
