import cluster, { type Worker } from 'node:cluster'
import { keepCounted, type MetricValues } from '../metrics/merge-metrics.js'
import type { FromWorker, ToWorker } from './messages.js'

/** How long a worker may take to report its metrics; after that the last report stands. */
const REPORT_MS = 1_000

/** One process in one slot, from its start to its end. */
export interface WorkerProcess {
  readonly slot: number
  isListening(): boolean
  /** All its metrics now, or, when it takes too long to answer, those of the last time. */
  metrics(): Promise<MetricValues>
  stop(): void
  kill(): void
}

export interface WorkerEvents {
  onListening(url: string): void
  /**
   * @param reason what the worker said, or how the process ended
   * @param servedMs for how long it took requests
   * @param counted what it had counted when it was last heard of
   */
  onEnd(reason: string, servedMs: number, counted: MetricValues): void
}

/**
 * Of glibc, which would keep up to eight heaps a core for the threads of a process, and give hardly any of them back; bitmaps
 * and pages of several threads need no more than two.
 */
const WORKER_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' }

/**
 * Starts a worker of the primary.
 *
 * @param turn fulfilled when the worker may open what it serves; until then it loads its program and waits
 */
export function startWorker(
  start: Extract<ToWorker, { kind: 'start' }>,
  events: WorkerEvents,
  turn: Promise<void>,
): WorkerProcess {
  const worker: Worker = cluster.fork(WORKER_ENVIRONMENT)
  let hasBegun = false
  let isListening = false
  let listeningSince: number | undefined
  let metrics: MetricValues = []
  let counted: MetricValues = []
  let reason: string | undefined
  let waiting: (() => void)[] = []

  function settleWaiting(): void {
    for (const resolve of waiting) resolve()
    waiting = []
  }

  /** A worker that just ended cannot be told anything, and its end is an event of its own. */
  function tell(message: ToWorker): void {
    worker.send(message, () => undefined)
  }

  function begin(): void {
    hasBegun = true
    tell(start)
  }

  const kill = () => void worker.process.kill('SIGKILL')

  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'hello':
        void turn.then(begin)
        return
      case 'listening':
        isListening = true
        listeningSince = performance.now()
        return events.onListening(message.url)
      case 'failed':
        reason = message.reason
        return
      case 'metrics':
        metrics = message.metrics
        counted = keepCounted(metrics)
        return settleWaiting()
      case 'counted':
        counted = message.metrics
        return
    }
  })
  // Its last words may be read after its exit is known.
  let exit: string | undefined
  const endWhenAllIsRead = () => {
    if (exit === undefined || worker.isConnected()) return
    isListening = false
    settleWaiting()
    const servedMs = listeningSince === undefined ? 0 : performance.now() - listeningSince
    events.onEnd(reason ?? exit, servedMs, counted)
  }
  worker.once('exit', (code: number | null, signal: string | null) => {
    exit = `ended with ${signal ?? `code ${code}`}`
    endWhenAllIsRead()
  })
  worker.once('disconnect', () => {
    isListening = false
    endWhenAllIsRead()
  })
  // A failed fork; `exit` follows.
  worker.on('error', (error) => (reason ??= error.message))

  return {
    slot: start.slot,
    isListening: () => isListening,
    async metrics() {
      if (!isListening) return metrics
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, REPORT_MS)
        waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
        tell({ kind: 'report' })
      })
      return metrics
    },
    // One that has not begun has opened nothing.
    stop: () => (hasBegun ? tell({ kind: 'stop' }) : kill()),
    kill,
  }
}
