import { FormatError } from '../format-error.js'
import type { TextWriter } from './text-writer.js'
import { END_OF_VECTOR, integerAt, MISSING, TYPE_INT32, TYPE_INT8, type TypedVector } from './typed-values.js'

const TAB = 9
const DOT = 46
const SLASH = 47
const ZERO = 48
const PIPE = 124

/** Alleles 0 to 9, missing ones, each phased or not: `(allele + 1) << 1 | phased` (VCF 4.3 section 6.3.3). */
const SIMPLE_CODES = 22

/** By two codes: the text of a genotype and a tab as one number, e.g. `0|1\t`; zero where it has more characters. */
const SIMPLE = makeSimple()

function makeSimple(): Int32Array {
  const simple = new Int32Array(1 << 16)
  for (let first = 0; first < SIMPLE_CODES; first++) {
    for (let second = 0; second < SIMPLE_CODES; second++) {
      const separator = (second & 1) === 1 ? PIPE : SLASH
      const text = Buffer.from([toCharacter(first), separator, toCharacter(second), TAB])
      simple[first | (second << 8)] = text.readInt32LE(0)
    }
  }
  return simple
}

function toCharacter(code: number): number {
  return code < 2 ? DOT : ZERO + (code >> 1) - 1
}

/** Every column of a record that has nothing but diploid genotypes of a byte each: most of what a cohort's file is. */
export function writeSimpleGenotypes(view: DataView, out: TextWriter, from: number, samples: number): void {
  const vector: TypedVector = { type: TYPE_INT8, length: 2, bytes: 2 }
  out.byte(TAB)
  let sample = 0
  while (sample < samples) {
    // A number for each column, as far as they are of four bytes; written through a view, which is several times faster.
    out.reserve(4 * (samples - sample))
    const text = new DataView(out.bytes.buffer, out.bytes.byteOffset, out.bytes.byteLength)
    let at = out.length
    let word = 1
    for (; sample < samples; sample++) {
      word = SIMPLE[view.getUint16(from + 2 * sample, true)]!
      if (word === 0) break
      text.setInt32(at, word, true)
      at += 4
    }
    out.length = at
    if (word !== 0) break
    writeGenotype(view, out, vector, from + 2 * sample++)
    out.byte(TAB)
  }
  // The last column ends with the line.
  out.length -= 1
}

/** @throws FormatError a code that is no allele, or GT of another type than whole numbers */
export function writeGenotype(
  view: DataView,
  out: TextWriter,
  { type, length, bytes }: TypedVector,
  from: number,
): void {
  if (type > TYPE_INT32) throw new FormatError('the record is corrupt: GT is no list of numbers')
  const size = bytes / length
  for (let copy = 0; copy < length; copy++) {
    const code = integerAt(view, type, from + copy * size)
    if (code === END_OF_VECTOR) {
      if (copy === 0) out.byte(DOT)
      return
    }
    if (copy > 0) out.byte(code !== MISSING && (code & 1) === 1 ? PIPE : SLASH)
    if (code === MISSING || code === 0 || code === 1) out.byte(DOT)
    else if (code < 0) throw new FormatError(`the record is corrupt: ${code} is the code of no allele`)
    else out.integer((code >> 1) - 1)
  }
}
