import { type RandomAccess } from '../random-access.js'
import { spansLength, toKept, toWhole, type Span } from './edit-list.js'
import { readHeader } from './header.js'
import { type KeyPair } from './key-exchange.js'
import { createSegmentReader, cut, SEALED_SEGMENT_BYTES, SEGMENT_BYTES, toPlainSize, toSegments } from './segments.js'

/** A Crypt4GH file as its plaintext: what its edit list keeps, if it has one. */
export interface Crypt4ghFile extends RandomAccess {
  /** The file as it is stored. */
  readonly stored: RandomAccess
  /** Where the segments begin in the stored file. */
  readonly headerSize: number
  readonly dataKeys: readonly Buffer[]
  /** Bytes of plaintext in the segments. */
  readonly wholeSize: number
  /** What is kept, in bytes of the plaintext in the segments. */
  readonly kept: readonly Span[]
}

/**
 * Opens a stored file with the key that it is encrypted for. Indexes of the plaintext fit it as they are.
 *
 * @throws FormatError no Crypt4GH file, a damaged one, or one for other keys; reading: a segment that somebody changed
 */
export async function openCrypt4gh(stored: RandomAccess, reader: KeyPair, signal?: AbortSignal): Promise<Crypt4ghFile> {
  const { size: headerSize, dataKeys, edits } = await readHeader(stored, reader, signal)
  const wholeSize = toPlainSize(stored.size - headerSize)
  const kept = toKept(edits, wholeSize)
  const size = spansLength(kept)

  async function* decrypt(span: Span, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    const segments = toSegments(span)
    const from = headerSize + segments.start * SEALED_SEGMENT_BYTES
    const to = Math.min(headerSize + segments.end * SEALED_SEGMENT_BYTES, stored.size)
    const unsealSegment = createSegmentReader(dataKeys)
    let segment = segments.start
    for await (const sealed of cut(stored.stream(from, to, signal), SEALED_SEGMENT_BYTES)) {
      const at = segment * SEGMENT_BYTES
      const plaintext = unsealSegment(sealed, segment++)
      yield plaintext.subarray(Math.max(0, span.start - at), span.end - at)
    }
  }

  async function* stream(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    if (start < 0 || end > size) throw new RangeError(`bytes ${start}-${end} of ${size}`)
    for (const span of toWhole(kept, start, end)) yield* decrypt(span, signal)
  }

  return {
    stored,
    headerSize,
    dataKeys,
    wholeSize,
    kept,
    size,
    stream,
    async read(start, end, signal) {
      const pieces: Buffer[] = []
      for await (const piece of stream(start, end, signal)) pieces.push(piece)
      return Buffer.concat(pieces)
    },
  }
}
