import { toBamHeader, type BamHeader } from '../formats/bam/bam-header.js'
import { inflateBlocks, findBlock } from '../formats/bgzf.js'
import { bgzfFile } from './bgzf-file.js'
import type { IndexedRecord } from './binning-index-file.js'

/** A read of one M, and an N of the length that is left. */
export interface MadeRead {
  readonly contig: number
  readonly start: number
  /** Bases of the reference that it spans; -1: it is unmapped at its place. */
  readonly span: number
  readonly name: string
}

const UNMAPPED = 4
const MATCH = 0
const SKIP = 3

export function bamRecord({ contig, start, span, name }: MadeRead): Buffer {
  const cigar = span <= 0 ? [] : span === 1 ? [[1, MATCH]] : [[1, MATCH], [span - 1, SKIP]] // prettier-ignore
  const bytes = Buffer.alloc(36 + name.length + 1 + 4 * cigar.length + 2)
  bytes.writeUInt32LE(bytes.length - 4, 0)
  bytes.writeInt32LE(contig, 4)
  bytes.writeInt32LE(start, 8)
  bytes[12] = name.length + 1
  bytes[13] = 60
  bytes.writeUInt16LE(cigar.length, 16)
  bytes.writeUInt16LE(span < 0 ? UNMAPPED : 0, 18)
  bytes.writeUInt32LE(1, 20)
  bytes.writeInt32LE(-1, 24)
  bytes.writeInt32LE(-1, 28)
  bytes.write(name, 36)
  for (const [index, [length, operation]] of cigar.entries()) {
    bytes.writeUInt32LE((length! << 4) | operation!, 37 + name.length + 4 * index)
  }
  return bytes
}

/** A BAM file of reads in their order, in blocks of one size, and where each stands in it. */
export function bamFile(header: BamHeader, reads: readonly MadeRead[], blockBytes: number) {
  const parts = [toBamHeader(header), ...reads.map(bamRecord)]
  const bytes = bgzfFile(Buffer.concat(parts), blockBytes)
  const blocks: number[] = []
  for (let block = findBlock(bytes, 0); block; block = findBlock(bytes, block.to)) blocks.push(block.from)
  const offsetOf = (at: number) => blocks[Math.floor(at / blockBytes)]! * 65_536 + (at % blockBytes)
  let at = parts[0]!.length
  const records = reads.map(({ contig, start, span }, index): IndexedRecord => {
    const begin = offsetOf(at)
    at += parts[index + 1]!.length
    return { contig, start, stop: start + Math.max(span, 1), begin, end: offsetOf(at) }
  })
  return { bytes, records }
}

/** Names of the reads in blocks without a header. */
export function readNames(blocks: Buffer): string[] {
  const { content } = inflateBlocks(blocks)
  const names: string[] = []
  for (let at = 0; at < content.length; at += 4 + content.readUInt32LE(at)) {
    names.push(content.toString('latin1', at + 36, at + 35 + content[at + 12]!))
  }
  return names
}
