import { BlockReader, type GroupedBlock } from '../bgzf/block-reader.js'
import { blockOf, MOST_FILE_BYTES, toVirtualOffset, type VirtualOffset } from '../bgzf/virtual-offset.js'
import { BGZF_EOF, findBlock, isBgzfHeader } from '../bgzf.js'
import { FormatError } from '../format-error.js'
import type { BinningIndex } from '../index/parse-index.js'
import type { RandomAccess } from '../random-access.js'

/** A file's header, and where its records stand. */
export interface FileHead<Header> {
  readonly header: Header
  /** The header's bytes, decompressed. */
  readonly bytes: Buffer
  /** Where the first record begins. */
  readonly first: VirtualOffset
  /** In the file: where the end-of-file block begins, or the file's end. */
  readonly end: number
}

/**
 * Reads a header from the beginning of a decompressed file.
 *
 * @param isLast the file ends with the bytes
 * @returns undefined while more is needed
 * @throws FormatError there is no header
 */
export type HeaderParser<Header> = (
  bytes: Buffer,
  isLast: boolean,
) => { readonly header: Header; readonly recordsStart: number } | undefined

/** Longer headers are taken for damage. */
const MOST_HEADER_BYTES = 1 << 28
const BLOCK_HEADER_BYTES = 18
const WALK_BYTES = 1 << 20

/**
 * Reads a BGZF file's header and finds its end.
 *
 * @throws FormatError no BGZF file, a damaged or truncated one
 */
export async function openBlocks<Header>(
  file: RandomAccess,
  index: BinningIndex,
  parse: HeaderParser<Header>,
  signal?: AbortSignal,
): Promise<FileHead<Header>> {
  if (file.size >= MOST_FILE_BYTES) throw new FormatError('files of 128 GiB and more cannot be served')
  if (!isBgzfHeader(await file.read(0, Math.min(BLOCK_HEADER_BYTES, file.size), signal))) {
    throw new FormatError('the file is not compressed with bgzip')
  }
  const end = await findEnd(file, index, signal)
  const reader = new BlockReader(file, end, signal)
  const blocks: GroupedBlock[] = []
  let bytes = Buffer.alloc(0)
  let contents: Buffer[] = []
  let length = 0
  for (let next = 0; ;) {
    const group = await reader.read(next)
    for (const { block, at } of group?.blocks ?? []) blocks.push({ block, at: length + at })
    contents.push(group?.content ?? Buffer.alloc(0))
    length += group?.content.length ?? 0
    next = group?.next ?? end
    const isLast = next >= end
    // A long header is looked at each time it has doubled.
    if (length < 2 * bytes.length && !isLast) continue
    bytes = Buffer.concat([bytes, ...contents])
    contents = []
    const found = parse(bytes, isLast)
    if (found) {
      const { header, recordsStart } = found
      const first = toFirst(recordsStart, blocks, { block: next, at: length })
      return { header, bytes: Buffer.from(bytes.subarray(0, recordsStart)), first, end }
    }
    if (isLast) throw new FormatError('the file ends inside its header')
    if (length > MOST_HEADER_BYTES) throw new FormatError('the header has no end')
  }
}

function toFirst(recordsStart: number, blocks: readonly GroupedBlock[], next: GroupedBlock): VirtualOffset {
  const { block, at } = recordsStart === next.at ? next : blocks.findLast((other) => other.at <= recordsStart)!
  return toVirtualOffset(block, recordsStart - at)
}

/** A file without an end-of-file block (SAM specification 4.1.2) may be whole or cut: its last blocks are walked. */
async function findEnd(file: RandomAccess, index: BinningIndex, signal?: AbortSignal): Promise<number> {
  const tail = await file.read(Math.max(0, file.size - BGZF_EOF.length), file.size, signal)
  if (tail.equals(BGZF_EOF)) return file.size - BGZF_EOF.length
  let at = blockOf(index.findLast())
  while (at < file.size) {
    const bytes = await file.read(at, Math.min(at + WALK_BYTES, file.size), signal)
    let walked = 0
    for (let block = findBlock(bytes, 0); block; block = findBlock(bytes, block.to)) walked = block.to
    if (walked === 0) break
    at += walked
  }
  if (at !== file.size) throw new FormatError('the file is truncated')
  return file.size
}
