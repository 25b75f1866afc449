import { FormatError } from '../format-error.js'
import { type ByteReader } from './byte-reader.js'

/** How the values of a data series are written (CRAM specification section 12). */
export type Encoding =
  | { readonly kind: 'external'; readonly block: number }
  | { readonly kind: 'huffman'; readonly symbols: readonly number[]; readonly lengths: readonly number[] }
  | { readonly kind: 'beta'; readonly offset: number; readonly bits: number }
  | { readonly kind: 'subexponential'; readonly offset: number; readonly bits: number }
  | { readonly kind: 'gamma'; readonly offset: number }
  | { readonly kind: 'bytes-by-length'; readonly length: Encoding; readonly bytes: Encoding }
  | { readonly kind: 'bytes-by-stop'; readonly stop: number; readonly block: number }

const NULL = 0
const EXTERNAL = 1
const HUFFMAN = 3
const BYTES_BY_LENGTH = 4
const BYTES_BY_STOP = 5
const BETA = 6
const SUBEXPONENTIAL = 7
const GAMMA = 9

/** Numbers have 32 bits. */
const MOST_BITS = 32

/** @returns undefined: nothing is written */
export function parseEncoding(reader: ByteReader): Encoding | undefined {
  const kind = reader.itf8()
  const end = reader.itf8() + reader.at
  const encoding = parseParameters(kind, reader)
  if (encoding && reader.at !== end) throw new FormatError('the CRAM data are corrupt: an encoding has another length')
  reader.at = end
  return encoding
}

function parseParameters(kind: number, reader: ByteReader): Encoding | undefined {
  if (kind === NULL) return undefined
  if (kind === EXTERNAL) return { kind: 'external', block: reader.itf8() }
  if (kind === HUFFMAN) return parseHuffman(reader)
  if (kind === BYTES_BY_STOP) return { kind: 'bytes-by-stop', stop: reader.byte(), block: reader.itf8() }
  if (kind === GAMMA) return { kind: 'gamma', offset: reader.itf8() }
  if (kind === BETA || kind === SUBEXPONENTIAL) {
    const offset = reader.itf8()
    const bits = reader.itf8()
    if (bits < 0 || bits > MOST_BITS) throw new FormatError('the CRAM data are corrupt: a number of too many bits')
    return { kind: kind === BETA ? 'beta' : 'subexponential', offset, bits }
  }
  if (kind === BYTES_BY_LENGTH) {
    const length = parseEncoding(reader)
    const bytes = parseEncoding(reader)
    if (!length || !bytes) throw new FormatError('the CRAM data are corrupt: an encoding without its parts')
    return { kind: 'bytes-by-length', length, bytes }
  }
  throw new FormatError(`encoding ${kind} of CRAM is not supported`)
}

function parseHuffman(reader: ByteReader): Encoding {
  const list = () => {
    const count = reader.itf8()
    if (count < 0 || count > reader.bytes.length) throw new FormatError('the CRAM data are corrupt: a code is none')
    return Array.from({ length: count }, () => reader.itf8())
  }
  const symbols = list()
  const lengths = list()
  const isCode = lengths.length === symbols.length && lengths.every((bits) => bits >= 0 && bits < MOST_BITS)
  if (!isCode) throw new FormatError('the CRAM data are corrupt: a code is none')
  return { kind: 'huffman', symbols, lengths }
}

/** The data of a slice: values are taken from where those before them ended. */
export interface SliceStreams {
  readonly core: BitReader
  /** Of a block that is not there: nothing. */
  external(block: number): ByteReader
}

