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

/** Splits byte chunks into lines (LF or CRLF). The yielded object is reused for every line. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<TextLine> {
  const line: TextLine = { bytes: Buffer.alloc(0), start: 0, end: 0, number: 0 }
  let pending: Buffer[] = []
  for await (const chunk of chunks) {
    let from = 0
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, from)) {
      if (pending.length > 0) {
        pending.push(chunk.subarray(from, newline))
        setLine(line, Buffer.concat(pending), 0, undefined)
        pending = []
      } else {
        setLine(line, chunk, from, newline)
      }
      yield line
      from = newline + 1
    }
    // The chunk's memory may be reused, so what is kept is copied.
    if (from < chunk.length) pending.push(Buffer.from(chunk.subarray(from)))
  }
  if (pending.length > 0) {
    setLine(line, Buffer.concat(pending), 0, undefined)
    yield line
  }
}

function setLine(line: TextLine, bytes: Buffer, start: number, end = bytes.length): void {
  line.bytes = bytes
  line.number += 1
  line.start = line.number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? start + 3 : start
  line.end = end > line.start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
}
