import { randomUUID } from 'node:crypto'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import { healthRoutes, type Health } from './admin-app.js'
import { NodeError, toNodeError } from './errors.js'
import type { NodeMetrics } from './metrics/metrics.js'
import { protocolAt, type Protocol } from './protocol.js'
import { nameRoute, routeOf } from './route-name.js'
import { createSchemaRoutes } from './schema-routes.js'
import { sendJson } from './send.js'

/** Only a UUID is taken over: other text could be a variant, and request ids stand in logs. */
const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** What a fault was and where, without its message, which may quote what was asked. */
function describeFault(fault: unknown): object {
  if (!(fault instanceof Error)) return { fault: typeof fault }
  const frames = fault.stack?.split('\n').filter((line) => /^\s+at /.test(line))
  return { fault: fault.name, code: (fault as NodeJS.ErrnoException).code, frames }
}

/** Gives each request an id, and counts and logs it when it is answered. */
function observe(health: Health, log: Logger, metrics: NodeMetrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now()
    const sent = request.headers['x-request-id']
    const requestId = typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID()
    const trace = TRACE_PARENT.exec(request.headers.traceparent?.toString() ?? '')?.[1]
    response.locals['requestId'] = requestId
    // A node that drains would otherwise be asked on over the same connection.
    if (!health.ready()) response.shouldKeepAlive = false
    response.on('close', () => {
      const seconds = (performance.now() - startedAt) / 1000
      const route = routeOf(response)
      const { method } = request
      const status = response.statusCode
      metrics.requests.inc({ route, method, status })
      metrics.seconds.observe({ route, method }, seconds)
      const ms = Math.round(seconds * 1e6) / 1000
      log.info(
        { requestId, ...(trace ? { trace } : {}), route, method, status, ms, aborted: !response.writableFinished },
        'request',
      )
    })
    next()
  }
}

/**
 * The public application of a node.
 *
 * @param main the protocol that also speaks for addresses of none
 * @param documents JSON for everybody, by path
 */
export function createApp(
  main: Protocol,
  others: readonly Protocol[],
  health: Health,
  log: Logger,
  metrics: NodeMetrics,
  documents: ReadonlyMap<string, () => object> = new Map(),
): Express {
  const protocols = [main, ...others]
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.use(observe(health, log, metrics))
  // The main protocol has most routes, which are tried in turn.
  for (const protocol of [...others, main]) protocol.addRoutes(app)
  for (const [path, toDocument] of documents) {
    app.get(path, nameRoute(path), (_request, response) => sendJson(response, 200, toDocument()))
  }
  app.use('/health', nameRoute('/health'), healthRoutes(health))
  app.use('/schemas', nameRoute('/schemas'), createSchemaRoutes())
  app.use(() => {
    const places = protocols.map(({ name, path }) => `the ${name} API is at ${path}`).join(', ')
    throw new NodeError('not_found', `there is nothing at this address; ${places}`)
  })
  const onError: ErrorRequestHandler = (thrown, request, response, _next) => {
    const error = toNodeError(thrown)
    const requestId: unknown = response.locals['requestId']
    if (error.code === 'internal') log.error({ requestId, ...describeFault(error.cause) }, 'request failed')
    if (response.headersSent) return void response.destroy()
    const protocol = protocolAt(protocols, request.path) ?? main
    protocol.sendError(request, response, error)
  }
  app.use(onError)
  return app
}
