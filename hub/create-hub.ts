import type { Express } from 'express'
import { destination, pino, type DestinationStream } from 'pino'
import {
  ADMIN_HOST,
  prepareBeaconRequests,
  readVersion,
  toAdminPort,
  type HubConfig,
  type LogLevel,
} from '../schemas/index.js'
import { createAdminApp } from './admin-app.js'
import { createApp } from './app.js'
import { withPathsFrom } from './config.js'
import { createAdmission, defaultMaximumQuestions } from './admission/admission.js'
import { maximumLagMs } from './admission/allowance.js'
import { createLoopLag } from './admission/loop-lag.js'
import { createAgents } from './fan-out/agents.js'
import { createBreakers, DEFAULT_BREAKER } from './fan-out/breakers.js'
import { BREAKER_STATES } from './fan-out/circuit-breaker.js'
import { readTls } from './fan-out/read-tls.js'
import { createRequestSigner } from './fan-out/sign-request.js'
import { createListener } from './listener.js'
import { createMetrics } from './metrics/hub-metrics.js'
import { createNetwork } from './network.js'
import { readHubKey } from './regions/hub-key.js'
import { whyRegionsRefused } from './regions/registry.js'
import { createSessions } from './session/sessions.js'
import { witnessedLogs } from './witness/audit-keys.js'
import { whyLoginRefused } from './session/why-login-refused.js'

export interface HubOverrides {
  /** Default: standard error. */
  readonly logDestination?: DestinationStream
  readonly logLevel?: LogLevel
  /** Monotonic milliseconds. */
  readonly now?: () => number
  /** For the times in tokens. */
  readonly wallClock?: () => Date
  /** The hub's directory, from which the configuration names files; default: the current one. */
  readonly directory?: string
  /** How long requests in flight may go on after `close`; default: the deadline of a question and one second. */
  readonly drainMs?: number
}

export interface Hub {
  readonly app: Express
  readonly adminApp: Express
  /** Opens both listeners. */
  listen(): Promise<{ readonly url: string; readonly adminUrl: string }>
  /** Drains: stops accepting, lets requests in flight end, closes. */
  close(): Promise<void>
}

const STDERR = 2
/** Beyond the deadline a question only has to be written out. */
const DRAIN_MARGIN_MS = 1_000

/**
 * Wires a hub. Nothing is contacted or opened before `listen`, or before the apps get a request.
 *
 * @throws ConfigError a key or certificate of the configuration cannot be used
 * @throws TypeError when regions or a login are refused that `readHubConfig` would have refused
 */
export async function createHub(given: HubConfig, overrides: HubOverrides = {}): Promise<Hub> {
  const config = withPathsFrom(overrides.directory ?? '.', given)
  const refused = whyRegionsRefused(config) ?? whyLoginRefused(config)
  if (refused !== undefined) throw new TypeError(refused)
  const { now = () => performance.now(), drainMs = config.deadlineMs + DRAIN_MARGIN_MS } = overrides
  const { wallClock = () => new Date() } = overrides
  prepareBeaconRequests()
  const level = overrides.logLevel ?? config.logLevel
  const log = pino({ level, base: { service: config.id } }, overrides.logDestination ?? destination(STDERR))
  const agents = createAgents(config.allowPrivate, { tls: config.tls && readTls(config.tls) })
  const sign = config.signing && createRequestSigner(config.signing.keyId, readHubKey(config.signing))
  const metrics = createMetrics()
  const lag = createLoopLag(now)
  const breakers = createBreakers({ ...DEFAULT_BREAKER, ...config.breaker }, now, (region, state) => {
    metrics.breakerState.set({ region: region.id }, BREAKER_STATES[state])
    log.info({ region: region.id, state }, 'circuit breaker')
  })
  for (const { id } of config.regions) metrics.breakerState.set({ region: id }, BREAKER_STATES.closed)
  const maximumQuestions = config.maximumQuestions ?? defaultMaximumQuestions(config.regions.length)
  const limits = { maximumQuestions, maximumLagMs: maximumLagMs(config.deadlineMs) }
  const admission = createAdmission(limits, () => lag.current(), {
    onChange: (inFlight) => metrics.questionsInFlight.set(inFlight),
    onRefusal: (reason) => metrics.refusedQuestions.inc({ reason }),
  })
  const network = createNetwork({ config, agents, sign, breakers, lag, admission, metrics, log, now })
  const onExchange = (result: string) => metrics.exchanges.inc({ result })
  const sessions = createSessions({ config, wallClock, onExchange })
  const witness =
    witnessedLogs(config).size === 0
      ? undefined
      : (await import('./witness/hub-witness.js')).openHubWitness(overrides.directory ?? '.', config, {
          now: wallClock,
          onRefused: (origin, note) =>
            log.warn(
              { origin, note },
              'a checkpoint that its log signed does not go on from the one that was cosigned',
            ),
        })
  const lifecycle = { draining: false }
  const version = readVersion()
  let ownUrl = `http://${config.listen.host}:${config.listen.port}`
  const identity = () => ({ config, version, baseUrl: (config.baseUrl ?? ownUrl).replace(/\/+$/, '') })
  const app = createApp({ network, sessions, witness, metrics, log, lifecycle, identity, now })
  const adminApp = createAdminApp({ beaconId: config.id, metrics, log, lifecycle, now })
  const listener = createListener(app)
  const adminListener = createListener(adminApp)
  return {
    app,
    adminApp,
    async listen() {
      ownUrl = await listener.listen(config.listen.host, config.listen.port)
      try {
        const adminUrl = await adminListener.listen(ADMIN_HOST, toAdminPort(config.listen))
        log.info({ url: ownUrl, adminUrl, regions: config.regions.length }, 'listening')
        return { url: ownUrl, adminUrl }
      } catch (error) {
        await listener.close(0)
        throw error
      }
    },
    async close() {
      lifecycle.draining = true
      // The admin listener is the last to go, so that readiness can be seen to fall.
      await listener.close(drainMs)
      await adminListener.close(0)
      agents.destroy()
      witness?.close()
      log.info('closed')
    },
  }
}
