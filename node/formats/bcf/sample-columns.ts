import { FormatError } from '../format-error.js'
import type { RecordTransform } from '../slices/sliceable-records.js'
import { findColumns, GenotypeCounts, isCountedOverPeople, isRecounted } from '../vcf/cohort-fields.js'
import type { BcfDictionary } from './bcf-header.js'
import { FIXED_SITE_BYTES, LENGTHS_BYTES } from './bcf-records.js'
import { SAMPLES } from './record-places.js'
import { encodeFloats, encodeIntegers } from './encode-values.js'
import { END_OF_VECTOR, integerAt, TYPE_INT32, TypedReader, type TypedVector } from './typed-values.js'

const INFO_COUNT = 24
const ALLELE_COUNT = 26
const FORMAT_COUNT = 31

/** A FORMAT field of a record. */
interface SampleField {
  readonly name: string
  /** Its number and type, as they stand there. */
  readonly head: Buffer
  readonly vector: TypedVector
  /** Where the first sample's values stand. */
  readonly from: number
}

/**
 * Leaves columns out of BCF records, as `createVcfSampleEdit` does out of lines.
 *
 * @param all columns of the file
 * @returns undefined: all stay
 * @throws TypeError the file has no such column; FormatError from the transform: a damaged record
 */
export function createBcfSampleEdit(
  { names }: BcfDictionary,
  all: readonly string[],
  kept: readonly string[],
): RecordTransform | undefined {
  const stay = findColumns(all, kept)
  if (!stay) return undefined
  const { columns, stretches } = stay

  function nameOf(number: number): string {
    const name = names.get(number)
    if (name === undefined) throw new FormatError(`the header has no INFO or FORMAT of the number ${number}`)
    return name
  }

  function readFields(bytes: Buffer, reader: TypedReader, count: number): SampleField[] {
    return Array.from({ length: count }, () => {
      const start = reader.at
      const name = nameOf(reader.integer())
      const vector = reader.descriptor()
      const head = bytes.subarray(start, reader.at)
      return { name, head, vector, from: reader.take(vector.bytes * all.length) }
    })
  }

  function editSite(bytes: Buffer, reader: TypedReader, at: number, counts: GenotypeCounts | undefined): Buffer {
    const site = bytes.readUInt32LE(at)
    reader.enter(at + LENGTHS_BYTES + FIXED_SITE_BYTES, at + LENGTHS_BYTES + site)
    // ID, alleles and FILTER.
    for (let passed = -2; passed < bytes.readUInt16LE(at + ALLELE_COUNT); passed++)
      reader.take(reader.descriptor().bytes)
    const parts: Buffer[] = [Buffer.from(bytes.subarray(at, reader.at))]
    let infos = 0
    for (let left = bytes.readUInt16LE(at + INFO_COUNT); left > 0; left--) {
      const start = reader.at
      const key = nameOf(reader.integer())
      const keyEnd = reader.at
      reader.take(reader.descriptor().bytes)
      if (counts && isRecounted(key)) {
        const values = counts.valuesOf(key)
        if (values.length === 0) continue
        parts.push(
          bytes.subarray(start, keyEnd),
          key === 'AF' ? encodeFloats(values) : encodeIntegers(values as number[]),
        )
      } else if (isCountedOverPeople(key)) {
        continue
      } else {
        parts.push(bytes.subarray(start, reader.at))
      }
      infos++
    }
    if (!reader.isAtEnd) throw new FormatError('the record is corrupt: its site is longer than what is in it')
    const edited = Buffer.concat(parts)
    edited.writeUInt16LE(infos, INFO_COUNT)
    return edited
  }

  function editRecord(bytes: Buffer, reader: TypedReader, at: number, end: number): readonly Buffer[] {
    reader.enter(at + LENGTHS_BYTES + bytes.readUInt32LE(at), end)
    const fields = readFields(bytes, reader, bytes[at + FORMAT_COUNT]!)
    if (!reader.isAtEnd) throw new FormatError('the record is corrupt: its samples are longer than what is in them')
    const genotypes = fields.find(({ name }) => name === 'GT')
    const alternates = Math.max(bytes.readUInt16LE(at + ALLELE_COUNT) - 1, 0)
    const site = editSite(bytes, reader, at, genotypes && countGenotypes(reader, genotypes, alternates, columns))
    const left = columns.length > 0 ? fields : []
    const values = left.flatMap(({ head, vector, from }) => [
      head,
      ...stretches.map((stretch) =>
        bytes.subarray(from + stretch.from * vector.bytes, from + stretch.to * vector.bytes),
      ),
    ])
    site.writeUInt32LE(site.length - LENGTHS_BYTES, 0)
    site.writeUInt32LE(
      values.reduce((sum, { length }) => sum + length, 0),
      4,
    )
    site.writeUInt32LE(columns.length, SAMPLES)
    site[FORMAT_COUNT] = left.length
    return [site, ...values]
  }

  return (records) => {
    const reader = new TypedReader(records)
    const edited: Buffer[] = []
    for (let at = 0; at < records.length;) {
      const end = at + LENGTHS_BYTES + records.readUInt32LE(at) + records.readUInt32LE(at + 4)
      edited.push(...editRecord(records, reader, at, end))
      at = end
    }
    return Buffer.concat(edited)
  }
}

/** Codes: `(allele + 1) << 1 | phased`, 0 and 1 for a missing one (VCF 4.3 section 6.3.3). */
function countGenotypes(
  { view }: TypedReader,
  { vector, from }: SampleField,
  alternates: number,
  columns: readonly number[],
): GenotypeCounts {
  const { type, length, bytes } = vector
  if (type > TYPE_INT32) throw new FormatError('the record is corrupt: GT is no list of numbers')
  const counts = new GenotypeCounts(alternates)
  for (const column of columns) {
    const alleles: number[] = []
    for (let copy = 0; copy < length; copy++) {
      const code = integerAt(view, type, from + column * bytes + (copy * bytes) / length)
      if (code === END_OF_VECTOR) break
      if (typeof code !== 'number' || code === 0 || code === 1) continue
      if (code < 0) throw new FormatError(`the record is corrupt: ${code} is the code of no allele`)
      alleles.push((code >> 1) - 1)
    }
    if (!counts.add(alleles)) throw new FormatError('the record is corrupt: a genotype has an allele that it has not')
  }
  return counts
}
