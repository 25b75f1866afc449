import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { DecodedFile, PlacedRecord } from './records.js'

const MAGIC = 'BAM\u0001'
/** Up to the read's name, without the record's own length (SAM specification 4.2). */
const FIXED_BYTES = 32
const HAS_NO_MAPPED_BASES = 4
/** Operations that move on the reference: M, D, N, = and X. */
const CONSUMES_REFERENCE = new Set([0, 2, 3, 7, 8])

/**
 * Reads a BAM from its beginning to its end, with nothing but zlib: a reader of its own, for machines without samtools.
 *
 * @throws Error it is no BAM, or not whole
 */
export function readBam(bytes: Buffer): DecodedFile {
  const content = gunzipSync(bytes)
  if (content.toString('latin1', 0, 4) !== MAGIC) throw new Error('it is no BAM')
  let at = 8 + content.readUInt32LE(4)
  const contigs: string[] = []
  const count = content.readUInt32LE(at)
  at += 4
  for (let index = 0; index < count; index++) {
    const length = content.readUInt32LE(at)
    contigs.push(content.toString('latin1', at + 4, at + 3 + length))
    at += 8 + length
  }
  const records: PlacedRecord[] = []
  while (at < content.length) {
    const size = content.readUInt32LE(at)
    const record = content.subarray(at + 4, at + 4 + size)
    if (record.length < size || size < FIXED_BYTES) throw new Error('it ends in the middle of a record')
    records.push(toRecord(record, contigs))
    at += 4 + size
  }
  return { contigs, records }
}

function toRecord(record: Buffer, contigs: readonly string[]): PlacedRecord {
  const start = record.readInt32LE(4)
  const nameBytes = record[8]!
  const operations = record.readUInt16LE(12)
  const flag = record.readUInt16LE(14)
  let span = 0
  for (let index = 0; index < operations && (flag & HAS_NO_MAPPED_BASES) === 0; index++) {
    const operation = record.readUInt32LE(FIXED_BYTES + nameBytes + 4 * index)
    if (CONSUMES_REFERENCE.has(operation & 15)) span += operation >>> 4
  }
  return {
    key: createHash('sha256').update(record).digest('hex'),
    referenceName: contigs[record.readInt32LE(0)] ?? '*',
    start,
    end: start + Math.max(1, span),
  }
}
