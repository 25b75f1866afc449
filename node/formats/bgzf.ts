import { crc32, gunzipSync, inflateRawSync } from 'node:zlib'
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

/** No deflate stream gets larger than this many times its size (zlib's technical details: 1032:1). */
const LARGEST_EXPANSION = 1_032

/** The least that Node's zlib takes as the size of its output buffer. */
export const SMALLEST_ZLIB_CHUNK = 64

/** Where one whole block lies. */
export interface BgzfBlock {
  readonly from: number
  readonly to: number
  /** Bytes of its content as its footer says, never more than it can be. */
  readonly contentBytes: number
}

/**
 * Finds the next whole block.
 *
 * @returns undefined when the bytes end before the block does
 * @throws FormatError bytes that are no block
 */
export function findBlock(bytes: Buffer, from: number): BgzfBlock | undefined {
  if (bytes.length - from < HEADER_BYTES) return undefined
  if (!isBgzfHeader(bytes.subarray(from, from + HEADER_BYTES))) {
    throw new FormatError('the BGZF data is corrupt: no block header')
  }
  const size = bytes.readUInt16LE(from + BLOCK_SIZE_OFFSET) + 1
  if (size < HEADER_BYTES + FOOTER_BYTES) throw new FormatError('the BGZF data is corrupt: no block header')
  if (bytes.length - from < size) return undefined
  const contentBytes = Math.min(bytes.readUInt32LE(from + size - 4), size * LARGEST_EXPANSION)
  return { from, to: from + size, contentBytes }
}

export interface InflatedBlocks {
  /** Decompressed and checked. */
  readonly content: Buffer
  /** Why the content ends before the blocks do. */
  readonly damage?: FormatError
}

/** @param bytes whole blocks */
export function inflateBlocks(bytes: Buffer): InflatedBlocks {
  const blocks: BgzfBlock[] = []
  for (let at = 0; at < bytes.length; at = blocks.at(-1)!.to) {
    const block = findBlock(bytes, at)
    if (!block) throw new TypeError('not whole blocks')
    blocks.push(block)
  }
  const size = blocks.reduce((sum, { contentBytes }) => sum + contentBytes, 0)
  // Blocks are gzip members, and zlib reads many in one call and checks each, which is far cheaper than a call for each.
  // Those that say that they are empty are read too: a damaged size can say so.
  try {
    const content = gunzipSync(bytes, { chunkSize: Math.max(size + 1, SMALLEST_ZLIB_CHUNK) })
    if (content.length === size) return { content }
  } catch {
    // One of them is damaged: found out below.
  }
  const contents: Buffer[] = []
  try {
    for (const block of blocks) contents.push(inflateBlock(bytes, block))
    return { content: Buffer.concat(contents) }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return { content: Buffer.concat(contents), damage: error }
  }
}

function inflateBlock(bytes: Buffer, { from, to }: BgzfBlock): Buffer {
  const footer = to - FOOTER_BYTES
  const data = bytes.subarray(from + HEADER_BYTES, footer)
  const { content, used } = inflateData(data)
  // A damaged size can take in the block that follows, whose footer fits when the two hold the same.
  if (used !== data.length) throw new FormatError('the BGZF data is corrupt: a block has another size')
  if (content.length !== bytes.readUInt32LE(footer + 4) || crc32(content) !== bytes.readUInt32LE(footer)) {
    throw new FormatError('the BGZF data is corrupt: a block fails its checksum')
  }
  return content
}

/** Decompresses one deflate stream; `used` is where it ends. */
function inflateData(data: Buffer): { readonly content: Buffer; readonly used: number } {
  try {
    // With `info` Node gives the engine too, which its types do not tell.
    const { buffer, engine } = inflateRawSync(data, { info: true }) as unknown as InflatedWithInfo
    return { content: buffer, used: engine.bytesWritten }
  } catch {
    throw new FormatError('the BGZF data is corrupt: a block cannot be decompressed')
  }
}

interface InflatedWithInfo {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}
