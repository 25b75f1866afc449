import { FormatError } from '../format-error.js'

/** The bytes end inside a number: there is more to read, or the file is damaged. */
export class EndOfBytes extends FormatError {}

/** Reads the numbers of CRAM one after the other (CRAM specification section 2.3). */
export class ByteReader {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new EndOfBytes('the CRAM data end too early')
    return this.bytes[this.at++]!
  }

  take(length: number): Buffer {
    if (length < 0) throw new FormatError('the CRAM data are corrupt: a negative length')
    if (this.at + length > this.bytes.length) throw new EndOfBytes('the CRAM data end too early')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** Four bytes, little-endian, signed. */
  int32(): number {
    return this.take(4).readInt32LE(0)
  }

  /** Four bytes, little-endian, unsigned. */
  uint32(): number {
    return this.take(4).readUInt32LE(0)
  }

  /** One to five bytes; signed 32 bits. */
  itf8(): number {
    const first = this.byte()
    const more = Math.min(leadingOnes(first), 4)
    // Of the last of five bytes only the lower half counts.
    if (more === 4) {
      const bytes = this.take(4)
      return ((first & 0x0f) << 28) | (bytes.readUIntBE(0, 3) << 4) | (bytes[3]! & 0x0f)
    }
    let value = first & (0xff >> (more + 1))
    for (let count = 0; count < more; count++) value = (value << 8) | this.byte()
    return value
  }

  /** One to nine bytes; signed 64 bits. @throws FormatError a number beyond what a file can have */
  ltf8(): number {
    const first = this.byte()
    const more = leadingOnes(first)
    let value = BigInt(first & (0xff >> (more + 1)))
    for (let count = 0; count < more; count++) value = (value << 8n) | BigInt(this.byte())
    const number = Number(BigInt.asIntN(64, value))
    if (!Number.isSafeInteger(number)) throw new FormatError('the CRAM data are corrupt: a number is too large')
    return number
  }
}

/** How many bytes follow the first. */
function leadingOnes(byte: number): number {
  return Math.clz32(~(byte << 24))
}

export function toItf8(value: number): Buffer {
  const unsigned = value >>> 0
  if (unsigned < 0x80) return Buffer.from([unsigned])
  if (unsigned < 0x4000) return Buffer.from([0x80 | (unsigned >>> 8), unsigned & 0xff])
  if (unsigned < 0x200000) return Buffer.from([0xc0 | (unsigned >>> 16), (unsigned >>> 8) & 0xff, unsigned & 0xff])
  const bytes = Buffer.alloc(unsigned < 0x10000000 ? 4 : 5)
  if (bytes.length === 4) bytes.writeUInt32BE((0xe0000000 | unsigned) >>> 0)
  else {
    bytes[0] = 0xf0 | (unsigned >>> 28)
    bytes.writeUIntBE((unsigned >>> 4) & 0xffffff, 1, 3)
    bytes[4] = unsigned & 0x0f
  }
  return bytes
}
