import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import { addBeaconRoutes, BEACON_PATH } from './beacon-network/beacon-routes.js'
import type { HubIdentity } from './beacon-network/informational.js'
import { addLiveRoute } from './beacon-network/live-routes.js'
import { addRegistryRoutes } from './beacon-network/registry-routes.js'
import { HubError, RETRY_AFTER_SECONDS, toBeaconError, toHttpStatus, toHubError, toProblem } from './errors.js'
import { addHealthRoutes, type Lifecycle } from './health.js'
import type { HubMetrics } from './metrics/hub-metrics.js'
import type { Network } from './network.js'
import { addPortalRoutes } from './portal/portal-routes.js'
import { arrivalOf, createRequestLog } from './request-log.js'
import type { Sessions } from './session/sessions.js'
import type { Witness } from '../schemas/witness/open-witness.js'
import { addWitnessRoutes } from './witness/witness-routes.js'

export interface AppParts {
  readonly network: Network
  readonly sessions: Sessions
  /** Of the audit logs of regions; undefined: none of them has a key here. */
  readonly witness: Witness | undefined
  readonly metrics: HubMetrics
  readonly log: Logger
  readonly lifecycle: Lifecycle
  readonly identity: () => HubIdentity
  readonly now: () => number
}

/** The portal loads its own files only, and nobody frames it. No upgrade to https: a hub on loopback has none. */
export const securityHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      // data: is the empty icon that keeps browsers from asking for one.
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'form-action': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
})

/** Frames of the stack without its first line, which may quote what was asked. */
function framesOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}

/** The one place where an error becomes an answer: Beacon's form below /beacon/v2, problem details elsewhere. */
export function createErrorHandler(beaconId: string, log: Logger): ErrorRequestHandler {
  return (thrown, request, response, _next) => {
    const error = toHubError(thrown)
    if (error.code === 'internal') {
      log.error(
        { requestId: arrivalOf(request).trace.requestId, reason: error.reason, frames: framesOf(thrown) },
        'request failed',
      )
    }
    if (error.code === 'unavailable') {
      log.warn({ requestId: arrivalOf(request).trace.requestId, reason: error.reason }, 'request not served')
    }
    if (response.headersSent) {
      response.destroy()
      return
    }
    const isBeacon = request.path === BEACON_PATH || request.path.startsWith(`${BEACON_PATH}/`)
    response.status(toHttpStatus(error.code)).set('cache-control', 'no-store')
    if (error.challenge !== undefined) response.set('www-authenticate', error.challenge)
    if (error.code === 'rate_limited') response.set('retry-after', String(RETRY_AFTER_SECONDS))
    if (isBeacon) response.json(toBeaconError(error, beaconId))
    else response.type('application/problem+json').send(JSON.stringify(toProblem(error)))
  }
}

export function refuseUnknownRoutes(): never {
  throw new HubError('not_found', 'there is nothing at this path')
}

/** The public application. */
export function createApp({ network, sessions, witness, metrics, log, lifecycle, identity, now }: AppParts): Express {
  const { config } = identity()
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(createRequestLog(log, metrics, now))
  app.use(securityHeaders)
  addPortalRoutes(app, config)
  addHealthRoutes(app, lifecycle)
  addBeaconRoutes(app, network, sessions, identity)
  addLiveRoute(app, network, sessions, config)
  addRegistryRoutes(app, identity)
  if (witness) addWitnessRoutes(app, witness)
  app.use(refuseUnknownRoutes)
  app.use(createErrorHandler(config.id, log))
  return app
}
