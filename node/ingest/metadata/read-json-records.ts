import { basename } from 'node:path'
import { IngestError } from '../ingest-error.js'
import { readTextPieces } from './read-text-pieces.js'
import type { JsonObject } from './source-record.js'

/** Characters of one record; a cohort of 10,000 packets in one message has about 50 million. */
const LONGEST_RECORD = 1 << 28
/** Braces and brackets inside each other; Beacon and Phenopackets need less than 20. */
const DEEPEST = 64

const QUOTE = 34
const COMMA = 44
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const NEWLINE = 10

export interface JsonRecord {
  /** From 1. */
  readonly record: number
  /** Where it begins, from 1. */
  readonly line: number
  readonly value: JsonObject
}

function isSpace(code: number): boolean {
  return code === 32 || code === NEWLINE || code === 13 || code === 9
}

/**
 * The objects of a JSON file one after the other: of an array, of a text with one on each line (NDJSON), or a single one. Only one is in
 * memory at a time.
 *
 * @throws IngestError the file is not JSON, ends too early, or a record is too long or no object
 */
export async function* readJsonRecords(path: string, longest = LONGEST_RECORD): AsyncGenerator<JsonRecord> {
  const file = basename(path)
  // Before the first value; inside an array before a value and after one; between values of a sequence; after the array.
  let state = 'start' as 'start' | 'first' | 'value' | 'separator' | 'sequence' | 'end'
  let depth = 0
  let inString = false
  let isEscaped = false
  let line = 1
  let recordLine = 1
  let record = 0
  let pieces: string[] = []
  let length = 0

  const fail = (reason: string): never => {
    throw new IngestError(file, line, reason)
  }

  function parse(text: string): JsonRecord {
    try {
      return { record, line: recordLine, value: JSON.parse(text) as JsonObject }
    } catch {
      // The engine's message would quote the record.
      throw new IngestError(file, recordLine, `record ${record}, which begins on this line, is not valid JSON`)
    }
  }

  function takeOutside(code: number): boolean {
    if (isSpace(code)) return false
    if (state === 'end') fail('there is more text after the array')
    if (state === 'start' && code === OPEN_BRACKET) state = 'first'
    else if ((state === 'first' || state === 'separator') && code === CLOSE_BRACKET) state = 'end'
    else if (state === 'separator') {
      if (code !== COMMA) fail('a comma or the end of the array is missing')
      state = 'value'
    } else if (code !== OPEN_BRACE) fail('a record in braces, { … }, is expected here')
    else return true
    return false
  }

  for await (const text of readTextPieces(path)) {
    let from = 0
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code === NEWLINE) line++
      if (depth === 0) {
        if (!takeOutside(code)) continue
        record++
        recordLine = line
        from = index
        depth = 1
      } else if (inString) {
        if (isEscaped) isEscaped = false
        else if (code === BACKSLASH) isEscaped = true
        else if (code === QUOTE) inString = false
      } else if (code === QUOTE) inString = true
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (++depth > DEEPEST) fail(`record ${record} is nested deeper than ${DEEPEST} levels`)
      } else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) {
        pieces.push(text.slice(from, index + 1))
        yield parse(pieces.join(''))
        pieces = []
        length = 0
        state = state === 'start' || state === 'sequence' ? 'sequence' : 'separator'
      }
    }
    if (depth === 0) continue
    pieces.push(text.slice(from))
    length += text.length - from
    if (length > longest) fail(`record ${record} is longer than ${longest} characters`)
  }
  if (depth > 0) fail(`the file ends inside record ${record}: it is truncated`)
  if (state === 'first' || state === 'value' || state === 'separator')
    fail('the end of the array is missing: the file is truncated')
  if (state === 'start') fail('the file is empty')
}
