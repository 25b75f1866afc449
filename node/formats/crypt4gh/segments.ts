import { FormatError } from '../format-error.js'
import { OVERHEAD_BYTES, unseal } from './cipher.js'
import { type Span } from './edit-list.js'

// Crypt4GH section 4.1: the plaintext in segments, each encrypted by itself. Only the last may be shorter.
export const SEGMENT_BYTES = 65_536
export const SEALED_SEGMENT_BYTES = SEGMENT_BYTES + OVERHEAD_BYTES

/** Bytes of plaintext in so many bytes of segments. */
export function toPlainSize(sealedSize: number): number {
  const rest = sealedSize % SEALED_SEGMENT_BYTES
  if (rest > 0 && rest < OVERHEAD_BYTES) throw new FormatError('the Crypt4GH file is cut off')
  return Math.floor(sealedSize / SEALED_SEGMENT_BYTES) * SEGMENT_BYTES + Math.max(0, rest - OVERHEAD_BYTES)
}

/** The segments that hold these bytes of plaintext, [start, end). */
export function toSegments({ start, end }: Span): Span {
  return { start: Math.floor(start / SEGMENT_BYTES), end: Math.ceil(end / SEGMENT_BYTES) }
}

/** @returns decrypts one segment after the other, and tries the key that fitted the last one first */
export function createSegmentReader(dataKeys: readonly Buffer[]): (sealed: Buffer, segment: number) => Buffer {
  let fitting = 0
  return (sealed, segment) => {
    for (let tried = 0; tried < dataKeys.length; tried++) {
      const index = (fitting + tried) % dataKeys.length
      const plaintext = unseal(dataKeys[index]!, sealed)
      if (!plaintext) continue
      fitting = index
      return plaintext
    }
    throw new FormatError(`the Crypt4GH file is damaged: segment ${segment} fails its authentication`)
  }
}

/** Cuts a stream into pieces of one size; the last may be shorter. */
export async function* cut(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    waiting.push(chunk)
    length += chunk.length
    if (length < size) continue
    const bytes = Buffer.concat(waiting)
    const whole = length - (length % size)
    for (let at = 0; at < whole; at += size) yield bytes.subarray(at, at + size)
    waiting = [bytes.subarray(whole)]
    length -= whole
  }
  if (length > 0) yield Buffer.concat(waiting)
}
