import type { RandomAccess } from '../formats/random-access.js'
import { memoryFile } from './memory-file.js'

/** A file in memory whose streams come in small pieces. */
export function streamedFile(content: Buffer, pieceBytes = 10_000): RandomAccess {
  const file = memoryFile(content)
  return {
    size: file.size,
    read: file.read.bind(file),
    async *stream(start, end, signal) {
      const wanted = await file.read(start, end, signal)
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
