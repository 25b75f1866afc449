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
