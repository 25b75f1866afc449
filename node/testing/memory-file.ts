import { readFileSync } from 'node:fs'
import type { RandomAccess } from '../formats/random-access.js'
import type { SlicePart } from '../formats/slice.js'

/** A file in memory that counts what is read of it. */
export interface MemoryFile extends RandomAccess {
  readonly content: Buffer
  /** Bytes that were read so far, those read twice twice. */
  readonly bytesRead: number
}

export function memoryFile(content: Buffer): MemoryFile {
  let bytesRead = 0
  return {
    content,
    size: content.length,
    get bytesRead() {
      return bytesRead
    },
    async read(start, end, signal) {
      signal?.throwIfAborted()
      if (start < 0 || end > content.length || start > end) throw new RangeError(`no bytes ${start} to ${end}`)
      bytesRead += end - start
      return content.subarray(start, end)
    },
    async *stream(start, end, signal) {
      yield await this.read(start, end, signal)
    },
  }
}

export function openMemoryFile(path: string): MemoryFile {
  return memoryFile(readFileSync(path))
}

/** What a client gets of an answer's parts. */
export async function joinParts(file: MemoryFile, parts: AsyncIterable<SlicePart>): Promise<Buffer> {
  const bytes: Buffer[] = []
  for await (const part of parts) {
    bytes.push(part.kind === 'made' ? part.bytes : file.content.subarray(part.start, part.end))
  }
  return Buffer.concat(bytes)
}
/** A file in memory, whose streams come in small pieces. */
export function toRandomAccess(bytes: Buffer, pieceBytes = 10_000): RandomAccess {
  function cut(start: number, end: number): Buffer {
    if (start < 0 || end > bytes.length || start > end) throw new Error(`no bytes ${start}-${end} of ${bytes.length}`)
    return bytes.subarray(start, end)
  }
  return {
    size: bytes.length,
    async read(start, end) {
      return cut(start, end)
    },
    async *stream(start, end) {
      const wanted = cut(start, end)
      for (let at = 0; at < wanted.length; at += pieceBytes) yield wanted.subarray(at, at + pieceBytes)
    },
  }
}

/** All bytes of a stream. */
export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}
