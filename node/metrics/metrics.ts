import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Every metric of a node. Labels are route patterns and closed words, never what was asked. */
export interface NodeMetrics {
  readonly registry: Registry
  readonly requests: Counter<'route' | 'method' | 'status'>
  readonly seconds: Histogram<'route' | 'method'>
}

// From a cache hit to a slow range query, seconds.
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export function createNodeMetrics(): NodeMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    requests: new Counter({
      name: 'fyr_http_requests_total',
      help: 'HTTP requests answered',
      labelNames: ['route', 'method', 'status'],
      registers: [registry],
    }),
    seconds: new Histogram({
      name: 'fyr_http_request_seconds',
      help: 'Time from request to answer',
      labelNames: ['route', 'method'],
      buckets: BUCKETS,
      registers: [registry],
    }),
  }
}

/** What the primary of several workers adds. */
export interface PrimaryMetrics {
  readonly registry: Registry
  readonly replacements: Counter
}

/** @param listening workers that take requests now */
export function createPrimaryMetrics(workers: number, listening: () => number): PrimaryMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Gauge({ name: 'fyr_workers', help: 'Workers that were asked for', registers }).set(workers)
  new Gauge({
    name: 'fyr_workers_listening',
    help: 'Workers that take requests',
    registers,
    collect() {
      this.set(listening())
    },
  })
  return {
    registry,
    replacements: new Counter({
      name: 'fyr_worker_replacements_total',
      help: 'Workers that ended and were replaced',
      registers,
    }),
  }
}
