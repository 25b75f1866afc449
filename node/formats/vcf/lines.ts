const NEWLINE = 10
const CARRIAGE_RETURN = 13
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** One line of a text file. `bytes[start, end)` holds it without its line end; valid until the next line is asked for. */
export interface TextLine {
  bytes: Buffer
  start: number
  end: number
  /** 1-based. */
  number: number
}

/** Joins chunks of a text in order and cuts them into lines (LF or CRLF). The line object is reused. */
export class LineCutter {
  readonly #line: TextLine = { bytes: Buffer.alloc(0), start: 0, end: 0, number: 0 }
  #pending: Buffer[] = []

  /** How many lines were read so far. */
  get lines(): number {
    return this.#line.number
  }

  /** Reads every line that ends in the chunk, until `read` returns false. The chunk's memory may be reused afterwards. */
  push(chunk: Buffer, read: (line: TextLine) => boolean): boolean {
    let from = 0
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, from)) {
      if (this.#pending.length > 0) {
        this.#pending.push(chunk.subarray(from, newline))
        const bytes = Buffer.concat(this.#pending)
        this.#pending = []
        setLine(this.#line, bytes, 0, bytes.length)
      } else {
        setLine(this.#line, chunk, from, newline)
      }
      from = newline + 1
      if (!read(this.#line)) return false
    }
    if (from < chunk.length) this.#pending.push(Buffer.from(chunk.subarray(from)))
    return true
  }

  /** Lines that were read elsewhere. */
  skip(lines: number): void {
    if (this.#pending.length > 0) throw new TypeError('a line has begun')
    this.#line.number += lines
  }

  /** Reads a last line without line end. */
  finish(read: (line: TextLine) => boolean): void {
    if (this.#pending.length === 0) return
    const bytes = Buffer.concat(this.#pending)
    this.#pending = []
    setLine(this.#line, bytes, 0, bytes.length)
    read(this.#line)
  }
}

/** A chunk from the middle of a text: bytes up to the end of a line begun before, whole lines, the start of the last one. */
export interface CutChunk {
  /** With its line end; the whole chunk where it has none. */
  readonly head: Buffer
  readonly lines: Buffer
  readonly tail: Buffer
}

export function cutChunk(chunk: Buffer): CutChunk {
  const from = chunk.indexOf(NEWLINE) + 1
  if (from === 0) return { head: chunk, lines: chunk.subarray(0, 0), tail: chunk.subarray(0, 0) }
  const to = chunk.lastIndexOf(NEWLINE) + 1
  return { head: chunk.subarray(0, from), lines: chunk.subarray(from, to), tail: chunk.subarray(to) }
}

function setLine(line: TextLine, bytes: Buffer, start: number, end: number): void {
  line.bytes = bytes
  line.number += 1
  line.start = line.number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? start + 3 : start
  line.end = end > line.start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
}
