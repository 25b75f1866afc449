import { constants, type BigIntStats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { StorageError, type StorageErrorCode } from './storage-error.js'
import { checkStretch, type StoredFile } from './stored-file.js'

/** Pieces of a stream: larger ones are faster, but two of them are held for every reader, and all readers share the process's memory. */
const LARGEST_PIECE = 2 << 20
const SMALLEST_PIECE = 128 << 10
const MEMORY_FOR_PIECES = 16 << 20
/** Streams of this process that are under way. */
let streams = 0

/** A stream's share. */
function mostPieceBytes(): number {
  return Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, Math.floor(MEMORY_FOR_PIECES / (2 * streams))))
}

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
 * Opens a file of a file system. Between its uses no descriptor is kept: a node may have thousands of files.
 *
 * @param path absolute
 * @throws StorageError
 */
export async function openLocalFile(path: string): Promise<StoredFile> {
  const stats = await withHandle(path, async (handle) => {
    const found = await handle.stat({ bigint: true })
    if (!found.isFile()) throw new StorageError('not-found', `${path} is no file`)
    return found
  })
  return new LocalFile(path, stats)
}

class LocalFile implements StoredFile {
  readonly name: string
  readonly size: number
  readonly version: string
  readonly writtenMs: number

  constructor(path: string, stats: BigIntStats) {
    this.name = path
    this.size = Number(stats.size)
    this.version = toVersion(stats)
    this.writtenMs = Number(stats.mtimeMs)
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Buffer> {
    checkStretch(this.size, start, end)
    signal?.throwIfAborted()
    return withHandle(this.name, (handle) => this.#readBytes(handle, start, end))
  }

  async *stream(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    checkStretch(this.size, start, end)
    if (start === end) return
    const handle = await attempt(this.name, () => openToRead(this.name))
    let at = start
    // Pieces begin small and double: of many streams that begin together the first must not hold what is the share of few.
    let size = SMALLEST_PIECE
    const readOn = (): Promise<Buffer> | undefined => {
      if (at >= end) return undefined
      const from = at
      at = Math.min(at + size, end)
      size = Math.min(2 * size, mostPieceBytes())
      const bytes = this.#readBytes(handle, from, at)
      // What fails before it is waited for fails when it is.
      bytes.catch(() => undefined)
      return bytes
    }
    streams++
    let ahead = readOn()
    try {
      while (ahead) {
        signal?.throwIfAborted()
        const reading: Promise<Buffer> = ahead
        const bytes = await attempt(this.name, () => reading)
        // Read while these are sent.
        ahead = readOn()
        yield bytes
      }
    } finally {
      streams--
      await ahead?.catch(() => undefined)
      await handle.close()
    }
  }

  async #readBytes(handle: FileHandle, start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(end - start)
    for (let filled = 0; filled < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    // After the reading: a file that was the same before may have been written to meanwhile. One that was cut short is another, too.
    if (toVersion(await handle.stat({ bigint: true })) !== this.version) {
      throw new StorageError('changed', `${this.name} is not the file any more that was opened`)
    }
    return bytes
  }
}

/** Without waiting: a pipe has no end to wait for. */
function openToRead(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK)
}

function withHandle<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  return attempt(path, async () => {
    const handle = await openToRead(path)
    try {
      return await work(handle)
    } finally {
      await handle.close()
    }
  })
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StorageError) throw error
    const { code, name } = error as NodeJS.ErrnoException
    throw new StorageError(CODES[code ?? ''] ?? 'unreachable', `${path} cannot be read (${code ?? name})`, error)
  }
}
