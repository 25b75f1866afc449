import { toBamHeader } from '../formats/bam/bam-header.js'
import { bgzfFile } from './bgzf-file.js'

const CONTIG = { name: 'chr1', length: 1_000_000 }
const NAME = Buffer.from('read\0')
const BASES = 10
const MATCH = (BASES << 4) | 0
/** No bins are read of a file that has an index. */
const ANY_BIN = 0

/** A BAM file of reads of ten bases on one contig, in the order of the given starts, 0-based; each person has a read group. */
export function bamFile(samples: readonly string[], starts: readonly number[], blockBytes = 1_000): Buffer {
  const groups = samples.map((sample, index) => `@RG\tID:g${index}\tSM:${sample}\n`).join('')
  const text = `@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:${CONTIG.name}\tLN:${CONTIG.length}\n${groups}`
  const header = toBamHeader({ text, references: [CONTIG] })
  return bgzfFile(Buffer.concat([header, ...starts.map(toRead)]), blockBytes)
}

/** SAM specification 4.2. */
function toRead(start: number): Buffer {
  const fixed = Buffer.alloc(36)
  const rest = Buffer.alloc(4 + BASES / 2 + BASES, 0x22)
  rest.writeUInt32LE(MATCH)
  fixed.writeInt32LE(fixed.length - 4 + NAME.length + rest.length, 0)
  fixed.writeInt32LE(0, 4)
  fixed.writeInt32LE(start, 8)
  fixed[12] = NAME.length
  fixed[13] = 60
  fixed.writeUInt16LE(ANY_BIN, 14)
  fixed.writeUInt16LE(1, 16)
  fixed.writeUInt16LE(0, 18)
  fixed.writeInt32LE(BASES, 20)
  fixed.writeInt32LE(-1, 24)
  fixed.writeInt32LE(-1, 28)
  return Buffer.concat([fixed, NAME, rest])
}
