const LEAST_BYTES = 1 << 10
const ZERO = 48
const MINUS = 45

/** A text that grows, as bytes. */
export class TextWriter {
  bytes: Buffer
  length = 0

  /** @param expected bytes; it may become more */
  constructor(expected: number) {
    this.bytes = Buffer.allocUnsafe(expected + LEAST_BYTES)
  }

  /** Makes room, so that `bytes` can be written to directly. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.length + more))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }

  byte(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1)
    this.bytes[this.length++] = byte
  }

  text(text: string): void {
    // No character of UTF-16 has more than three bytes in UTF-8.
    this.reserve(3 * text.length)
    this.length += this.bytes.write(text, this.length, 'utf8')
  }

  copy(from: Uint8Array): void {
    this.reserve(from.length)
    this.bytes.set(from, this.length)
    this.length += from.length
  }

  integer(value: number): void {
    this.reserve(12)
    const { bytes } = this
    let rest = value
    if (rest < 0) {
      bytes[this.length++] = MINUS
      rest = -rest
    }
    if (rest < 10) {
      bytes[this.length++] = ZERO + rest
      return
    }
    if (rest < 100) {
      // Whole tens of a number below 100, without a division.
      const tens = (rest * 205) >> 11
      bytes[this.length++] = ZERO + tens
      bytes[this.length++] = ZERO + rest - 10 * tens
      return
    }
    let digits = 3
    for (let power = 1000; power <= rest; power *= 10) digits++
    this.length += digits
    for (let at = this.length - 1; digits > 0; at--, digits--) {
      const tens = Math.floor(rest / 10)
      bytes[at] = ZERO + rest - 10 * tens
      rest = tens
    }
  }
}
