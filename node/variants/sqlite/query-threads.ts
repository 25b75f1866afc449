import { Worker } from 'node:worker_threads'
import { NodeError } from '../../errors.js'
import type { SeveralAnswer } from './answer-several.js'
import { decodeAnswer, type QueryTask } from './query-task.js'
import type { ThreadMessage, ThreadReply } from './query-thread.js'
import { MissingSegmentError, type CacheBudget } from './segment-handles.js'

/** Long questions that wait for a thread; more are refused, so that a node under load says so instead of growing. */
const LONGEST_QUEUE = 64

/** Rows that were read die young; V8 would let them grow to three times this. */
const YOUNG_GENERATION_MB = 8

export interface QueryThreadsOptions {
  readonly threads: number
  /** Of all threads together. */
  readonly budget: CacheBudget
  readonly longestQueue?: number
  /** The file that runs as a thread; another one in tests. */
  readonly script?: URL
}

/** Threads that answer questions which read many rows, so that the main thread goes on answering the others. Started when first needed. */
export interface QueryThreads {
  /**
   * @param signal when aborted, the answer is not waited for and its reading stops
   * @throws NodeError unavailable: too many wait
   * @throws MissingSegmentError a segment is gone
   */
  run(task: QueryTask, signal?: AbortSignal): Promise<SeveralAnswer>
  /** Closes files that are not needed any more. */
  forget(paths: readonly string[]): void
  close(): Promise<void>
}

interface Job {
  readonly task: QueryTask
  readonly cancelled: Int32Array<SharedArrayBuffer>
  readonly settle: (result: { readonly answer: SeveralAnswer } | { readonly error: Error }) => void
}

interface Thread {
  readonly worker: Worker
  job: Job | undefined
}

export function createQueryThreads(options: QueryThreadsOptions): QueryThreads {
  const { threads: most, budget, longestQueue = LONGEST_QUEUE } = options
  const script = options.script ?? new URL('./query-thread.js', import.meta.url)
  const share: CacheBudget = { handles: Math.floor(budget.handles / most), bytes: budget.bytes / most }
  const threads = new Set<Thread>()
  const waiting: Job[] = []
  let closed = false

  function start(): Thread {
    const worker = new Worker(script, {
      workerData: share,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    const thread: Thread = { worker, job: undefined }
    threads.add(thread)
    worker.on('message', (reply: ThreadReply) => finish(thread, toResult(reply)))
    worker.on('error', (error) => fail(thread, error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', (code) => fail(thread, new Error(`a query thread ended with ${code}`)))
    // An idle thread keeps no process alive.
    worker.unref()
    return thread
  }

  /** A thread that ended fails what it did; the next question starts another. */
  function fail(thread: Thread, error: Error): void {
    if (!threads.delete(thread)) return
    thread.job?.settle({ error })
    thread.job = undefined
    assign()
  }

  function finish(thread: Thread, result: Parameters<Job['settle']>[0]): void {
    const { job } = thread
    thread.job = undefined
    thread.worker.unref()
    job?.settle(result)
    assign()
  }

  function assign(): void {
    while (waiting.length > 0 && !closed) {
      const idle = [...threads].find(({ job }) => !job)
      const thread = idle ?? (threads.size < most ? start() : undefined)
      if (!thread) return
      const job = waiting.shift()!
      thread.job = job
      thread.worker.ref()
      thread.worker.postMessage({ kind: 'ask', task: job.task, cancelled: job.cancelled } satisfies ThreadMessage)
    }
  }

  return {
    run(task, signal) {
      if (closed) return Promise.reject(new TypeError('the query threads are closed'))
      if (waiting.length >= longestQueue) {
        const message = 'too many questions that read many alleles wait for an answer; ask again in a moment'
        return Promise.reject(new NodeError('unavailable', message))
      }
      return new Promise((resolve, reject) => {
        const abandon = () => {
          Atomics.store(job.cancelled, 0, 1)
          const index = waiting.indexOf(job)
          if (index >= 0) waiting.splice(index, 1)
          reject(toError(signal?.reason))
        }
        const job: Job = {
          task,
          cancelled: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
          settle(result) {
            signal?.removeEventListener('abort', abandon)
            if ('error' in result) reject(result.error)
            else resolve(result.answer)
          },
        }
        if (signal?.aborted) return abandon()
        signal?.addEventListener('abort', abandon, { once: true })
        waiting.push(job)
        assign()
      })
    },
    forget(paths) {
      for (const { worker } of threads) worker.postMessage({ kind: 'forget', paths } satisfies ThreadMessage)
    },
    async close() {
      closed = true
      const error = new Error('the node is closing')
      for (const job of waiting.splice(0)) job.settle({ error })
      const ending = [...threads]
      for (const thread of ending) fail(thread, error)
      await Promise.all(ending.map(({ worker }) => worker.terminate()))
    },
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('nobody waits for the answer')
}

function toResult(reply: ThreadReply): { readonly answer: SeveralAnswer } | { readonly error: Error } {
  switch (reply.kind) {
    case 'answered':
      return { answer: decodeAnswer(reply.answer) }
    case 'missing':
      return { error: new MissingSegmentError(reply.message) }
    case 'failed':
      return { error: Object.assign(new Error(reply.message), { stack: reply.stack }) }
  }
}
