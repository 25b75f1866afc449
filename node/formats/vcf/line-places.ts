import { FormatError } from '../format-error.js'
import { NO_RECORD, type RecordFormat } from '../slices/record-format.js'

const TAB = 9
const NEWLINE = 10
const CARRIAGE_RETURN = 13
const HASH = 35
const DOT = 46
const SEMICOLON = 59
const ZERO = 48
const NINE = 57
const END_KEY = Buffer.from('END=')

/** Columns of a line before its INFO: CHROM, POS, ID, REF, ALT, QUAL, FILTER. */
const REF_COLUMN = 3
const INFO_COLUMN = 7

/**
 * @param numbers the contigs' numbers in the index
 * @param isEndDeclared the header says `##INFO=<ID=END,Number=1,Type=Integer`: without it, bcftools takes a record to end with
 *   its REF
 */
export function createVcfLineFormat(numbers: ReadonlyMap<string, number>, isEndDeclared: boolean): RecordFormat {
  // A file is read contig by contig.
  let lastName = Buffer.alloc(0)
  let lastNumber = NO_RECORD
  return {
    endOf(bytes, at, isLast) {
      const newline = bytes.indexOf(NEWLINE, at)
      if (newline >= 0) return newline + 1
      return isLast && at < bytes.length ? bytes.length : undefined
    },
    contigOf(bytes, at, end) {
      const first = bytes[at]!
      if (first === HASH || first === NEWLINE || first === CARRIAGE_RETURN) return NO_RECORD
      const stop = columnEnd(bytes, at, end)
      if (lastNumber === NO_RECORD || bytes.compare(lastName, 0, lastName.length, at, stop) !== 0) {
        lastName = Buffer.from(bytes.subarray(at, stop))
        const number = numbers.get(lastName.toString('utf8'))
        if (number === undefined) throw new FormatError('the index does not fit the file: it lacks a contig of it')
        lastNumber = number
      }
      return lastNumber
    },
    startOf: (bytes, at, end) => readPosition(bytes, at, end) - 1,
    stopOf(bytes, at, end) {
      const ref = columnStart(bytes, at, end, REF_COLUMN)
      const start = readPosition(bytes, at, end) - 1
      const behindRef = start + columnEnd(bytes, ref, end) - ref
      const stated = readEnd(bytes, columnStart(bytes, ref, end, INFO_COLUMN - REF_COLUMN), end)
      // tabix and bcftools both disregard an END that is not behind POS.
      if (stated === undefined || stated <= start) return behindRef
      return isEndDeclared ? stated : Math.min(stated, behindRef)
    },
  }
}

/** @returns 1-based, as it stands there */
function readPosition(bytes: Buffer, at: number, end: number): number {
  const from = columnStart(bytes, at, end, 1)
  const position = readDigits(bytes, from, columnEnd(bytes, from, end))
  if (position === undefined) throw new FormatError('the VCF data are corrupt: POS is no number')
  return position
}

/** INFO/END, 1-based. */
function readEnd(bytes: Buffer, info: number, end: number): number | undefined {
  const stop = columnEnd(bytes, info, end)
  for (let at = bytes.indexOf(END_KEY, info); at >= 0 && at < stop; at = bytes.indexOf(END_KEY, at + 1)) {
    if (at > info && bytes[at - 1] !== SEMICOLON) continue
    const from = at + END_KEY.length
    const semicolon = bytes.indexOf(SEMICOLON, from)
    return bytes[from] === DOT ? undefined : readDigits(bytes, from, semicolon < 0 ? stop : Math.min(semicolon, stop))
  }
  return undefined
}

function readDigits(bytes: Buffer, from: number, to: number): number | undefined {
  if (from >= to) return undefined
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = bytes[at]!
    if (digit < ZERO || digit > NINE) return undefined
    value = 10 * value + digit - ZERO
  }
  return value
}

/** Where the column `count` columns after `at` begins. */
function columnStart(bytes: Buffer, at: number, end: number, count: number): number {
  let start = at
  for (let passed = 0; passed < count; passed++) {
    const tab = bytes.indexOf(TAB, start)
    if (tab < 0 || tab >= end) throw new FormatError('the VCF data are corrupt: a line has too few columns')
    start = tab + 1
  }
  return start
}

function columnEnd(bytes: Buffer, at: number, end: number): number {
  const tab = bytes.indexOf(TAB, at)
  if (tab >= 0 && tab < end) return tab
  // The last column ends with the line.
  let stop = end
  while (stop > at && (bytes[stop - 1] === NEWLINE || bytes[stop - 1] === CARRIAGE_RETURN)) stop--
  return stop
}
