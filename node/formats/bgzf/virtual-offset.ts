import { FormatError } from '../format-error.js'

/**
 * A place in BGZF data (SAM specification 4.1.1): where a block begins in the file and how far into its content, as one number that
 * grows along the file. Exact while the file is smaller than `MOST_FILE_BYTES`.
 */
export type VirtualOffset = number

const BLOCK_SPAN = 2 ** 16

/** 128 GiB: 53 bits of a number, 16 of them for the place in a block. */
export const MOST_FILE_BYTES = 2 ** 37

/** @param within bytes of the block's content before the place, below 65,536 */
export function toVirtualOffset(block: number, within: number): VirtualOffset {
  return block * BLOCK_SPAN + within
}

/** Where the block begins in the file, bytes. */
export function blockOf(offset: VirtualOffset): number {
  return Math.floor(offset / BLOCK_SPAN)
}

/** Bytes of the block's content before the place. */
export function withinOf(offset: VirtualOffset): number {
  return offset % BLOCK_SPAN
}

/** @throws FormatError it lies where no file that we open has bytes */
export function readVirtualOffset(bytes: Buffer, at: number): VirtualOffset {
  const block = bytes.readUIntLE(at + 2, 6)
  if (block >= MOST_FILE_BYTES) throw new FormatError('the index is corrupt: an offset lies behind every file')
  return toVirtualOffset(block, bytes.readUInt16LE(at))
}
