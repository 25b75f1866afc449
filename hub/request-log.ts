import type { Request, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { createTrace, type Trace } from './fan-out/trace.js'
import type { HubMetrics } from './metrics/hub-metrics.js'

const traces = new WeakMap<Request, Trace>()

export function traceOf(request: Request): Trace {
  const trace = traces.get(request)
  if (!trace) throw new TypeError('the request has not passed the request log')
  return trace
}

/** The pattern of the route, never the path itself, which may hold what was asked. */
function routeOf(request: Request): string {
  return (request.route as { readonly path: string } | undefined)?.path ?? 'unmatched'
}

/** Gives each request its trace and, at its end, one log line and its metrics. */
export function createRequestLog(log: Logger, metrics: HubMetrics, now: () => number): RequestHandler {
  return (request: Request, response: Response, next) => {
    const started = now()
    const trace = createTrace(request.get('traceparent'), request.get('x-request-id'))
    traces.set(request, trace)
    response.set('x-request-id', trace.requestId)
    response.on('close', () => {
      const labels = { route: routeOf(request), method: request.method, status: String(response.statusCode) }
      const elapsedMs = Math.max(0, Math.round(now() - started))
      metrics.httpRequests.inc(labels)
      metrics.httpSeconds.observe(labels, elapsedMs / 1000)
      log.info({ ...trace, ...labels, elapsedMs, finished: response.writableFinished }, 'request')
    })
    next()
  }
}
