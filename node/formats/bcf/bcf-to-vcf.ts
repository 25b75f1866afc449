import type { InflatedBlocks } from '../bgzf.js'
import { FormatError } from '../format-error.js'
import type { BcfDictionary } from './bcf-header.js'
import { FIXED_SITE_BYTES } from './bcf-records.js'
import { writeGenotype, writeSimpleGenotypes } from './bcf-genotypes.js'
import { TextWriter } from './text-writer.js'
import {
  END_OF_VECTOR,
  floatAt,
  formatFloat,
  integerAt,
  MISSING,
  TYPE_CHAR,
  TYPE_FLOAT,
  TYPE_INT16,
  TYPE_INT32,
  TYPE_INT8,
  TYPE_MISSING,
  TypedReader,
  type TypedVector,
} from './typed-values.js'

const TAB = 9
const NEWLINE = 10
const COMMA = 44
const DOT = 46
const COLON = 58
const SEMICOLON = 59
const EQUALS = 61

/** A character that is missing, and what fills the rest of a sample's text (VCF 4.3 section 6.3.3). */
const CHARACTER_MISSING = 7
const CHARACTER_END = 0
/** Control characters would break a line in two. */
const FIRST_PRINTABLE = 32

/** A genotype of two bytes is four characters with its tab; other values take less room. */
const TEXT_PER_RECORD_BYTE = 2

/** A FORMAT field of a record: its values of all samples in a row. */
interface SampleField extends TypedVector {
  readonly name: string
  readonly from: number
  /** Of one sample. */
  readonly bytes: number
}

/**
 * Turns records of a BCF file (2.1, 2.2) into data lines of VCF, so that both are read by the same code. What a line cannot say
 * in another way is said as the VCF would have said it; text that would make another line of it is refused.
 */
export class BcfTranslator {
  readonly #dictionary: BcfDictionary
  readonly #samples: number

  /** @param samples how many the header has */
  constructor(dictionary: BcfDictionary, samples: number) {
    this.#dictionary = dictionary
    this.#samples = samples
  }

  /**
   * @param bytes whole records
   * @returns their lines, as far as they can be read, and what is wrong with the next
   */
  translate(bytes: Uint8Array): InflatedBlocks {
    const reader = new TypedReader(bytes)
    const out = new TextWriter(TEXT_PER_RECORD_BYTE * bytes.length)
    let at = 0
    let lineStart = 0
    try {
      while (at < bytes.length) {
        lineStart = out.length
        const siteStart = at + 8
        const siteEnd = siteStart + reader.view.getUint32(at, true)
        const end = siteEnd + reader.view.getUint32(at + 4, true)
        this.#writeRecord(reader, out, siteStart, siteEnd, end)
        at = end
      }
      return { content: out.bytes.subarray(0, out.length) }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      return { content: out.bytes.subarray(0, lineStart), damage: error }
    }
  }

