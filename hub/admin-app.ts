import express, { type Express } from 'express'
import { createErrorHandler, refuseUnknownRoutes, securityHeaders } from './app.js'
import { addEndpoint } from './endpoint.js'
import { addHealthRoutes, type Lifecycle } from './health.js'
import type { HubMetrics } from './metrics/hub-metrics.js'
import { createRequestLog } from './request-log.js'
import type { Logger } from 'pino'

export interface AdminAppParts {
  readonly beaconId: string
  readonly metrics: HubMetrics
  readonly log: Logger
  readonly lifecycle: Lifecycle
  readonly now: () => number
}

/** The application of the admin listener, which is on loopback only: metrics and health. */
export function createAdminApp({ beaconId, metrics, log, lifecycle, now }: AdminAppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(createRequestLog(log, metrics, now))
  app.use(securityHeaders)
  addHealthRoutes(app, lifecycle)
  addEndpoint(app, '/metrics', {
    async get(_request, response) {
      response.type(metrics.registry.contentType).send(await metrics.registry.metrics())
    },
  })
  app.use(refuseUnknownRoutes)
  app.use(createErrorHandler(beaconId, log))
  return app
}
