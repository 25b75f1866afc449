import { crc32, inflateRawSync } from 'node:zlib'
import { FormatError } from './format-error.js'

// SAM specification section 4.1: gzip members with an extra field `BC` that holds the block's size.
const HEADER_BYTES = 18
const FOOTER_BYTES = 8
const BLOCK_SIZE_OFFSET = 16

/** The empty last block of every BGZF file (SAM specification 4.1.2). */
export const BGZF_EOF = Buffer.from('1f8b08040000000000ff0600424302001b0003000000000000000000', 'hex')

export function isBgzfHeader(bytes: Buffer): boolean {
  return (
    bytes.length >= HEADER_BYTES &&
    bytes[0] === 0x1f &&
    bytes[1] === 0x8b &&
    (bytes[3]! & 4) !== 0 &&
    bytes.readUInt16LE(10) === 6 &&
    bytes[12] === 0x42 &&
    bytes[13] === 0x43
  )
}

export interface BgzfBlocks {
  /** Decompressed, checked content of each whole block. */
  readonly blocks: Iterable<Buffer>
  /** Bytes of the whole blocks. */
  readonly consumed: number
  /** The last whole block as stored. */
  readonly last: Buffer | undefined
}

/**
 * Splits bytes into whole BGZF blocks; what follows the last whole one is left for later.
 *
 * @throws FormatError bytes that are no block; while iterating: a block that does not inflate or fails its CRC
 */
export function parseBgzfBlocks(bytes: Buffer): BgzfBlocks {
  const spans: (readonly [number, number])[] = []
  let at = 0
  while (bytes.length - at >= HEADER_BYTES) {
    if (!isBgzfHeader(bytes.subarray(at, at + HEADER_BYTES)))
      throw new FormatError('the BGZF data is corrupt: no block header')
    const size = bytes.readUInt16LE(at + BLOCK_SIZE_OFFSET) + 1
    if (bytes.length - at < size) break
    spans.push([at, at + size])
    at += size
  }
  const last = spans.at(-1)
  return { blocks: inflateAll(bytes, spans), consumed: at, last: last && bytes.subarray(last[0], last[1]) }
}

function* inflateAll(bytes: Buffer, spans: readonly (readonly [number, number])[]): Generator<Buffer> {
  for (const [from, to] of spans) {
    const block = inflateBlock(bytes, from, to)
    if (block.length > 0) yield block
  }
}

function inflateBlock(bytes: Buffer, from: number, to: number): Buffer {
  const footer = to - FOOTER_BYTES
  let content: Buffer
  try {
    content = inflateRawSync(bytes.subarray(from + HEADER_BYTES, footer))
  } catch {
    throw new FormatError('the BGZF data is corrupt: a block cannot be decompressed')
  }
  if (content.length !== bytes.readUInt32LE(footer + 4) || crc32(content) !== bytes.readUInt32LE(footer)) {
    throw new FormatError('the BGZF data is corrupt: a block fails its checksum')
  }
  return content
}
