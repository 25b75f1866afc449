import { isObject, type FieldProblem, type JsonObject } from '../source-record.js'
import type { Mapping, MappedColumn } from './read-mapping.js'
import type { FieldPath } from './field-path.js'
import { CellError, toValue, type CellRules } from './to-value.js'

/** The cells of a row by the names of the columns. */
export type Cells = ReadonlyMap<string, string>

const LONGEST_SHOWN = 60

/** How a place in a table is called. */
export function toColumnName(column: string): string {
  return `column "${column}"`
}

/** A row as a document, with what is wrong in its cells. */
export function toDocument(
  mapping: Mapping,
  cells: Cells,
): { document: JsonObject; problems: readonly FieldProblem[] } {
  const document: Record<string, unknown> = {}
  const problems: FieldProblem[] = []
  const groups = new Map<string, MappedColumn[]>()
  for (const column of mapping.columns) {
    const { path } = column
    if (path.list) {
      const group = groups.get(path.list.group)
      if (group) group.push(column)
      else groups.set(path.list.group, [column])
      continue
    }
    const values = readValues(mapping, column, cells, problems)
    if (values.length > 0 && values[0] !== undefined) setAt(document, path.keys, values[0])
  }
  for (const columns of groups.values()) addItems(mapping, columns, cells, document, problems)
  return { document, problems }
}

/** The values of a cell, of which only a separator makes more than one; `undefined` where one is missing between separators. */
function readValues(
  mapping: Mapping,
  { path, source }: MappedColumn,
  cells: Cells,
  problems: FieldProblem[],
): readonly unknown[] {
  if ('constant' in source) {
    const { constant } = source
    // A copy: a field inside it may be set by another column.
    if (typeof constant !== 'string') return [structuredClone(constant)]
    const rules = { decimal: 'point' } as const
    return [readText(constant, path, rules, `fields.${path.name} of the mapping`, problems)]
  }
  const { missing = [], decimal = 'point' } = mapping
  const isMissing = (text: string) => text === '' || missing.includes(text)
  const text = cells.get(source.column)!.trim()
  if (isMissing(text)) return []
  const texts = source.separator === undefined ? [text] : text.split(source.separator).map((piece) => piece.trim())
  return texts.map((piece) => {
    if (isMissing(piece)) return undefined
    return readText(piece, path, { ...source, decimal }, toColumnName(source.column), problems)
  })
}

/** @returns undefined for a text that cannot be what its field holds, which is told as a problem */
function readText(text: string, path: FieldPath, rules: CellRules, field: string, problems: FieldProblem[]): unknown {
  try {
    return toValue(text, path.schema, rules, path.name === 'sex')
  } catch (error) {
    if (!(error instanceof CellError)) throw error
    problems.push({ field, reason: `${JSON.stringify(text.slice(0, LONGEST_SHOWN))} ${error.message}` })
    return undefined
  }
}

/** The items that one group of columns gives: as many as the columns with a separator have values, else one. */
function addItems(
  mapping: Mapping,
  columns: readonly MappedColumn[],
  cells: Cells,
  document: Record<string, unknown>,
  problems: FieldProblem[],
): void {
  const read = columns.map((column) => ({ column, values: readValues(mapping, column, cells, problems) }))
  const fromCells = read.filter(({ column, values }) => 'column' in column.source && values.length > 0)
  // Constants alone make nobody ill.
  if (fromCells.length === 0) return
  const [most] = [...fromCells].sort((a, b) => b.values.length - a.values.length)
  const count = most!.values.length
  for (const { column, values } of fromCells) {
    const { source } = column
    if (values.length === count || !('column' in source) || !('column' in most!.column.source)) continue
    if (source.separator === undefined) continue
    const other = toColumnName(most!.column.source.column)
    const reason = `has ${values.length} values where ${other} has ${count}`
    problems.push({ field: toColumnName(source.column), reason })
  }
  const items: unknown[] = []
  for (let index = 0; index < count; index++) {
    const item = toItem(read, index)
    if (item !== undefined) items.push(item)
  }
  const { keys } = columns[0]!.path
  const earlier = getAt(document, keys)
  if (items.length > 0) setAt(document, keys, [...(Array.isArray(earlier) ? (earlier as unknown[]) : []), ...items])
}

/** @returns undefined when no cell says anything of the item */
function toItem(
  read: readonly { readonly column: MappedColumn; readonly values: readonly unknown[] }[],
  index: number,
): unknown {
  let item: unknown
  let isStated = false
  for (const { column, values } of read) {
    const isConstant = 'constant' in column.source
    const value = isConstant || !('separator' in column.source) ? values[0] : values[index]
    if (value === undefined) continue
    if (!isConstant) isStated = true
    const { keys } = column.path.list!
    if (keys.length === 0) item = value
    else setAt((item ??= {}) as Record<string, unknown>, keys, value)
  }
  return isStated ? item : undefined
}

function getAt(target: JsonObject, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), target)
}

/** Keys come from the mapping, whose paths were checked against the schema; only those of `info` are free. */
function setAt(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let object = target
  for (const key of keys.slice(0, -1)) {
    if (!Object.hasOwn(object, key) || !isObject(object[key])) define(object, key, {})
    object = object[key] as Record<string, unknown>
  }
  define(object, keys.at(-1)!, value)
}

/** Also a key such as `__proto__` becomes a field. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}