  #writeRecord(reader: TypedReader, out: TextWriter, siteStart: number, siteEnd: number, end: number): void {
    const { view } = reader
    const contig = view.getInt32(siteStart, true)
    const start = view.getInt32(siteStart + 4, true)
    const alleles = view.getUint16(siteStart + 18, true)
    const infos = view.getUint16(siteStart + 16, true)
    const counts = view.getUint32(siteStart + 20, true)
    const chrom = this.#dictionary.contigs.get(contig)
    if (chrom === undefined) throw new FormatError(`the header has no contig of the number ${contig}`)
    if (start < -1) throw new FormatError(`POS ${start + 1} is no position`)
    if (alleles === 0) throw new FormatError('the record has no REF')
    out.text(chrom)
    out.byte(TAB)
    out.integer(start + 1)
    out.byte(TAB)
    reader.enter(siteStart + FIXED_SITE_BYTES, siteEnd)
    writeText(reader, out, reader.descriptor(), NEWLINE)
    for (let allele = 0; allele < alleles; allele++) {
      out.byte(allele < 2 ? TAB : COMMA)
      writeText(reader, out, reader.descriptor(), COMMA)
    }
    if (alleles === 1) out.text('\t.')
    out.byte(TAB)
    const quality = floatAt(view, siteStart + 12)
    out.text(typeof quality === 'number' ? formatFloat(quality) : '.')
    out.byte(TAB)
    this.#writeFilters(reader, out)
    out.byte(TAB)
    this.#writeInfo(reader, out, infos)
    if (!reader.isAtEnd) throw new FormatError('the record is corrupt: its site is longer than what is in it')
    reader.enter(siteEnd, end)
    this.#writeSamples(reader, out, counts & 0xffffff, counts >>> 24)
    out.byte(NEWLINE)
  }

  #writeFilters(reader: TypedReader, out: TextWriter): void {
    const vector = reader.descriptor()
    const from = reader.take(vector.bytes)
    if (vector.length === 0 || vector.type === TYPE_MISSING) return out.byte(DOT)
    if (vector.type > TYPE_INT32) throw new FormatError('the record is corrupt: FILTER is no list of numbers')
    const size = vector.bytes / vector.length
    for (let index = 0; index < vector.length; index++) {
      const value = integerAt(reader.view, vector.type, from + index * size)
      if (index > 0) out.byte(SEMICOLON)
      if (value === MISSING) out.byte(DOT)
      else out.text(this.#nameOf(value))
    }
  }

  #writeInfo(reader: TypedReader, out: TextWriter, infos: number): void {
    if (infos === 0) return out.byte(DOT)
    for (let index = 0; index < infos; index++) {
      if (index > 0) out.byte(SEMICOLON)
      const name = this.#nameOf(reader.integer())
      const vector = reader.descriptor()
      out.text(name)
      if (vector.length === 0 || vector.type === TYPE_MISSING || this.#dictionary.flags.has(name)) {
        reader.take(vector.bytes)
        continue
      }
      out.byte(EQUALS)
      if (vector.type === TYPE_CHAR) writeText(reader, out, vector, SEMICOLON)
      else writeNumbers(reader.view, out, vector, reader.take(vector.bytes))
    }
  }

  #nameOf(number: number | string): string {
    const name = typeof number === 'number' ? this.#dictionary.names.get(number) : undefined
    if (name === undefined) throw new FormatError(`the header has no FILTER, INFO or FORMAT of the number ${number}`)
    return name
  }

  #writeSamples(reader: TypedReader, out: TextWriter, samples: number, count: number): void {
    if (samples !== this.#samples) {
      throw new FormatError(`the record has ${samples} samples but the header has ${this.#samples}`)
    }
    out.byte(TAB)
    const fields = Array.from({ length: count }, () => this.#readSampleField(reader))
    if (!reader.isAtEnd) throw new FormatError('the record is corrupt: its samples are longer than what is in them')
    if (count === 0) return out.text(`.${'\t.'.repeat(samples)}`)
    out.text(fields.map(({ name }) => name).join(':'))
    const [first] = fields
    if (count === 1 && first!.name === 'GT' && first!.type === TYPE_INT8 && first!.length === 2) {
      return writeSimpleGenotypes(reader.view, out, first!.from, samples)
    }
    for (let sample = 0; sample < samples; sample++) {
      for (let index = 0; index < count; index++) {
        out.byte(index === 0 ? TAB : COLON)
        const field = fields[index]!
        const from = field.from + sample * field.bytes
        if (field.length === 0 || field.type === TYPE_MISSING) out.byte(DOT)
        else if (field.name === 'GT') writeGenotype(reader.view, out, field, from)
        else if (field.type === TYPE_CHAR) writeCharacters(reader.view, out, from, field.bytes, COLON)
        else writeNumbers(reader.view, out, field, from)
      }
    }
  }

  #readSampleField(reader: TypedReader): SampleField {
    const name = this.#nameOf(reader.integer())
    const vector = reader.descriptor()
    return { name, ...vector, from: reader.take(vector.bytes * this.#samples) }
  }
}

/** @param separator what would end the text in VCF, so that it cannot stand in it */
function writeText(reader: TypedReader, out: TextWriter, vector: TypedVector, separator: number): void {
  const from = reader.take(vector.bytes)
  if (vector.length === 0 || vector.type === TYPE_MISSING) return out.byte(DOT)
  if (vector.type !== TYPE_CHAR) throw new FormatError('the record is corrupt: a text is none')
  writeCharacters(reader.view, out, from, vector.bytes, separator)
}

function writeCharacters(view: DataView, out: TextWriter, from: number, length: number, separator: number): void {
  out.reserve(length + 1)
  const first = out.length
  for (let at = from; at < from + length; at++) {
    const character = view.getUint8(at)
    if (character === CHARACTER_END) break
    if (character === CHARACTER_MISSING) {
      out.byte(DOT)
    } else if (character < FIRST_PRINTABLE || character === separator) {
      throw new FormatError(`the record is corrupt: a text in it has the character ${character}`)
    } else {
      out.byte(character)
    }
  }
  if (out.length === first) out.byte(DOT)
}

function writeNumbers(view: DataView, out: TextWriter, vector: TypedVector, from: number): void {
  if (vector.type !== TYPE_FLOAT) return writeIntegers(view, out, vector, from)
  for (let index = 0; index < vector.length; index++) {
    const value = floatAt(view, from + 4 * index)
    if (value === END_OF_VECTOR) {
      if (index === 0) out.byte(DOT)
      return
    }
    if (index > 0) out.byte(COMMA)
    out.text(value === MISSING ? '.' : formatFloat(value))
  }
}

/** Most of what a file with depths and likelihoods is made of. */
function writeIntegers(view: DataView, out: TextWriter, { type, length }: TypedVector, from: number): void {
  const size = type === TYPE_INT8 ? 1 : type === TYPE_INT16 ? 2 : 4
  const lowest = type === TYPE_INT8 ? -0x80 : type === TYPE_INT16 ? -0x8000 : -0x80000000
  for (let index = 0; index < length; index++) {
    const at = from + index * size
    const value =
      type === TYPE_INT8 ? view.getInt8(at) : type === TYPE_INT16 ? view.getInt16(at, true) : view.getInt32(at, true)
    if (value === lowest + 1) {
      if (index === 0) out.byte(DOT)
      return
    }
    if (index > 0) out.byte(COMMA)
    if (value === lowest) out.byte(DOT)
    else out.integer(value)
  }
}
