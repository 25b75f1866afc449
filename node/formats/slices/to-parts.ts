import { BlockWriter } from '../bgzf/block-writer.js'
import type { SlicePart } from '../slice.js'

/** A stretch of an answer before it is put into blocks. */
export type Piece =
  /** Decompressed. */
  | { readonly kind: 'content'; readonly bytes: Buffer }
  /** The file's own blocks [start, end). */
  | { readonly kind: 'stored'; readonly start: number; readonly end: number }

/** Made bytes that are given away in one part, about: few parts, and not much in memory. */
const PART_BYTES = 1 << 18

/** Puts content into blocks, and stretches of the file that follow one another into one. */
export async function* toParts(pieces: AsyncIterable<Piece>): AsyncGenerator<SlicePart> {
  const writer = new BlockWriter()
  let made: Buffer[] = []
  let madeBytes = 0
  let stored: { kind: 'stored'; start: number; end: number } | undefined
  const add = (blocks: Buffer) => {
    if (blocks.length > 0) made.push(blocks)
    madeBytes += blocks.length
  }
  const take = (): SlicePart => {
    const bytes = Buffer.concat(made)
    made = []
    madeBytes = 0
    return { kind: 'made', bytes }
  }
  for await (const piece of pieces) {
    if (piece.kind === 'content') {
      if (piece.bytes.length === 0) continue
      if (stored) yield stored
      stored = undefined
      add(await writer.write(piece.bytes))
      if (madeBytes >= PART_BYTES) yield take()
    } else if (piece.start < piece.end) {
      add(await writer.finish())
      if (madeBytes > 0) yield take()
      if (stored && stored.end !== piece.start) yield stored
      const start: number = stored?.end === piece.start ? stored.start : piece.start
      stored = { kind: 'stored', start, end: piece.end }
    }
  }
  if (stored) yield stored
  add(await writer.finish())
  if (madeBytes > 0) yield take()
}
