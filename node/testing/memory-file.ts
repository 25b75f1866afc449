import { type RandomAccess } from '../formats/random-access.js'

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
