import { setTimeout as sleep } from 'node:timers/promises'
import { StorageError } from './storage-error.js'

/** How long other machines are waited for, and how often they are asked again. */
export interface StorageLimits {
  /** Until a connection stands, milliseconds. */
  readonly connectMs: number
  /** Without a byte of the answer, milliseconds. The time in which the reader wants none does not count. */
  readonly idleMs: number
  /** An answer that is slower than this, over more than `idleMs`, is given up. */
  readonly leastBytesPerSecond: number
  /** Tries until a fault that may pass is one that stays. */
  readonly tries: number
  /** Before the second try, milliseconds; before each further one four times as long. */
  readonly pauseMs: number
}

export const STORAGE_LIMITS: StorageLimits = {
  connectMs: 5_000,
  idleMs: 15_000,
  leastBytesPerSecond: 16 << 10,
  tries: 3,
  pauseMs: 100,
}

const PAUSE_GROWTH = 4

/** Whether a fault may pass by itself. */
export function mayPass(error: StorageError): boolean {
  return error.code === 'unreachable'
}

/** Waits before the next try. @param failures in a row, at least 1 */
export async function pauseAfter(failures: number, { pauseMs }: StorageLimits, signal?: AbortSignal): Promise<void> {
  await sleep(pauseMs * PAUSE_GROWTH ** (failures - 1), undefined, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw error
  })
}

/** Waits for one answer as long as the limits allow; then `signal`, by which it was asked for, is aborted. */
export class Patience {
  readonly signal: AbortSignal
  readonly #over = new AbortController()
  readonly #limits: StorageLimits
  #waitedMs = 0
  #bytes = 0
  #leave: (() => void) | undefined

  /** @param caller ends the waiting, too */
  constructor(limits: StorageLimits, caller?: AbortSignal) {
    this.#limits = limits
    this.signal = caller ? AbortSignal.any([caller, this.#over.signal]) : this.#over.signal
    this.signal.addEventListener('abort', () => this.#leave?.(), { once: true })
  }

  /** @throws StorageError `unreachable` when it takes too long; whatever the caller's signal was aborted with */
  async wait<T>(work: Promise<T>): Promise<T> {
    const { idleMs } = this.#limits
    const began = performance.now()
    const timer = setTimeout(() => this.#giveUp(`no byte came for ${idleMs} ms`), idleMs)
    try {
      return await this.#orLeave(work)
    } finally {
      clearTimeout(timer)
      this.#waitedMs += performance.now() - began
      this.#checkSpeed()
    }
  }

  count(bytes: number): void {
    this.#bytes += bytes
  }

  /** Nothing more is wanted of the answer. */
  end(): void {
    this.#over.abort()
  }

  /** Not every client ends its work as soon as it is told to. One listener for all: an answer can have a million pieces. */
  #orLeave<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#leave = () => reject(this.signal.reason as Error)
      if (this.signal.aborted) this.#leave()
      work.then(resolve, reject)
    })
  }

  #checkSpeed(): void {
    const { idleMs, leastBytesPerSecond } = this.#limits
    if (this.#waitedMs > idleMs + (this.#bytes / leastBytesPerSecond) * 1_000) this.#giveUp('the bytes come too slowly')
  }

  #giveUp(reason: string): void {
    this.#over.abort(new StorageError('unreachable', reason))
  }
}
