import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { BGZF_EOF, isBgzfHeader, parseBgzfBlocks } from './bgzf.js'
import { FormatError } from './format-error.js'

const READ_BYTES = 1 << 20

export type Compression = 'none' | 'gzip' | 'bgzf'

export interface InputBytes {
  readonly compression: Compression
  /** Size as stored, bytes. */
  readonly size: number
  /** Bytes of the file as stored that were read so far. */
  readonly position: () => number
  /** The decompressed bytes in order. A chunk is only valid until the next one is asked for. */
  readonly chunks: AsyncIterable<Buffer>
}

/**
 * Opens a plain, gzip or BGZF file by its first bytes, whatever its name.
 *
 * @throws FormatError while reading: truncated or corrupt compression
 */
export function openInputBytes(path: string): InputBytes {
  const descriptor = openSync(path, 'r')
  const head = Buffer.alloc(18)
  const { size } = fstatSync(descriptor)
  const length = readSync(descriptor, head, 0, head.length, 0)
  const isGzip = length >= 2 && head[0] === 0x1f && head[1] === 0x8b
  const compression: Compression = !isGzip ? 'none' : isBgzfHeader(head.subarray(0, length)) ? 'bgzf' : 'gzip'
  const progress = { read: 0 }
  const raw = readFile(descriptor, progress)
  const chunks = compression === 'none' ? raw : compression === 'bgzf' ? inflateBgzf(raw) : inflateGzip(path, progress)
  if (compression === 'gzip') closeSync(descriptor)
  return { compression, size, position: () => progress.read, chunks }
}

async function* readFile(descriptor: number, progress: { read: number }): AsyncGenerator<Buffer> {
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    for (;;) {
      const count = readSync(descriptor, buffer, 0, READ_BYTES, progress.read)
      if (count === 0) return
      progress.read += count
      yield buffer.subarray(0, count)
    }
  } finally {
    closeSync(descriptor)
  }
}

async function* inflateGzip(path: string, progress: { read: number }): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: READ_BYTES })
  source.on('data', (chunk) => (progress.read += chunk.length))
  const gunzip = createGunzip({ chunkSize: READ_BYTES })
  source.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of source.pipe(gunzip)) yield chunk as Buffer
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'Z_BUF_ERROR') throw new FormatError('the gzip data ends too early: the file is truncated')
    if (code?.startsWith('Z_')) throw new FormatError('the gzip data is corrupt')
    throw error
  } finally {
    source.destroy()
  }
}

/** SAM/VCF specification 4.1.2: a BGZF file ends with an empty block; without it, whole blocks may be missing. */
async function* inflateBgzf(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  let tail: Buffer = Buffer.alloc(0)
  for await (const chunk of raw) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    const { blocks, consumed, last } = parseBgzfBlocks(bytes)
    for (const block of blocks) yield block
    if (last) tail = Buffer.from(last)
    rest = Buffer.from(bytes.subarray(consumed))
  }
  if (rest.length > 0) throw new FormatError('the BGZF data ends inside a block: the file is truncated')
  if (!tail.equals(BGZF_EOF)) throw new FormatError('the BGZF end-of-file marker is missing: the file is truncated')
}
