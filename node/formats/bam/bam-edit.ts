import type { RecordEdit } from '../slice.js'
import type { RecordTransform } from '../slices/sliceable-records.js'
import {
  CIGAR_LENGTH,
  cigarStart,
  findLongCigar,
  FIXED_BYTES,
  FLAG,
  NAME_LENGTH,
  POS,
  REF_ID,
  referenceEnd,
  SEQ_LENGTH,
  tagEnd,
  tagsStart,
} from './bam-records.js'

/** Mandatory fields of a read, in the words of SAM and htsget. */
export const READ_FIELDS: readonly string[] = [
  'QNAME',
  'FLAG',
  'RNAME',
  'POS',
  'MAPQ',
  'CIGAR',
  'RNEXT',
  'PNEXT',
  'TLEN',
  'SEQ',
  'QUAL',
]

const MAPPING_QUALITY = 13
const BIN = 14
const NEXT_REF_ID = 24
const NEXT_POS = 28
const TEMPLATE_LENGTH = 32

/** What stands for a value that is missing (SAM specification 1.4 and 4.2). */
const NO_NAME = Buffer.from('*\0')
const NO_POSITION = -1
const NO_REFERENCE = -1
const NO_MAPPING_QUALITY = 255
const NO_BASE_QUALITY = 255

const LONG_CIGAR = 'CG'
const READ_GROUP = 'RG'
const TAG_NAME_BYTES = 2
const TEXT_TYPE = 'Z'
/** The CIGAR operation 0S. */
const NO_BASES_CLIPPED = Buffer.of(4, 0, 0, 0)

/**
 * Leaves fields out of reads, and calls their read groups otherwise: in place of mandatory fields stands what SAM has for a
 * missing value.
 *
 * QUAL needs SEQ, so that SEQ stays where QUAL does. `CG` belongs to CIGAR where it holds its operations.
 *
 * @returns undefined: all stays
 * @throws FormatError from the transform: a damaged record
 */
export function createBamEdit({
  fields,
  tags,
  notags,
  readGroups = new Map(),
}: RecordEdit): RecordTransform | undefined {
  const isKept = (field: string) => fields === undefined || fields.has(field)
  const isTagKept = (tag: string) => (tags === undefined || tags.has(tag)) && !notags?.has(tag)
  if (READ_FIELDS.every(isKept) && tags === undefined && !notags?.size && readGroups.size === 0) return undefined
  const kept = {
    name: isKept('QNAME'),
    cigar: isKept('CIGAR'),
    bases: isKept('SEQ') || isKept('QUAL'),
    qualities: isKept('QUAL'),
  }

  function editRecord(bytes: Buffer, at: number, end: number): readonly Buffer[] {
    const cigar = cigarStart(bytes, at)
    const optional = tagsStart(bytes, at)
    const baseCount = bytes.readUInt32LE(at + SEQ_LENGTH)
    const bases = optional - baseCount - Math.ceil(baseCount / 2)
    const qualities = optional - baseCount
    const fixed = Buffer.from(bytes.subarray(at, at + FIXED_BYTES))
    const parts = [fixed, kept.name ? bytes.subarray(at + FIXED_BYTES, cigar) : NO_NAME]
    const hasLongCigar = findLongCigar(bytes, at, end) !== undefined
    // What stands in its place clips as many bases as there are.
    if (kept.cigar && hasLongCigar && !kept.bases) parts.push(NO_BASES_CLIPPED, bytes.subarray(cigar + 4, bases))
    else if (kept.cigar) parts.push(bytes.subarray(cigar, bases))
    if (kept.bases) {
      parts.push(bytes.subarray(bases, qualities))
      parts.push(kept.qualities ? bytes.subarray(qualities, optional) : Buffer.alloc(baseCount, NO_BASE_QUALITY))
    }
    for (let from = optional; from < end;) {
      const to = tagEnd(bytes, from, end)
      const tag = bytes.toString('latin1', from, from + 2)
      if (tag === LONG_CIGAR && hasLongCigar ? kept.cigar : isTagKept(tag)) {
        parts.push(tag === READ_GROUP ? renameGroup(bytes.subarray(from, to), readGroups) : bytes.subarray(from, to))
      }
      from = to
    }
    const stop = kept.cigar ? referenceEnd(bytes, at, end) : bytes.readInt32LE(at + POS) + 1
    if (!isKept('FLAG')) fixed.writeUInt16LE(0, FLAG)
    if (!isKept('RNAME')) fixed.writeInt32LE(NO_REFERENCE, REF_ID)
    if (!isKept('POS')) fixed.writeInt32LE(NO_POSITION, POS)
    if (!isKept('MAPQ')) fixed[MAPPING_QUALITY] = NO_MAPPING_QUALITY
    if (!isKept('RNEXT')) fixed.writeInt32LE(NO_REFERENCE, NEXT_REF_ID)
    if (!isKept('PNEXT')) fixed.writeInt32LE(NO_POSITION, NEXT_POS)
    if (!isKept('TLEN')) fixed.writeInt32LE(0, TEMPLATE_LENGTH)
    if (!kept.name) fixed[NAME_LENGTH] = NO_NAME.length
    if (!kept.cigar) fixed.writeUInt16LE(0, CIGAR_LENGTH)
    if (!kept.bases) fixed.writeUInt32LE(0, SEQ_LENGTH)
    const position = fixed.readInt32LE(POS)
    fixed.writeUInt16LE(toBin(position, position === NO_POSITION ? 0 : stop), BIN)
    fixed.writeUInt32LE(
      parts.reduce((sum, { length }) => sum + length, -4),
      0,
    )
    return parts
  }

  return (records) => {
    const edited: Buffer[] = []
    for (let at = 0; at < records.length;) {
      const end = at + 4 + records.readUInt32LE(at)
      edited.push(...editRecord(records, at, end))
      at = end
    }
    return Buffer.concat(edited)
  }
}

/** @param field the whole optional field: name, type and a text that ends with a zero byte */
function renameGroup(field: Buffer, readGroups: ReadonlyMap<string, string>): Buffer {
  const typed = TAG_NAME_BYTES + TEXT_TYPE.length
  if (field.toString('latin1', TAG_NAME_BYTES, typed) !== TEXT_TYPE) return field
  const id = readGroups.get(field.toString('utf8', typed, field.length - 1))
  return id === undefined ? field : Buffer.concat([field.subarray(0, typed), Buffer.from(`${id}\0`)])
}

/** The smallest bin of BAI that holds [start, stop) (SAM specification 5.3); 4680 of what has no place. */
function toBin(start: number, stop: number): number {
  for (let shift = 14, first = 4681; shift < 29; shift += 3, first = (first - 1) >> 3) {
    if (start >> shift === (stop - 1) >> shift) return (first + (start >> shift)) & 0xffff
  }
  return 0
}
