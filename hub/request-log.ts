import type { Request, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { createTrace, type Trace } from './fan-out/trace.js'
import type { HubMetrics } from './metrics/hub-metrics.js'

interface Arrival {
  readonly trace: Trace
  /** Monotonic milliseconds. */
  readonly arrivedAt: number
}

const arrivals = new WeakMap<Request, Arrival>()

export function arrivalOf(request: Request): Arrival {
  const arrival = arrivals.get(request)
  if (!arrival) throw new TypeError('the request has not passed the request log')
  return arrival
}

/** The pattern of the route, never the path itself, which may hold what was asked. */
function routeOf(request: Request): string {
  return (request.route as { readonly path: string } | undefined)?.path ?? 'unmatched'
}

/** Gives each request its trace and, at its end, one log line and its metrics. */
export function createRequestLog(log: Logger, metrics: HubMetrics, now: () => number): RequestHandler {
  return (request: Request, response: Response, next) => {
    const arrivedAt = now()
    const trace = createTrace(request.get('traceparent'), request.get('x-request-id'))
    arrivals.set(request, { trace, arrivedAt })
    response.set('x-request-id', trace.requestId)
    response.on('close', () => {
      const labels = { route: routeOf(request), method: request.method, status: String(response.statusCode) }
      const elapsedMs = Math.max(0, Math.round(now() - arrivedAt))
      metrics.httpRequests.inc(labels)
      metrics.httpSeconds.observe(labels, elapsedMs / 1000)
      log.info({ ...trace, ...labels, elapsedMs, finished: response.writableFinished }, 'request')
    })
    next()
  }
}
