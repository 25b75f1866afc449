import type { NodeConfig } from '../../schemas/index.js'
import type { MetricValues } from '../metrics/merge-metrics.js'

/** What the primary says to a worker. */
export type ToWorker =
  /** All workers get the configuration that the primary read: a replacement must not serve by another one. */
  | { readonly kind: 'start'; readonly slot: number; readonly directory: string; readonly config: NodeConfig }
  | { readonly kind: 'report' }
  | { readonly kind: 'stop' }

/** What a worker says to the primary. */
export type FromWorker =
  /** It listens for messages. */
  | { readonly kind: 'hello' }
  /** It takes requests. */
  | { readonly kind: 'listening'; readonly url: string }
  /** It could not start, and ends. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** All its metrics, when it is asked for them. */
  | { readonly kind: 'metrics'; readonly metrics: MetricValues }
  /** What it has counted, from time to time: if it is killed, the primary still knows. */
  | { readonly kind: 'counted'; readonly metrics: MetricValues }
