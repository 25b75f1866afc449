import { Worker } from 'node:worker_threads'
import type { InputPiece } from '../formats/compressed-file.js'
import type { ScannedChunk, ScanSource } from './scan-chunk.js'

/** What a scan worker is told. */
export type ScanTask =
  | { readonly kind: 'source'; readonly source: ScanSource }
  | { readonly kind: 'piece'; readonly piece: Pick<InputPiece, 'bytes' | 'isBgzf'> }

/** One piece at work and one waiting, so that a worker need not wait for the reader. */
const PIECES_PER_WORKER = 2

const WORKER = new URL('./scan-worker.js', import.meta.url)

/** Threads that scan pieces of a file. */
export interface ScanPool {
  /** How many pieces may be on their way; more of them would only take memory. */
  readonly capacity: number
  /** The pieces that follow are of this file. */
  open(source: ScanSource): void
  /**
   * Scans a piece; its memory is given away.
   *
   * @throws Error the thread died, e.g. for want of memory
   */
  scan(piece: InputPiece): Promise<ScannedChunk>
  /** Ends the threads at once, whatever they do. */
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (chunk: ScannedChunk) => void
  readonly reject: (error: unknown) => void
}

interface ScanThread {
  readonly worker: Worker
  /** Answers come in the order of the pieces. */
  readonly waiting: Waiting[]
  death: Error | undefined
}

/** @param script the code of a thread; another one is for tests */
export function createScanPool(workers: number, script: URL = WORKER): ScanPool {
  if (workers < 1) throw new TypeError('a pool has at least one worker')
  const threads = Array.from({ length: workers }, () => startThread(script))
  return {
    capacity: workers * PIECES_PER_WORKER,
    open(source) {
      for (const { worker } of threads) worker.postMessage({ kind: 'source', source } satisfies ScanTask)
    },
    scan({ bytes, isBgzf }) {
      const thread = threads.reduce((least, other) => (other.waiting.length < least.waiting.length ? other : least))
      return new Promise((resolve, reject) => {
        if (thread.death) return reject(thread.death)
        thread.waiting.push({ resolve, reject })
        const task: ScanTask = { kind: 'piece', piece: { bytes, isBgzf } }
        thread.worker.postMessage(task, [bytes.buffer])
      })
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()))
    },
  }
}

function startThread(script: URL): ScanThread {
  const worker = new Worker(script)
  const thread: ScanThread = { worker, waiting: [], death: undefined }
  const die = (error: Error): void => {
    thread.death ??= error
    for (const { reject } of thread.waiting.splice(0)) reject(thread.death)
  }
  worker.on('message', (chunk: ScannedChunk) => thread.waiting.shift()!.resolve(chunk))
  worker.on('error', die)
  worker.on('exit', (code) => die(new Error(`a scan worker ended with ${code}`)))
  return thread
}
