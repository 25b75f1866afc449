import { FormatError } from '../format-error.js'
import { MISSING_QUALITY } from './read-features.js'
import { type CramRecord } from './slice-records.js'

/** Bytes of a record's fields of a fixed size, with the size of the record (SAM specification 4.2). */
const FIXED_BYTES = 36
const MOST_NAME_BYTES = 254
const MOST_OPERATIONS = 0xffff
const [SKIP, SOFT_CLIP] = [3, 4]
const UNMAPPED = 0x4
/** For each CIGAR operation whether it goes along the reference: M, D, N, = and X. */
const ALONG_REFERENCE = 0b1_1000_1101

/** Four bits for each base by its letter; letters that are none are N. */
const BASE_CODES = new Uint8Array(256).fill(15)
for (const [code, letter] of Array.from('=ACMGRSVTWYHKDBN').entries()) {
  BASE_CODES[letter.charCodeAt(0)] = code
  BASE_CODES[letter.toLowerCase().charCodeAt(0)] = code
}

export function referenceLength(cigar: readonly number[]): number {
  let length = 0
  for (const operation of cigar) if ((ALONG_REFERENCE >>> (operation & 15)) & 1) length += operation >>> 4
  return length
}

/** Behind the last base that a read lies on, 0-based: as samtools has it, a read is on one base at least. */
export function stopOf({ flags, position, cigar }: CramRecord): number {
  return position - 1 + Math.max(flags & UNMAPPED ? 0 : referenceLength(cigar), 1)
}

/**
 * A read as a record of BAM.
 *
 * @param readGroups their identifiers, in the header's order
 */
export function toBamRecord(record: CramRecord, readGroups: readonly string[]): Buffer {
  const { cigar, bases } = record
  if (record.name.length > MOST_NAME_BYTES) throw new FormatError('the CRAM data have a name that is too long for BAM')
  const isLong = cigar.length > MOST_OPERATIONS
  const operations = isLong ? [bases.length * 16 + SOFT_CLIP, referenceLength(cigar) * 16 + SKIP] : cigar
  const tags = [...record.tags, toMismatches(record), toReadGroup(record.readGroup, readGroups)]
  if (isLong) tags.push(toLongCigar(cigar))
  const qualities = record.qualities.length > 0 ? record.qualities : Buffer.alloc(bases.length, MISSING_QUALITY)
  const fixed = Buffer.alloc(FIXED_BYTES)
  fixed.writeInt32LE(record.reference, 4)
  fixed.writeInt32LE(record.position - 1, 8)
  fixed[12] = record.name.length + 1
  fixed[13] = record.mappingQuality
  fixed.writeUInt16LE(toBin(record.position - 1, stopOf(record)), 14)
  fixed.writeUInt16LE(operations.length, 16)
  fixed.writeUInt16LE(record.flags, 18)
  fixed.writeUInt32LE(bases.length, 20)
  fixed.writeInt32LE(record.mateReference, 24)
  fixed.writeInt32LE(record.matePosition - 1, 28)
  fixed.writeInt32LE(record.templateLength ?? 0, 32)
  const parts = [fixed, record.name, Buffer.alloc(1), toWords(operations), packBases(bases), qualities, ...tags]
  const bytes = Buffer.concat(parts)
  bytes.writeUInt32LE(bytes.length - 4, 0)
  return bytes
}

/** The smallest bin that holds [start, end) (SAM specification 5.3). */
function toBin(start: number, end: number): number {
  for (let shift = 14, first = 4681; shift <= 26; shift += 3, first = (first - 1) / 8) {
    if (start >> shift === (end - 1) >> shift) return (first + (start >> shift)) & 0xffff
  }
  return 0
}

/** Numbers in the smallest type that has room, as htslib writes them. */
function toMismatches({ md, nm }: CramRecord): Buffer {
  const text = Buffer.from(md === undefined ? '' : `MDZ${md}\0`, 'latin1')
  if (nm === undefined) return text
  const [type, bytes] = nm <= 0xff ? (['C', 1] as const) : nm <= 0xffff ? (['S', 2] as const) : (['I', 4] as const)
  const number = Buffer.alloc(bytes)
  number.writeUIntLE(nm, 0, bytes)
  return Buffer.concat([text, Buffer.from(`NM${type}`), number])
}

function toReadGroup(readGroup: number, readGroups: readonly string[]): Buffer {
  if (readGroup === -1) return Buffer.alloc(0)
  const name = readGroups[readGroup]
  if (name === undefined) throw new FormatError('the CRAM data are corrupt: the header has no such read group')
  // What cramtools adds to the header for reads without one.
  if (name === 'UNKNOWN' && readGroup === readGroups.length - 1) return Buffer.alloc(0)
  return Buffer.from(`RGZ${name}\0`)
}

/** SAM specification 4.2.2: the CIGAR itself where its operations are too many for their field. */
function toLongCigar(cigar: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from('CGBI'), toWords([cigar.length]), toWords(cigar)])
}

function toWords(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, 4 * index)
  return bytes
}

function packBases(bases: Buffer): Buffer {
  const packed = Buffer.alloc((bases.length + 1) >>> 1)
  for (let at = 0; at < bases.length; at += 2) {
    const second = at + 1 < bases.length ? BASE_CODES[bases[at + 1]!]! : 0
    packed[at >>> 1] = (BASE_CODES[bases[at]!]! << 4) | second
  }
  return packed
}
