import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Every metric of a node. Labels are route patterns and closed words, never what was asked. */
export interface NodeMetrics {
  /** All of them. */
  readonly registry: Registry
  /** Those of requests alone: reading the figures of the process starts its event loop statistics anew. */
  readonly ofRequests: Registry
  readonly requests: Counter<'route' | 'method' | 'status'>
  readonly seconds: Histogram<'route' | 'method'>
  readonly tickets: Counter<'format'>
  readonly fileBytes: Counter<'format'>
}

// From a cache hit to a slow range query, seconds.
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export function createNodeMetrics(): NodeMetrics {
  const ofProcess = new Registry()
  const ofRequests = new Registry()
  collectDefaultMetrics({ register: ofProcess })
  const metrics = {
    ofRequests,
    requests: new Counter({
      name: 'fyr_http_requests_total',
      help: 'HTTP requests answered',
      labelNames: ['route', 'method', 'status'],
      registers: [ofRequests],
    }),
    seconds: new Histogram({
      name: 'fyr_http_request_seconds',
      help: 'Time from request to answer',
      labelNames: ['route', 'method'],
      buckets: BUCKETS,
      registers: [ofRequests],
    }),
    tickets: new Counter({
      name: 'fyr_htsget_tickets_total',
      help: 'Tickets issued',
      labelNames: ['format'],
      registers: [ofRequests],
    }),
    fileBytes: new Counter({
      name: 'fyr_htsget_bytes_total',
      help: 'Bytes of files sent by the data endpoint',
      labelNames: ['format'],
      registers: [ofRequests],
    }),
  }
  return { ...metrics, registry: Registry.merge([ofProcess, ofRequests]) }
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
