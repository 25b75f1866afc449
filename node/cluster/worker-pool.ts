import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { NodeConfig } from '../../schemas/index.js'
import { DRAIN_MS } from '../listener.js'
import { ServeError } from '../serve-error.js'
import { labelWorker, mergeMetrics, type MetricValues } from '../metrics/merge-metrics.js'
import { planRestart } from './restart-policy.js'
import { startWorker, type WorkerProcess } from './worker-process.js'

const WORKER_PROGRAM = fileURLToPath(new URL('worker.js', import.meta.url))
/**
 * Megabytes of half the young generation. What questions leave behind dies young, and V8 would let it grow to twice this.
 * Flags that the primary was started with stand behind these, and win.
 */
const WORKER_FLAGS = ['--max-semi-space-size=8']
/** A worker that has not ended by itself this long after its requests had to is killed. */
const KILL_AFTER_MS = DRAIN_MS + 2_000

export interface WorkerPool {
  /** The common URL, once every worker takes requests; never rejected. */
  readonly ready: Promise<string>
  /** Rejected with a ServeError when the pool cannot serve. */
  readonly failed: Promise<never>
  /** Workers that take requests now. */
  listening(): number
  /** What all workers measured together, those that ended included. */
  metrics(): Promise<readonly MetricValues[]>
  /** Drains and ends every worker. */
  stop(): Promise<void>
}

/**
 * Starts workers in numbered slots. One that ends is replaced in its slot, so that slots can own files.
 *
 * @param onReplaced told of every worker that is replaced
 */
export function startWorkerPool(
  directory: string,
  config: NodeConfig,
  size: number,
  log: Logger,
  onReplaced: () => void,
): WorkerPool {
  // Workers accept from one queue of the kernel. Round-robin hands connections over by message, and those handed to a worker
  // that just died would hang.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const execArgv = [...WORKER_FLAGS, ...process.execArgv]
  cluster.setupPrimary({ exec: WORKER_PROGRAM, args: [directory], execArgv })
  const workers = new Map<number, WorkerProcess>()
  const timers = new Set<NodeJS.Timeout>()
  /** By workers that ended. */
  let counted: Promise<MetricValues> = Promise.resolve([])
  let url: string | undefined
  let isReady = false
  let isStopping = false
  let succeed!: (url: string) => void
  let fail!: (error: ServeError) => void
  const ready = new Promise<string>((resolve) => (succeed = resolve))
  const failed = new Promise<never>((_, reject) => (fail = reject))

  let stopped!: () => void
  const allEnded = new Promise<void>((resolve) => (stopped = resolve))
  const stopWhenAllEnded = () => {
    if (workers.size === 0) stopped()
  }

  const listening = () => [...workers.values()].filter((worker) => worker.isListening()).length

  let letOthersBegin!: () => void
  const firstListens = new Promise<void>((resolve) => (letOthersBegin = resolve))

  function launch(slot: number, failedStarts: number, turn = Promise.resolve()): void {
    const worker = startWorker(
      { kind: 'start', slot, directory, config },
      {
        onListening: (at) => onListening(at),
        onEnd: (reason, servedMs, lastCounted) => {
          counted = counted.then((before) => mergeMetrics([before, lastCounted]).getMetricsAsJSON())
          onEnd(slot, failedStarts, reason, servedMs)
        },
      },
      turn,
    )
    workers.set(slot, worker)
  }

  function onListening(at: string): void {
    url ??= at
    letOthersBegin()
    // Port 0 is given anew when no worker was left that held it.
    if (at !== url) return fail(new ServeError(`all workers ended, and ${url} is no longer to be had`))
    if (isReady || listening() < size) return
    isReady = true
    succeed(url)
  }

  function onEnd(slot: number, failedStarts: number, reason: string, servedMs: number): void {
    workers.delete(slot)
    if (isStopping) return stopWhenAllEnded()
    // Before all serve, one that cannot is a fault to be mended, as it is for a node of one process.
    if (!isReady) return fail(new ServeError(reason))
    const plan = planRestart(failedStarts, servedMs, listening() > 0)
    if (plan.kind === 'give-up') return fail(new ServeError(`no worker can be started: ${reason}`))
    log.error({ slot, reason, afterMs: plan.afterMs }, 'a worker ended and is replaced')
    onReplaced()
    const timer = setTimeout(() => {
      timers.delete(timer)
      launch(slot, plan.failedStarts)
    }, plan.afterMs)
    timers.add(timer)
  }

  // The first begins alone: it makes the files that all open, and a fault that all would have is told once.
  launch(1, 0)
  for (let slot = 2; slot <= size; slot++) launch(slot, 0, firstListens)

  return {
    ready,
    failed,
    listening,
    async metrics() {
      const live = await Promise.all(
        [...workers.values()].map(async (worker) => labelWorker(await worker.metrics(), String(worker.slot))),
      )
      return [await counted, ...live]
    },
    async stop() {
      isStopping = true
      for (const timer of timers) clearTimeout(timer)
      const killing = setTimeout(() => {
        for (const worker of workers.values()) worker.kill()
      }, KILL_AFTER_MS)
      for (const worker of workers.values()) worker.stop()
      stopWhenAllEnded()
      await allEnded
      clearTimeout(killing)
    },
  }
}
