import { FLOAT_MISSING, TYPE_FLOAT, TYPE_INT16, TYPE_INT32, TYPE_INT8 } from './typed-values.js'

/** Longer vectors have their length behind the descriptor (VCF 4.3 section 6.3.3). */
const LONG_VECTOR = 15
const LARGEST_INT8 = 0x7f
const LARGEST_INT16 = 0x7fff

/** @param values none negative */
export function encodeIntegers(values: readonly number[]): Buffer {
  const most = Math.max(0, ...values)
  const [type, size] = most <= LARGEST_INT8 ? [TYPE_INT8, 1] : most <= LARGEST_INT16 ? [TYPE_INT16, 2] : [TYPE_INT32, 4]
  const bytes = Buffer.alloc(values.length * size)
  for (const [index, value] of values.entries()) bytes.writeIntLE(value, index * size, size)
  return Buffer.concat([encodeDescriptor(type, values.length), bytes])
}

/** @param values undefined: missing */
export function encodeFloats(values: readonly (number | undefined)[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) {
    if (value === undefined) bytes.writeUInt32LE(FLOAT_MISSING, 4 * index)
    else bytes.writeFloatLE(value, 4 * index)
  }
  return Buffer.concat([encodeDescriptor(TYPE_FLOAT, values.length), bytes])
}

function encodeDescriptor(type: number, length: number): Buffer {
  if (length < LONG_VECTOR) return Buffer.of((length << 4) | type)
  return Buffer.concat([Buffer.of((LONG_VECTOR << 4) | type), encodeIntegers([length])])
}
