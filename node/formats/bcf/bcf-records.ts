import { inflatePiece, type InputPiece } from '../compressed-file.js'
import { FormatError } from '../format-error.js'

/** The two lengths before a record (VCF 4.3 section 6.3.1). */
export const LENGTHS_BYTES = 8
/** Contig, position, length, quality, and the numbers of what follows. */
export const FIXED_SITE_BYTES = 24
/** A record beyond is damage: no text line can be longer (V8's longest string has 2^29 characters). */
const MOST_RECORD_BYTES = 1 << 29

/**
 * Cuts a BCF file's pieces into pieces of whole records. A record does not end where a block does, and its length stands at
 * its beginning only, so that this is done in the order of the file.
 *
 * @param recordsStart where the first record begins in the decompressed file
 * @throws FormatError after all whole records before it: damage, or an end inside a record
 */
export async function* cutBcfRecords(
  pieces: AsyncIterable<InputPiece>,
  recordsStart: number,
): AsyncGenerator<InputPiece> {
  let toSkip = recordsStart
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let needed = LENGTHS_BYTES
  for await (const piece of pieces) {
    const { content, damage } = inflatePiece(piece)
    const skipped = Math.min(toSkip, content.length)
    toSkip -= skipped
    waiting.push(content.subarray(skipped))
    waitingBytes += content.length - skipped
    // Records longer than a piece are put together once, when all of it is there.
    if (waitingBytes >= needed) {
      const bytes = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting)
      const { end, next, fault } = findWholeRecords(bytes)
      if (end > 0) yield { bytes: new Uint8Array(bytes.subarray(0, end)), isBgzf: false, position: piece.position }
      if (fault) throw fault
      waiting = [Buffer.from(bytes.subarray(end))]
      waitingBytes = bytes.length - end
      needed = next
    }
    if (damage) throw damage
  }
  if (toSkip > 0 || waitingBytes > 0) throw new FormatError('the BCF data end inside a record: the file is truncated')
}

interface WholeRecords {
  readonly end: number
  /** Bytes of the record after them, as far as known. */
  readonly next: number
  readonly fault?: FormatError
}

function findWholeRecords(bytes: Buffer): WholeRecords {
  let at = 0
  while (at + LENGTHS_BYTES <= bytes.length) {
    const site = bytes.readUInt32LE(at)
    const size = LENGTHS_BYTES + site + bytes.readUInt32LE(at + 4)
    if (site < FIXED_SITE_BYTES || size > MOST_RECORD_BYTES) {
      const fault = new FormatError(
        `the BCF data are corrupt: a record claims ${size} bytes, ${site} of them for its site`,
      )
      return { end: at, next: size, fault }
    }
    if (at + size > bytes.length) return { end: at, next: size }
    at += size
  }
  return { end: at, next: LENGTHS_BYTES }
}
