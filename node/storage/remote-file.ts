import { mayPass, Patience, pauseAfter, type StorageLimits } from './limits.js'
import { StorageError } from './storage-error.js'
import { checkStretch, type StoredFile } from './stored-file.js'

/** A file on another machine, as one protocol sees it: one try, no waiting. */
export interface RemoteSource {
  readonly name: string
  readonly size: number
  readonly version: string
  /**
   * The bytes from `start` on, and no more than up to `end`; fewer where the answer ends early.
   *
   * @throws StorageError what the answer says; any other error: there is none
   */
  fetch(start: number, end: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}

/** So many bytes without a fault, and the tries are counted anew. */
const PROGRESS_BYTES = 1 << 20

/** Tries until it succeeds or the tries are used up. @throws StorageError; whatever `caller` was aborted with */
export async function tryOften<T>(
  name: string,
  limits: StorageLimits,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    const patience = new Patience(limits, caller)
    try {
      return await patience.wait(work(patience.signal))
    } catch (error) {
      patience.end()
      await afterFailure(error, name, failures, limits, caller)
    }
  }
}

/** A file whose stretches are asked for one by one. What fails on the way is asked for again, from where it broke off. */
export class RemoteFile implements StoredFile {
  readonly name: string
  readonly size: number
  readonly version: string
  readonly #source: RemoteSource
  readonly #limits: StorageLimits

  constructor(source: RemoteSource, limits: StorageLimits) {
    this.name = source.name
    this.size = source.size
    this.version = source.version
    this.#source = source
    this.#limits = limits
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Buffer> {
    checkStretch(this.size, start, end)
    const bytes = Buffer.allocUnsafe(end - start)
    let filled = 0
    for await (const chunk of this.stream(start, end, signal)) filled += chunk.copy(bytes, filled)
    return bytes
  }

  async *stream(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    checkStretch(this.size, start, end)
    let failures = 0
    for (let at = start; at < end;) {
      const from = at
      try {
        for await (const chunk of this.#attempt(at, end, signal)) {
          at += chunk.length
          yield chunk
        }
        if (at < end) throw new StorageError('unreachable', 'the answer ends early')
      } catch (error) {
        failures = at - from < PROGRESS_BYTES ? failures + 1 : 1
        await afterFailure(error, this.name, failures, this.#limits, signal)
      }
    }
  }

  async *#attempt(start: number, end: number, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    const patience = new Patience(this.#limits, signal)
    let left = end - start
    let chunks: AsyncIterator<Uint8Array, void> | undefined
    let isOver = false
    try {
      const answer = await patience.wait(this.#source.fetch(start, end, patience.signal))
      chunks = answer[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, void>
      for (;;) {
        const { done, value } = await patience.wait(chunks.next())
        if (done) {
          isOver = true
          return
        }
        left -= value.length
        if (left < 0) throw new StorageError('invalid-answer', 'the answer is longer than was asked for')
        patience.count(value.length)
        if (value.length > 0) yield Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      }
    } finally {
      if (!isOver) {
        // Ends the connection. Not waited for: what hangs would never end.
        patience.end()
        chunks?.return?.().catch(() => undefined)
      }
    }
  }
}

/** Waits for the next try, if there is to be one. @throws StorageError; whatever `caller` was aborted with */
async function afterFailure(
  error: unknown,
  name: string,
  failures: number,
  limits: StorageLimits,
  caller: AbortSignal | undefined,
): Promise<void> {
  caller?.throwIfAborted()
  const known = toStorageError(error, name)
  if (!mayPass(known) || failures >= limits.tries) throw known
  await pauseAfter(failures, limits, caller)
}

function toStorageError(error: unknown, name: string): StorageError {
  if (error instanceof StorageError) return new StorageError(error.code, `${name}: ${error.message}`, error.cause)
  if (error instanceof TypeError) throw error
  const { code, message } = error as NodeJS.ErrnoException
  return new StorageError('unreachable', `${name}: ${code ?? message}`, error)
}
