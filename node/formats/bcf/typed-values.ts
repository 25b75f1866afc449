import { FormatError } from '../format-error.js'

/** Types of values (VCF 4.3 section 6.3.3). */
export const TYPE_MISSING = 0
export const TYPE_INT8 = 1
export const TYPE_INT16 = 2
export const TYPE_INT32 = 3
export const TYPE_FLOAT = 5
export const TYPE_CHAR = 7

/** Bytes of one value; undefined where there is no such type. */
const SIZES: readonly (number | undefined)[] = [0, 1, 2, 4, undefined, 4, undefined, 1]

/** What no value is: it was not known, or the vector ended before. */
export const MISSING = 'missing'
export const END_OF_VECTOR = 'end of vector'
export type Special = typeof MISSING | typeof END_OF_VECTOR

export const FLOAT_MISSING = 0x7f800001
const FLOAT_END = 0x7f800002

/** Where a vector of values stands in a record. */
export interface TypedVector {
  readonly type: number
  /** Values. */
  readonly length: number
  /** Of all values. */
  readonly bytes: number
}

/** Reads a record's bytes in order and never beyond its end. */
export class TypedReader {
  readonly view: DataView
  at = 0
  #end = 0

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** From here on only [from, to) is read. */
  enter(from: number, to: number): void {
    this.at = from
    this.#end = to
  }

  get isAtEnd(): boolean {
    return this.at === this.#end
  }

  /**
   * Passes over bytes.
   *
   * @returns where they begin
   * @throws FormatError there are not so many
   */
  take(bytes: number): number {
    const from = this.at
    if (bytes > this.#end - from) throw new FormatError('the record is corrupt: a value ends behind it')
    this.at = from + bytes
    return from
  }

  uint8(): number {
    return this.view.getUint8(this.take(1))
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true)
  }

  /** @throws FormatError a type that is none */
  descriptor(): TypedVector {
    const byte = this.uint8()
    const type = byte & 0xf
    const size = SIZES[type]
    if (size === undefined) throw new FormatError(`the record is corrupt: there is no type ${type}`)
    const length = byte >> 4 === 15 ? this.integer() : byte >> 4
    return { type, length, bytes: length * size }
  }

  /** One whole number that says how many or which. @throws FormatError it is none, or negative */
  integer(): number {
    const { type, length } = this.descriptor()
    if (length !== 1 || type < TYPE_INT8 || type > TYPE_INT32) {
      throw new FormatError('the record is corrupt: a number is not one')
    }
    const value = integerAt(this.view, type, this.take(SIZES[type]!))
    if (typeof value !== 'number' || value < 0)
      throw new FormatError('the record is corrupt: a number is missing or negative')
    return value
  }
}

/** A whole number of a type, or why there is none. */
export function integerAt(view: DataView, type: number, at: number): number | Special {
  const value =
    type === TYPE_INT8 ? view.getInt8(at) : type === TYPE_INT16 ? view.getInt16(at, true) : view.getInt32(at, true)
  if (value >= 0) return value
  const lowest = type === TYPE_INT8 ? -0x80 : type === TYPE_INT16 ? -0x8000 : -0x80000000
  if (value === lowest) return MISSING
  return value === lowest + 1 ? END_OF_VECTOR : value
}

/** A number of single precision, or why there is none. */
export function floatAt(view: DataView, at: number): number | Special {
  // Compared as bits: both are NaN.
  const bits = view.getUint32(at, true)
  if (bits === FLOAT_MISSING) return MISSING
  return bits === FLOAT_END ? END_OF_VECTOR : view.getFloat32(at, true)
}

const LEAST_DIGITS = 6
/** So many decimal digits tell all numbers of single precision apart. */
const MOST_DIGITS = 9

/**
 * The shortest text that is the number again when read: what stood in the VCF file that the BCF was made of, where that had no
 * more digits than single precision keeps. 0.95 must not become 0.949999988.
 */
export function formatFloat(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value)
  for (let digits = LEAST_DIGITS; digits < MOST_DIGITS; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return String(shorter)
  }
  return String(Number(value.toPrecision(MOST_DIGITS)))
}