/** Bits from the most significant one on. */
export class BitReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  bit(): number {
    const byte = this.#bytes[this.#at >>> 3]
    if (byte === undefined) throw new FormatError('the CRAM data are corrupt: a slice ends too early')
    return (byte >>> (7 - (this.#at++ & 7))) & 1
  }

  bits(count: number): number {
    let value = 0
    for (let index = 0; index < count; index++) value = (value << 1) | this.bit()
    return value
  }

  /** How many bits are like this one before another one, which is taken too. */
  run(bit: number): number {
    let length = 0
    while (this.bit() === bit) length++
    if (length >= MOST_BITS) throw new FormatError('the CRAM data are corrupt: a number of too many bits')
    return length
  }
}

export type NumberReader = () => number

/** @param isByte one byte a value where it is in a block of its own, and not a number of one to five bytes */
export function toNumberReader(encoding: Encoding, streams: SliceStreams, isByte = false): NumberReader {
  const { core } = streams
  if (encoding.kind === 'external') {
    const stream = streams.external(encoding.block)
    return isByte ? () => stream.byte() : () => stream.itf8()
  }
  if (encoding.kind === 'huffman') return toHuffmanReader(encoding, core)
  if (encoding.kind === 'beta') return () => core.bits(encoding.bits) - encoding.offset
  if (encoding.kind === 'gamma') {
    return () => {
      const length = core.run(0)
      return ((1 << length) | core.bits(length)) - encoding.offset
    }
  }
  if (encoding.kind === 'subexponential') {
    return () => {
      const ones = core.run(1)
      const value = ones === 0 ? core.bits(encoding.bits) : highBit(ones + encoding.bits - 1, core)
      return value - encoding.offset
    }
  }
  throw new FormatError('the CRAM data are corrupt: bytes where a number should be')
}

function highBit(bits: number, core: BitReader): number {
  return (1 << bits) | core.bits(bits)
}

/** A canonical code: shorter ones first, then smaller symbols. htsjdk writes series that have no values with a code of no symbols. */
function toHuffmanReader({ symbols, lengths }: Encoding & { kind: 'huffman' }, core: BitReader): NumberReader {
  const codes = symbols.map((symbol, index) => ({ symbol, bits: lengths[index]! }))
  codes.sort((a, b) => a.bits - b.bits || a.symbol - b.symbol)
  const [only] = codes
  if (codes.length === 1 && only!.bits === 0) return () => only!.symbol
  const groups: { readonly bits: number; readonly first: number; readonly symbols: number[] }[] = []
  let code = 0
  for (const [index, { symbol, bits }] of codes.entries()) {
    code = index === 0 ? 0 : (code + 1) << (bits - codes[index - 1]!.bits)
    const group = groups.at(-1)
    if (group?.bits === bits) group.symbols.push(symbol)
    else groups.push({ bits, first: code, symbols: [symbol] })
  }
  return () => {
    let value = 0
    let read = 0
    for (const { bits, first, symbols } of groups) {
      value = (value << (bits - read)) | core.bits(bits - read)
      read = bits
      const symbol = symbols[value - first]
      if (symbol !== undefined) return symbol
    }
    throw new FormatError('the CRAM data are corrupt: there is no such code')
  }
}

export type BytesReader = () => Buffer

export function toBytesReader(encoding: Encoding, streams: SliceStreams): BytesReader {
  if (encoding.kind === 'bytes-by-stop') {
    const stream = streams.external(encoding.block)
    return () => {
      const end = stream.bytes.indexOf(encoding.stop, stream.at)
      if (end < 0) throw new FormatError('the CRAM data are corrupt: a slice ends too early')
      const bytes = stream.take(end - stream.at)
      stream.at++
      return bytes
    }
  }
  if (encoding.kind !== 'bytes-by-length')
    throw new FormatError('the CRAM data are corrupt: a number where bytes should be')
  const nextLength = toNumberReader(encoding.length, streams)
  const take = toByteTaker(encoding.bytes, streams)
  return () => take(nextLength())
}

/** Takes so many values of one byte. */
export function toByteTaker(encoding: Encoding, streams: SliceStreams): (length: number) => Buffer {
  if (encoding.kind === 'external') {
    const stream = streams.external(encoding.block)
    return (length) => stream.take(length)
  }
  const next = toNumberReader(encoding, streams, true)
  return (length) => {
    if (length < 0) throw new FormatError('the CRAM data are corrupt: a negative length')
    return Buffer.from(Uint8Array.from({ length }, next))
  }
}
