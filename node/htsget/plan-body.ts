import { createGunzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import type { HtsgetFormat } from '../../schemas/index.js'
import type { RandomAccess } from '../formats/random-access.js'
import type { SlicePart } from '../formats/slice.js'
import type { FileRelease } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'
import { BGZF_EOF } from '../formats/bgzf.js'

/** Of an answer's made pieces so many bytes are kept to learn its size; beyond, it is sent as it is made. */
const MOST_KEPT_BYTES = 256 << 10

/** The bytes of an answer. */
export type Body =
  | {
      /** Any stretch of it can be had. */
      readonly kind: 'sized'
      readonly size: number
      /** The bytes [start, end). */
      stream(start: number, end: number): AsyncIterable<Buffer>
    }
  | { readonly kind: 'unsized'; stream(): AsyncIterable<Buffer> }

/** A body, and what it is put together from where all of that is known. */
export interface PlannedBody {
  readonly body: Body
  readonly parts?: readonly SlicePart[]
}

/** Pieces of which all are there: of the data, or made. */
export function sizedBody(
  data: RandomAccess,
  parts: readonly SlicePart[],
  signal: AbortSignal,
): Body & { readonly kind: 'sized' } {
  const sizes = parts.map((part) => (part.kind === 'stored' ? part.end - part.start : part.bytes.length))
  return {
    kind: 'sized',
    size: sizes.reduce((sum, size) => sum + size, 0),
    async *stream(start, end) {
      let at = 0
      for (const [index, part] of parts.entries()) {
        const from = Math.max(0, start - at)
        const to = Math.min(sizes[index]!, end - at)
        at += sizes[index]!
        if (from >= to) continue
        if (part.kind === 'made') yield part.bytes.subarray(from, to)
        else yield* data.stream(part.start + from, part.start + to, signal)
      }
    },
  }
}

/** The records that were released, as they leave. Nothing but a `Disclosed` can be streamed. */
export async function planBody(
  release: Disclosed<FileRelease>,
  format: HtsgetFormat,
  signal: AbortSignal,
): Promise<PlannedBody> {
  const { data, file, selection, edit } = release
  const planned = (parts: readonly SlicePart[]) => ({ body: sizedBody(data, parts, signal), parts })
  if (release.isWholeFile && format !== 'VCFTEXT') return planned([{ kind: 'stored', start: 0, end: data.size }])
  const parts = file.slice(selection, edit, signal)[Symbol.asyncIterator]()
  if (format === 'VCFTEXT') {
    // An empty block before, because nothing at all is no gzip.
    const first: readonly SlicePart[] = [{ kind: 'made', bytes: BGZF_EOF }]
    return { body: { kind: 'unsized', stream: () => toText(streamParts(release, first, parts, signal)) } }
  }
  const kept: SlicePart[] = []
  let bytes = 0
  while (bytes <= MOST_KEPT_BYTES) {
    const next = await parts.next()
    if (next.done) {
      // Clients that decompress each URL by itself trip over one without a block.
      const isBlocks = file.format !== 'CRAM'
      if (kept.length === 0 && isBlocks) kept.push({ kind: 'made', bytes: BGZF_EOF })
      return planned(kept)
    }
    kept.push(next.value)
    bytes += next.value.kind === 'made' ? next.value.bytes.length : 0
  }
  return { body: { kind: 'unsized', stream: () => streamParts(release, kept, parts, signal) } }
}

async function* streamParts(
  { data }: FileRelease,
  first: readonly SlicePart[],
  rest: AsyncIterator<SlicePart>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    for (const part of first) yield* streamPart(part)
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield* streamPart(next.value)
  } finally {
    // A caller that goes away ends the reading, too.
    await rest.return?.()
  }

  async function* streamPart(part: SlicePart): AsyncGenerator<Buffer> {
    if (part.kind === 'made') yield part.bytes
    else yield* data.stream(part.start, part.end, signal)
  }
}

/** BGZF is gzip, whose members zlib joins. */
function toText(blocks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip()
  // What fails on either side ends the other, and is thrown to who reads.
  pipeline(Readable.from(blocks), gunzip, () => undefined)
  return gunzip as AsyncIterable<Buffer>
}
