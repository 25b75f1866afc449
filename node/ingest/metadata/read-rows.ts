import { basename } from 'node:path'
import { IngestError } from '../ingest-error.js'
import { readTextPieces } from './read-text-pieces.js'

export const DELIMITERS = { tab: '\t', comma: ',', semicolon: ';' } as const

export type Delimiter = keyof typeof DELIMITERS

/** A cell of a clinic's table is a note at most. */
const LONGEST_CELL = 1 << 20
const MOST_COLUMNS = 10_000

export interface Row {
  /** Where it begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** The delimiter of which the first line, outside quotes, has most; a tab when it has none. */
export function guessDelimiter(firstLine: string): Delimiter {
  const plain = firstLine.replaceAll(/"[^"]*"/g, '')
  const counts = (Object.keys(DELIMITERS) as Delimiter[]).map(
    (name) => [name, plain.split(DELIMITERS[name]).length] as const,
  )
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}

/**
 * Rows of a table (RFC 4180): quoted cells may hold delimiters, line ends and doubled quotes; CRLF, CR and LF end a line; empty
 * lines are no rows.
 *
 * @param delimiter default: by the first line
 * @throws IngestError a quote without an end, text after a closing quote, a cell that is too long
 */
export async function* readRows(path: string, delimiter?: Delimiter): AsyncGenerator<Row> {
  const file = basename(path)
  let separator = delimiter === undefined ? undefined : DELIMITERS[delimiter]
  let line = 1
  let rowLine = 1
  let cells: string[] = []
  let cell = ''
  let state = 'begin' as 'begin' | 'plain' | 'quoted' | 'after'
  let wasReturn = false
  // Held until the first line is whole, so that the delimiter can be seen.
  let head = ''
  const rows: Row[] = []

  const fail = (reason: string): never => {
    throw new IngestError(file, line, reason)
  }

  function endCell(): void {
    if (cells.length >= MOST_COLUMNS) fail(`the row has more than ${MOST_COLUMNS} cells`)
    cells.push(cell)
    cell = ''
    state = 'begin'
  }

  function endRow(): void {
    const isEmpty = cells.length === 0 && cell === '' && state === 'begin'
    if (!isEmpty) {
      endCell()
      rows.push({ line: rowLine, cells })
    }
    cells = []
    state = 'begin'
  }

  function take(character: string): void {
    const isNewline = character === '\n' || character === '\r'
    // The second half of CRLF.
    if (character === '\n' && wasReturn) {
      wasReturn = false
      if (state === 'quoted') cell += character
      else rowLine = line
      return
    }
    wasReturn = character === '\r'
    if (isNewline) line++
    if (state === 'quoted') {
      if (character === '"') state = 'after'
      else cell += character
    } else if (character === '"' && state === 'after') {
      cell += '"'
      state = 'quoted'
    } else if (character === '"' && state === 'begin') {
      state = 'quoted'
    } else if (character === separator) {
      endCell()
    } else if (isNewline) {
      endRow()
      rowLine = line
    } else if (state === 'after') {
      fail('there is text after the closing quote of a cell')
    } else {
      cell += character
      state = 'plain'
    }
    if (cell.length > LONGEST_CELL) fail(`a cell is longer than ${LONGEST_CELL} characters; a quote may have no end`)
  }

  function takeText(text: string): void {
    for (const character of text) take(character)
  }

  for await (const text of readTextPieces(path)) {
    if (separator === undefined) {
      head += text
      const end = head.search(/[\r\n]/)
      if (end < 0 && head.length <= LONGEST_CELL) continue
      separator = DELIMITERS[guessDelimiter(end < 0 ? head : head.slice(0, end))]
      takeText(head)
    } else takeText(text)
    yield* rows.splice(0)
  }
  if (separator === undefined) {
    separator = DELIMITERS[guessDelimiter(head)]
    takeText(head)
  }
  if (state === 'quoted') fail(`a quote in the row that begins on line ${rowLine} has no end`)
  endRow()
  yield* rows.splice(0)
}
