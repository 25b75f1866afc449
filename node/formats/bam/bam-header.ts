import { FormatError } from '../format-error.js'
import { uint32 } from '../little-endian.js'
import type { Contig } from '../slice.js'

/** What stands before the records of a BAM file (SAM specification 4.2). */
export interface BamHeader {
  /** The SAM header, without the zeros at its end. */
  readonly text: string
  /** By the numbers that records use. Where the text says otherwise, these hold. */
  readonly references: readonly Required<Contig>[]
}

const MAGIC = Buffer.from('BAM\x01', 'latin1')
/** Magic and length of the text. */
const FIXED_BYTES = 8

export function isBam(content: Buffer): boolean {
  return content.subarray(0, MAGIC.length).equals(MAGIC)
}

/**
 * @param bytes the beginning of a decompressed file
 * @returns undefined while more is needed
 * @throws FormatError this is no BAM file
 */
export function parseBamHeader(bytes: Buffer): { header: BamHeader; recordsStart: number } | undefined {
  if (bytes.length < FIXED_BYTES) return undefined
  if (!isBam(bytes)) throw new FormatError('this is no BAM file')
  const textBytes = bytes.readUInt32LE(MAGIC.length)
  let at = FIXED_BYTES + textBytes
  if (bytes.length < at + 4) return undefined
  const count = bytes.readInt32LE(at)
  if (count < 0) throw new FormatError('the BAM data are corrupt: the header has a negative number of references')
  const text = bytes.toString('utf8', FIXED_BYTES, at).replace(/\0+$/, '')
  const references: Required<Contig>[] = []
  at += 4
  while (references.length < count) {
    if (bytes.length < at + 4) return undefined
    const nameEnd = at + 4 + bytes.readUInt32LE(at)
    if (bytes.length < nameEnd + 4) return undefined
    if (nameEnd === at + 4 || bytes[nameEnd - 1] !== 0) {
      throw new FormatError('the BAM data are corrupt: the name of a reference has no end')
    }
    references.push({ name: bytes.toString('utf8', at + 4, nameEnd - 1), length: bytes.readUInt32LE(nameEnd) })
    at = nameEnd + 4
  }
  return { header: { text, references }, recordsStart: at }
}

/** @returns the header as it stands, decompressed, at the beginning of a file */
export function toBamHeader({ text, references }: BamHeader): Buffer {
  const textBytes = Buffer.from(text)
  const parts = [MAGIC, uint32(textBytes.length), textBytes, uint32(references.length)]
  for (const { name, length } of references) {
    const nameBytes = Buffer.from(`${name}\0`)
    parts.push(uint32(nameBytes.length), nameBytes, uint32(length))
  }
  return Buffer.concat(parts)
}
