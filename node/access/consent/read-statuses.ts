import { basename } from 'node:path'
import { readRows } from '../../ingest/metadata/read-rows.js'
import { ConsentError } from './consent-error.js'
import type { StatusInput } from './parse-status.js'

/** Columns of a table of what people said; in any order. */
export const STATUS_COLUMNS = ['name', 'kind', 'effect', 'from', 'to', 'scope', 'source'] as const
const NEEDED = ['name', 'kind', 'effect', 'source'] as const

type Column = (typeof STATUS_COLUMNS)[number]

/**
 * Reads a table with a header row: CSV, or with semicolons or tabs.
 *
 * @throws ConsentError the header lacks a column, or has one that is unknown, or twice; a row of another length
 * @throws IngestError it is no table
 */
export async function readStatuses(path: string): Promise<readonly (StatusInput & { readonly line: number })[]> {
  const file = basename(path)
  let header: readonly Column[] | undefined
  const inputs: (StatusInput & { readonly line: number })[] = []
  for await (const { line, cells } of readRows(path)) {
    if (!header) {
      header = parseHeader(file, cells)
      continue
    }
    if (cells.length !== header.length) {
      throw new ConsentError(`${file}: line ${line} has ${cells.length} cells, and the header ${header.length}`)
    }
    const row = Object.fromEntries(header.map((column, index) => [column, cells[index]!.trim()]))
    const { name = '', kind = '', effect = '', source = '', ...rest } = row as Partial<Record<Column, string>>
    inputs.push({ line, name, kind, effect, source, ...rest })
  }
  if (!header) throw new ConsentError(`${file} is empty`)
  return inputs
}

function parseHeader(file: string, cells: readonly string[]): readonly Column[] {
  const columns = cells.map((cell) => {
    const column = STATUS_COLUMNS.find((one) => one === cell.trim().toLowerCase())
    if (!column) throw new ConsentError(`${file}: columns are ${STATUS_COLUMNS.join(', ')}`)
    return column
  })
  if (new Set(columns).size < columns.length) throw new ConsentError(`${file}: a column stands there twice`)
  const missing = NEEDED.filter((column) => !columns.includes(column))
  if (missing.length > 0) throw new ConsentError(`${file} lacks the column ${missing.join(', ')}`)
  return columns
}
