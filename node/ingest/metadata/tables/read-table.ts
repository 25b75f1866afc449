import { basename } from 'node:path'
import { IngestError } from '../../ingest-error.js'
import { findPersonalNumbers } from '../personal-numbers.js'
import { toRecord } from '../read-beacon-json.js'
import { readRows } from '../read-rows.js'
import { isObject, type FieldProblem, type JsonObject, type Notes, type SourceRecord } from '../source-record.js'
import type { Mapping } from './read-mapping.js'
import { toColumnName, toDocument, type Cells } from './to-document.js'

interface TableRow {
  readonly record: number
  readonly line: number
  document: JsonObject
  readonly problems: FieldProblem[]
}

/**
 * Reads a table with a header row as records.
 *
 * @throws IngestError a header without the mapping's columns or with one twice, a row of another length
 */
export async function* readTable(path: string, mapping: Mapping, notes: Notes): AsyncGenerator<SourceRecord> {
  const file = basename(path)
  const toField = createToField(mapping)
  const finish = ({ record, line, document, problems }: TableRow): SourceRecord => {
    const source = toRecord(mapping.type, { file, record, line }, document, notes)
    const numbers = findPersonalNumbers(document).map((pointer) => ({
      field: toField(pointer),
      reason: 'holds a personal identity number',
    }))
    const candidates = source.candidates.map((candidate) => ({ ...candidate, toField }))
    return { ...source, candidates, problems: [...problems, ...numbers] }
  }
  const byId = new Map<string, TableRow>()
  for await (const row of readTableRows(path, file, mapping)) {
    const { id } = row.document
    if (mapping.rowsPerRecord !== 'many' || typeof id !== 'string') {
      yield finish(row)
      continue
    }
    const earlier = byId.get(id)
    if (!earlier) byId.set(id, row)
    else {
      earlier.document = merge(earlier.document, row.document, '', (pointer) => {
        const reason = `line ${row.line} says something else than line ${earlier.line}`
        earlier.problems.push({ field: toField(pointer), reason })
      })
      earlier.problems.push(...row.problems)
    }
  }
  for (const row of byId.values()) yield finish(row)
}

async function* readTableRows(path: string, file: string, mapping: Mapping): AsyncGenerator<TableRow> {
  let header: readonly string[] | undefined
  let record = 0
  for await (const { line, cells } of readRows(path, mapping.delimiter)) {
    if (!header) {
      header = readHeader(file, line, cells, mapping)
      continue
    }
    record++
    if (cells.length !== header.length) {
      const reason = `the row has ${cells.length} cells and the header ${header.length}`
      throw new IngestError(file, line, reason)
    }
    const byName: Cells = new Map(header.map((name, index) => [name, cells[index]!]))
    const { document, problems } = toDocument(mapping, byName)
    yield { record, line, document, problems: [...problems] }
  }
  if (!header) throw new IngestError(file, undefined, 'the file is empty')
}

function readHeader(file: string, line: number, cells: readonly string[], mapping: Mapping): readonly string[] {
  const header = cells.map((cell) => cell.trim())
  const needed = new Set(mapping.columns.flatMap(({ source }) => ('column' in source ? [source.column] : [])))
  for (const column of needed) {
    const found = header.filter((name) => name === column).length
    if (found > 1) throw new IngestError(file, line, `the header has the column "${column}" ${found} times`)
    if (found === 0) {
      throw new IngestError(
        file,
        line,
        `there is no column "${column}", which the mapping names; there are ${header.join(', ')}`,
      )
    }
  }
  return header
}

/** The column from which a place of the document came. */
function createToField(mapping: Mapping): (pointer: string) => string {
  const columns = mapping.columns.map(({ path, source }) => ({
    keys: [...path.keys, ...(path.list ? ['*', ...path.list.keys] : [])],
    name: 'column' in source ? toColumnName(source.column) : `fields.${path.name} of the mapping`,
  }))
  return (pointer) => {
    const parts = pointer.split('/').slice(1)
    const matches = columns.filter(({ keys }) =>
      keys.slice(0, parts.length).every((key, index) => key === '*' || key === parts[index]),
    )
    // Of several groups of one list, or for a whole item, any of the columns may be the one.
    const names = [...new Set(matches.map(({ name }) => name))]
    return parts.length === 0 || names.length === 0 ? pointer || 'the row' : names.join(' or ')
  }
}

/** Two rows of one record: lists are joined, and everything else must be the same. */
function merge(one: JsonObject, other: JsonObject, pointer: string, contradict: (pointer: string) => void): JsonObject {
  const merged = new Map<string, unknown>(Object.entries(one))
  for (const [key, value] of Object.entries(other)) {
    const known = merged.get(key)
    const at = `${pointer}/${key}`
    if (known === undefined) merged.set(key, value)
    else if (Array.isArray(known) && Array.isArray(value)) merged.set(key, unite(known, value))
    else if (isObject(known) && isObject(value)) merged.set(key, merge(known, value, at, contradict))
    else if (known !== value) contradict(at)
  }
  return Object.fromEntries(merged)
}

function unite(one: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const seen = new Map([...one, ...other].map((item) => [JSON.stringify(item), item]))
  return [...seen.values()]
}
