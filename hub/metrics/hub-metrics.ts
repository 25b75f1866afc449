import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Every metric of the hub. Labels are closed sets: route patterns, methods, statuses, region ids of hub.yaml. */
export interface HubMetrics {
  readonly registry: Registry
  readonly httpRequests: Counter<'route' | 'method' | 'status'>
  readonly httpSeconds: Histogram<'route' | 'method' | 'status'>
  readonly regionOutcomes: Counter<'region' | 'status'>
  readonly regionSeconds: Histogram<'region'>
  readonly droppedRecords: Counter<'region'>
  readonly breakerState: Gauge<'region'>
  readonly skippedRegions: Counter<'region'>
  readonly questionsInFlight: Gauge
  readonly refusedQuestions: Counter<'reason'>
  readonly exchanges: Counter<'result'>
}

// Around the default deadline of 3 s, where an operator looks.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10]

export function createMetrics(): HubMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const http = ['route', 'method', 'status'] as const
  return {
    registry,
    httpRequests: new Counter({ name: 'fyr_http_requests_total', help: 'HTTP requests', labelNames: http, registers }),
    httpSeconds: new Histogram({
      name: 'fyr_http_request_seconds',
      help: 'Time to the end of the HTTP response',
      labelNames: http,
      buckets: SECONDS,
      registers,
    }),
    regionOutcomes: new Counter({
      name: 'fyr_hub_region_outcomes_total',
      help: 'Outcomes of asking a region',
      labelNames: ['region', 'status'],
      registers,
    }),
    regionSeconds: new Histogram({
      name: 'fyr_hub_region_seconds',
      help: 'Time from the question to the outcome of a region',
      labelNames: ['region'],
      buckets: SECONDS,
      registers,
    }),
    droppedRecords: new Counter({
      name: 'fyr_hub_dropped_records_total',
      help: 'Records that a region sent although it was not asked for any; they were dropped',
      labelNames: ['region'],
      registers,
    }),
    breakerState: new Gauge({
      name: 'fyr_hub_region_breaker_state',
      help: 'Circuit breaker of a region: 0 closed, 1 half-open (one question is trying it), 2 open (it is not asked)',
      labelNames: ['region'],
      registers,
    }),
    skippedRegions: new Counter({
      name: 'fyr_hub_region_skipped_total',
      help: 'Questions for which a region was not asked, because it had failed in a row',
      labelNames: ['region'],
      registers,
    }),
    questionsInFlight: new Gauge({
      name: 'fyr_hub_questions_in_flight',
      help: 'Questions that regions are being asked',
      registers,
    }),
    exchanges: new Counter({
      name: 'fyr_hub_token_exchanges_total',
      help: 'Exchanges of an access token for a Passport of one region, by result',
      labelNames: ['result'],
      registers,
    }),
    refusedQuestions: new Counter({
      name: 'fyr_hub_refused_questions_total',
      help: 'Questions answered with 429: full (as many in flight as may be), late (this process is slow), spoiled (its lateness cost a region its time)',
      labelNames: ['reason'],
      registers,
    }),
  }
}
