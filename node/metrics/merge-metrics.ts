import { AggregatorRegistry, type Registry } from 'prom-client'

/** What one process measured, as its registry gives it: plain values that can be sent between processes. */
export type MetricValues = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** Of the process itself (memory, descriptors, event loop): a sum over processes would say nothing. */
const OF_A_PROCESS = /^(process|nodejs)_/

/** What a process has counted stays counted when it ends; what it was (its gauges, its memory) does not. */
export function keepCounted(metrics: MetricValues): MetricValues {
  return metrics.filter(({ name, type }) => !OF_A_PROCESS.test(name) && ['counter', 'histogram'].includes(String(type)))
}

/** Gives the figures of a process a `worker` label. Each stands by itself then, so nothing is left to be averaged. */
export function labelWorker(metrics: MetricValues, worker: string): MetricValues {
  return metrics.map((metric) => {
    if (!OF_A_PROCESS.test(metric.name)) return metric
    const values = metric.values.map((value) => ({ ...value, labels: { ...value.labels, worker } }))
    return { ...metric, aggregator: 'sum', values }
  })
}

/** Adds up the values of several processes that have the same name and labels. */
export function mergeMetrics(parts: readonly MetricValues[]): Registry {
  return AggregatorRegistry.aggregate([...parts])
}
