import { FormatError } from '../format-error.js'
import { MOST_RECORD_BYTES, type RecordFormat } from '../slices/record-format.js'

/** Where the fields of a record stand from its `block_size` on (SAM specification 4.2). */
export const REF_ID = 4
export const POS = 8
export const NAME_LENGTH = 12
export const CIGAR_LENGTH = 16
export const FLAG = 18
export const SEQ_LENGTH = 20
/** Bytes of the fields of a fixed size, `block_size` too: the name begins behind them. */
export const FIXED_BYTES = 36

const FLAG_UNMAPPED = 4
const SOFT_CLIP = 4
/** Bit for each CIGAR operation whether it goes along the reference: M, D, N, = and X. */
const ALONG_REFERENCE = 0b1_1000_1101
/** `CG`, and a list of unsigned numbers: a CIGAR of more than 65,535 operations (SAM specification 4.2.2). */
const LONG_CIGAR_TAG = Buffer.from('CGBI')

/** @param references how many the header has */
export function createBamRecordFormat(references: number): RecordFormat {
  return {
    endOf(bytes, at) {
      if (bytes.length - at < FIXED_BYTES) return undefined
      const end = at + 4 + bytes.readUInt32LE(at)
      const optional = tagsStart(bytes, at)
      if (optional > end || end - at > MOST_RECORD_BYTES || bytes[at + NAME_LENGTH] === 0) {
        throw new FormatError('the BAM data are corrupt: a record is shorter or longer than what is in it')
      }
      return end > bytes.length ? undefined : end
    },
    contigOf(bytes, at) {
      const contig = bytes.readInt32LE(at + REF_ID)
      if (contig < -1 || contig >= references) {
        throw new FormatError(`the BAM data are corrupt: there is no reference of the number ${contig}`)
      }
      return contig
    },
    startOf: (bytes, at) => bytes.readInt32LE(at + POS),
    stopOf: referenceEnd,
  }
}

export function isUnmapped(bytes: Buffer, at: number): boolean {
  return (bytes.readUInt16LE(at + FLAG) & FLAG_UNMAPPED) !== 0
}

export function cigarStart(bytes: Buffer, at: number): number {
  return at + FIXED_BYTES + bytes[at + NAME_LENGTH]!
}

export function tagsStart(bytes: Buffer, at: number): number {
  const bases = bytes.readUInt32LE(at + SEQ_LENGTH)
  return cigarStart(bytes, at) + 4 * bytes.readUInt16LE(at + CIGAR_LENGTH) + Math.ceil(bases / 2) + bases
}

/** The base behind the last one that a read is on. As samtools has it, one that is unmapped, or covers no base, is on one. */
export function referenceEnd(bytes: Buffer, at: number, end: number): number {
  return bytes.readInt32LE(at + POS) + Math.max(isUnmapped(bytes, at) ? 0 : referenceLength(bytes, at, end), 1)
}

function referenceLength(bytes: Buffer, at: number, end: number): number {
  const long = findLongCigar(bytes, at, end)
  if (long !== undefined) return lengthOf(bytes, long + 4, bytes.readUInt32LE(long))
  return lengthOf(bytes, cigarStart(bytes, at), bytes.readUInt16LE(at + CIGAR_LENGTH))
}

/**
 * A CIGAR of more than 65,535 operations stands in `CG`; in its place stands one operation that clips all bases, and one that goes
 * along the reference.
 *
 * @returns where the number of its operations stands
 */
export function findLongCigar(bytes: Buffer, at: number, end: number): number | undefined {
  if (bytes.readUInt16LE(at + CIGAR_LENGTH) === 0) return undefined
  const first = bytes.readUInt32LE(cigarStart(bytes, at))
  if ((first & 15) !== SOFT_CLIP || first >>> 4 !== bytes.readUInt32LE(at + SEQ_LENGTH)) return undefined
  return findTag(bytes, tagsStart(bytes, at), end, LONG_CIGAR_TAG)
}

function lengthOf(bytes: Buffer, from: number, operations: number): number {
  let length = 0
  for (let index = 0; index < operations; index++) {
    const operation = bytes.readUInt32LE(from + 4 * index)
    if ((ALONG_REFERENCE >>> (operation & 15)) & 1) length += operation >>> 4
  }
  return length
}

/** @returns where the value begins, behind the tag's two letters and the letters of its type */
function findTag(bytes: Buffer, from: number, end: number, tag: Buffer): number | undefined {
  for (let at = from; at < end;) {
    const next = tagEnd(bytes, at, end)
    if (tag.equals(bytes.subarray(at, at + tag.length))) return at + tag.length
    at = next
  }
  return undefined
}

const TAG_SIZES: ReadonlyMap<string, number> = new Map([
  ['A', 1],
  ['c', 1],
  ['C', 1],
  ['s', 2],
  ['S', 2],
  ['i', 4],
  ['I', 4],
  ['f', 4],
])

/**
 * Where an optional field ends (SAM specification 4.2.4).
 *
 * @param end of the record
 * @throws FormatError it does not end in the record
 */
export function tagEnd(bytes: Buffer, at: number, end: number): number {
  const type = String.fromCharCode(bytes[at + 2]!)
  let to: number
  if (type === 'Z' || type === 'H') {
    const zero = bytes.indexOf(0, at + 3)
    to = zero < 0 ? Infinity : zero + 1
  } else if (type === 'B') {
    const size = TAG_SIZES.get(String.fromCharCode(bytes[at + 3]!))
    to = size === undefined || at + 8 > end ? Infinity : at + 8 + size * bytes.readUInt32LE(at + 4)
  } else {
    to = at + 3 + (TAG_SIZES.get(type) ?? Infinity)
  }
  if (to > end) throw new FormatError('the BAM data are corrupt: an optional field has no end')
  return to
}
