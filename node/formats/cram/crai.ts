import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { FormatError } from '../format-error.js'

/** A row of a CRAI index: which stretch of a reference a slice covers. A slice of several references has several. */
export interface CraiRow {
  /** The reference by its number in the header; -1: reads without a place. */
  readonly reference: number
  /** 1-based. */
  readonly start: number
  /** Bases. */
  readonly span: number
  /** Where the container begins in the file. */
  readonly container: number
  /** Where the slice begins, from the container's first block on. */
  readonly slice: number
  /** Bytes of the slice. */
  readonly size: number
}

/** The rows of an index, six numbers each: an index of a genome has a hundred thousand. */
export interface CraiRows {
  readonly count: number
  at(row: number): CraiRow
}

const COLUMNS = 6
const gunzipBytes = promisify(gunzip)
const gzipBytes = promisify(gzip)

const TAB = 0x09
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const MINUS = 0x2d
const ZERO = 0x30

/** Rows that are read in one go: about a millisecond. */
const ROWS_A_TURN = 4_000
/** A row is not shorter: a digit and what ends it in each column. */
const FEWEST_ROW_BYTES = 2 * COLUMNS

/**
 * @param bytes the index as it is stored, compressed by gzip or not
 * @throws FormatError this is no CRAI index
 */
export async function parseCrai(bytes: Buffer): Promise<CraiRows> {
  let text = bytes
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      text = await gunzipBytes(bytes)
    } catch {
      throw new FormatError('the CRAI index cannot be decompressed')
    }
  }
  const values = new Float64Array(Math.ceil((text.length + 1) / FEWEST_ROW_BYTES) * COLUMNS)
  let count = 0
  let line = 0
  for (let at = 0; at < text.length;) {
    if (++line % ROWS_A_TURN === 0) await nextTurn()
    const newline = text.indexOf(NEWLINE, at)
    const next = newline < 0 ? text.length : newline
    const end = text[next - 1] === CARRIAGE_RETURN ? next - 1 : next
    if (end > at) {
      if (!parseRow(text, at, end, values, count * COLUMNS))
        throw new FormatError(`line ${line} of the CRAI index is none`)
      count++
    }
    at = next + 1
  }
  return toRows(values.slice(0, count * COLUMNS))
}

/** @returns whether it is one */
function parseRow(text: Buffer, start: number, end: number, values: Float64Array, column: number): boolean {
  const afterLast = column + COLUMNS
  let at = start
  while (column < afterLast) {
    const isNegative = text[at] === MINUS
    const first = isNegative ? at + 1 : at
    let value = 0
    for (at = first; at < end && text[at] !== TAB; at++) {
      const digit = text[at]! - ZERO
      if (digit < 0 || digit > 9) return false
      value = value * 10 + digit
    }
    if (at === first || value > Number.MAX_SAFE_INTEGER) return false
    // Only of the reference and the stretch is less than nothing said.
    if (isNegative && column >= afterLast - 3) return false
    values[column++] = isNegative ? -value : value
    at++
  }
  return at === end + 1
}

function toRows(values: Float64Array): CraiRows {
  return {
    count: values.length / COLUMNS,
    at(row) {
      const column = row * COLUMNS
      return {
        reference: values[column]!,
        start: values[column + 1]!,
        span: values[column + 2]!,
        container: values[column + 3]!,
        slice: values[column + 4]!,
        size: values[column + 5]!,
      }
    },
  }
}

export function toCraiRows(rows: readonly CraiRow[]): CraiRows {
  return toRows(Float64Array.from(rows.flatMap((row) => toColumns(row))))
}

function toColumns({ reference, start, span, container, slice, size }: CraiRow): readonly number[] {
  return [reference, start, span, container, slice, size]
}

/** @returns the index as it is stored, compressed by gzip */
export function formatCrai(rows: readonly CraiRow[]): Promise<Buffer> {
  return gzipBytes(Buffer.from(rows.map((row) => `${toColumns(row).join('\t')}\n`).join('')))
}
