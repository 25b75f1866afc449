import { basename } from 'node:path'
import { inflatePiece, openInputPieces } from '../formats/compressed-file.js'
import { LineCutter } from '../formats/vcf/lines.js'
import { IngestError } from '../ingest/ingest-error.js'
import { toIngestError } from '../ingest/vcf-file.js'
import { COLUMNS, isColumn, REQUIRED_COLUMNS, type Column, type Problem, type Row } from './parse-row.js'

export interface NumberedRow {
  /** 1-based. */
  readonly line: number
  readonly row: Row
  /** What cannot be read of the line at all. */
  readonly problems: readonly Problem[]
}

const PIECE_BYTES = 1 << 20
/** Columns of VCF that are columns here; the rest stand in INFO, upper case. */
const VCF_COLUMNS = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO']
const VCF_PLACES: readonly (readonly [Column, number])[] = [
  ['chrom', 0],
  ['pos', 1],
  ['ref', 3],
  ['alt', 4],
]

/**
 * Reads a table whose first line names its columns, or a VCF file with INFO keys of these names in upper case. Plain or gzip.
 *
 * @throws IngestError the file cannot be read, or its columns are not those that are allowed
 */
export async function readRows(path: string): Promise<readonly NumberedRow[]> {
  const lines = await readLines(path)
  const name = basename(path)
  const isVcf = lines[0]?.startsWith('##fileformat=VCF') === true
  return isVcf ? readVcf(name, lines) : readTable(name, lines)
}

async function readLines(path: string): Promise<readonly string[]> {
  const lines: string[] = []
  const cutter = new LineCutter()
  try {
    for await (const piece of openInputPieces(path, PIECE_BYTES).pieces) {
      const { content, damage } = inflatePiece(piece)
      cutter.push(content, ({ bytes, start, end }) => lines.push(bytes.toString('utf8', start, end)) > 0)
      if (damage) throw damage
    }
    cutter.finish(({ bytes, start, end }) => lines.push(bytes.toString('utf8', start, end)) > 0)
    return lines
  } catch (error) {
    throw toIngestError(error, basename(path), cutter.lines)
  }
}

/** Values that are empty or `.` are not there. */
function toRow(entries: Iterable<readonly [Column, string | undefined]>): Row {
  const row = new Map<Column, string>()
  for (const [column, text] of entries) {
    const value = text?.trim() ?? ''
    if (value !== '' && value !== '.') row.set(column, value)
  }
  return row
}

function readTable(name: string, lines: readonly string[]): readonly NumberedRow[] {
  const first = lines.findIndex((line) => line.trim() !== '')
  if (first < 0) throw new IngestError(name, undefined, 'the file is empty')
  const columns = lines[first]!.replace(/^#/, '')
    .split('\t')
    .map((column) => column.trim().toLowerCase())
  const fail = (reason: string) => new IngestError(name, first + 1, `${reason}; the columns are ${COLUMNS.join(', ')}`)
  const unknown = columns.find((column) => !isColumn(column))
  if (unknown !== undefined) throw fail(`there is no column "${unknown.slice(0, 40)}" (columns are separated by tabs)`)
  if (new Set(columns).size < columns.length) throw fail('a column stands there twice')
  const missing = REQUIRED_COLUMNS.find((column) => !columns.includes(column))
  if (missing !== undefined) throw fail(`the column ${missing} is missing`)
  return lines.flatMap((line, index): NumberedRow[] => {
    if (index <= first || line.trim() === '') return []
    const values = line.split('\t')
    const reason = `has ${values.length} columns but the first line has ${columns.length}`
    const problems = values.length === columns.length ? [] : [{ reason }]
    return [{ line: index + 1, row: toRow(columns.map((column, at) => [column as Column, values[at]])), problems }]
  })
}

function readVcf(name: string, lines: readonly string[]): readonly NumberedRow[] {
  const header = lines.findIndex((line) => line.startsWith('#CHROM'))
  const columns = header < 0 ? [] : lines[header]!.split('\t')
  if (VCF_COLUMNS.some((column, index) => columns[index] !== column) || columns.length !== VCF_COLUMNS.length) {
    const reason = `the #CHROM line must have the columns ${VCF_COLUMNS.join(' ')} and no samples`
    throw new IngestError(name, header < 0 ? undefined : header + 1, reason)
  }
  return lines.flatMap((line, index): NumberedRow[] => {
    if (index <= header || line === '') return []
    const values = line.split('\t')
    if (values.length !== columns.length) {
      return [{ line: index + 1, row: new Map(), problems: [{ reason: `has ${values.length} columns, not 8` }] }]
    }
    const problems: Problem[] = []
    const entries: (readonly [Column, string | undefined])[] = VCF_PLACES.map(([column, at]) => [column, values[at]])
    for (const part of values[7] === '.' ? [] : values[7]!.split(';')) {
      const [key = '', ...rest] = part.split('=')
      const column = key.toLowerCase()
      const isKnown = key === key.toUpperCase() && isColumn(column) && !VCF_PLACES.some(([place]) => place === column)
      if (!isKnown) problems.push({ reason: `INFO "${key.slice(0, 40)}" is not known` })
      else if (entries.some(([known]) => known === column)) problems.push({ reason: `INFO has ${key} twice` })
      else entries.push([column, decode(rest.join('='))])
    }
    return [{ line: index + 1, row: toRow(entries), problems }]
  })
}

/** VCF 4.3 section 1.2: characters with a meaning of their own are percent-encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
