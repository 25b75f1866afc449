import { constants, type BigIntStats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { StorageError, type StorageErrorCode } from './storage-error.js'
import { checkStretch, type StoredFile } from './stored-file.js'

const STREAM_BYTES = 256 << 10

const CODES: Readonly<Record<string, StorageErrorCode>> = {
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  ELOOP: 'not-found',
  EACCES: 'denied',
  EPERM: 'denied',
  ESTALE: 'changed',
}

/** The number of a device may be another one after a restart of the machine, so it is not part of it. */
function toVersion({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino.toString(36)}-${size.toString(36)}-${mtimeNs.toString(36)}`
}

/**
 * Opens a file of a file system.
 *
 * @param path absolute
 * @throws StorageError
 */
export async function openLocalFile(path: string): Promise<StoredFile> {
  // Without waiting: a pipe has no end to wait for.
  const handle = await attempt(path, () => open(path, constants.O_RDONLY | constants.O_NONBLOCK))
  try {
    const stats = await attempt(path, () => handle.stat({ bigint: true }))
    if (!stats.isFile()) throw new StorageError('not-found', `${path} is no file`)
    return new LocalFile(path, handle, stats)
  } catch (error) {
    await handle.close()
    throw error
  }
}

class LocalFile implements StoredFile {
  readonly name: string
  readonly size: number
  readonly version: string
  readonly writtenMs: number
  readonly #handle: FileHandle

  constructor(name: string, handle: FileHandle, stats: BigIntStats) {
    this.name = name
    this.#handle = handle
    this.size = Number(stats.size)
    this.version = toVersion(stats)
    this.writtenMs = Number(stats.mtimeMs)
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Buffer> {
    checkStretch(this.size, start, end)
    signal?.throwIfAborted()
    const bytes = await attempt(this.name, () => this.#readBytes(start, end))
    signal?.throwIfAborted()
    return bytes
  }

  async *stream(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    checkStretch(this.size, start, end)
    for (let at = start; at < end; at += STREAM_BYTES) yield this.read(at, Math.min(at + STREAM_BYTES, end), signal)
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  async #readBytes(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(end - start)
    for (let filled = 0; filled < bytes.length;) {
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, start + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    // After the reading: a file that was the same before may have been written to meanwhile. One that was cut short is another, too.
    if (toVersion(await this.#handle.stat({ bigint: true })) !== this.version) {
      throw new StorageError('changed', `${this.name} changed while it was open`)
    }
    return bytes
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException
    if (name === 'StorageError') throw error
    throw new StorageError(CODES[code ?? ''] ?? 'unreachable', `${path} cannot be read (${code ?? name})`, error)
  }
}
