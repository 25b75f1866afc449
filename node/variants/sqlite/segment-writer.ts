import Database from 'better-sqlite3'
import type { AssemblyId } from '../../../schemas/index.js'
import { Bitmap, EMPTY, fromBytes, toBytes } from '../bitmap.js'
import { mergeCalls, toCalls, type AbsentRule, type People, type RecordedCalls } from '../calls.js'
import type { Variant } from '../variant.js'
import { createBinTotalsWriter } from './bin-totals.js'
import {
  ALLELE_COLUMNS,
  hasCarriers,
  INLINE_BYTES,
  SEGMENT_DDL,
  SEGMENT_FORMAT,
  SHORT_SPAN,
  type AlleleRow,
  type SetColumn,
} from './layout.js'

/** How many different large bitmaps are remembered so that equal ones are stored once: neighbours in linkage share carriers. */
const REMEMBERED_BITMAPS = 20_000

/** One allele with the people of the files that have a record for it. */
export interface AlleleToStore extends RecordedCalls {
  readonly variant: Variant
  readonly anchor: string
  /** Whose file has the record; absent: everybody of the segment. */
  readonly covered?: Bitmap
}

export interface SegmentWriter {
  /** Stores an allele; one that is there already is united with it, per person. Returns whether it was new. */
  add(allele: AlleleToStore): boolean
  /** Writes the rest and closes the file; only then is it whole. */
  finish(): void
  /** Closes without finishing. */
  abandon(): void
}

/** Creates a segment file; `path` must not exist. */
export function createSegmentWriter(
  path: string,
  assembly: AssemblyId,
  people: People,
  absent: AbsentRule,
): SegmentWriter {
  const db = new Database(path)
  // Nobody reads the file before it is finished and renamed, so nothing need survive a crash. (OFF is refused by the
  // driver's defensive mode; in memory the journal holds only the few pages that stood before the transaction.)
  db.pragma('journal_mode = MEMORY')
  db.pragma('synchronous = OFF')
  db.exec(SEGMENT_DDL)
  db.exec('BEGIN')
  const placeholders = ALLELE_COLUMNS.split(',')
    .map(() => '?')
    .join(',')
  const insertBitmap = db.prepare('INSERT INTO bitmap (bytes) VALUES (?)')
  const insertSpan = db.prepare('INSERT INTO long_span VALUES (?, ?, ?, ?, ?)')
  const readBitmap = db.prepare<[number], Buffer>('SELECT bytes FROM bitmap WHERE id = ?').pluck()
  const tables = { allele: prepareTable('allele'), long_allele: prepareTable('long_allele') }
  const remembered = new Map<string, number>()
  const totals = createBinTotalsWriter(db, people.all.size, toColumn, fromColumn)

  function prepareTable(table: 'allele' | 'long_allele') {
    const key = 'contig = ? AND start = ? AND ref = ? AND alt = ?'
    return {
      insert: db.prepare(`INSERT INTO ${table} (${ALLELE_COLUMNS}) VALUES (${placeholders}) ON CONFLICT DO NOTHING`),
      read: db.prepare<unknown[], AlleleRow>(`SELECT ${ALLELE_COLUMNS} FROM ${table} WHERE ${key}`),
      update: db.prepare(
        `UPDATE ${table} SET heterozygous = ?, homozygous = ?, hemizygous = ?, no_call = ?, one_allele = ?, covered = ? WHERE ${key}`,
      ),
    }
  }

  function toColumn(bitmap: Bitmap): SetColumn {
    if (bitmap.isEmpty) return null
    const bytes = toBytes(bitmap)
    if (bytes.length <= INLINE_BYTES) return bytes
    const key = bytes.toString('latin1')
    const known = remembered.get(key)
    if (known !== undefined) return known
    const id = Number(insertBitmap.run(bytes).lastInsertRowid)
    if (remembered.size >= REMEMBERED_BITMAPS) remembered.delete(remembered.keys().next().value!)
    remembered.set(key, id)
    return id
  }

  function fromColumn(column: SetColumn): Bitmap {
    if (column === null) return EMPTY
    return fromBytes(typeof column === 'number' ? readBitmap.get(column)! : column)
  }

  function readRecorded(row: AlleleRow): RecordedCalls {
    return {
      heterozygous: fromColumn(row.heterozygous),
      homozygous: fromColumn(row.homozygous),
      hemizygous: fromColumn(row.hemizygous),
      noCall: fromColumn(row.no_call),
      oneAllele: fromColumn(row.one_allele),
    }
  }

  /** Two records of one allele are united like two segments: a person is a no-call only if neither record says more. */
  function unite(row: AlleleRow, allele: AlleleToStore): RecordedCalls & Pick<AlleleToStore, 'covered'> {
    const coveredBefore = row.covered === null ? people.all : fromColumn(row.covered)
    const coveredNow = allele.covered ?? people.all
    const { anBasis: _, ...united } = mergeCalls([
      toCalls(readRecorded(row), coveredBefore),
      toCalls(allele, coveredNow),
    ])
    const covered = Bitmap.or(coveredBefore, coveredNow)
    const noCall = Bitmap.andNot(Bitmap.andNot(covered, united.twoAlleles), united.oneAllele)
    return { ...united, noCall, ...(covered.size === people.all.size ? {} : { covered }) }
  }

  function toColumns(allele: RecordedCalls & Pick<AlleleToStore, 'covered'>): SetColumn[] {
    const { heterozygous, homozygous, hemizygous, noCall, oneAllele, covered } = allele
    return [heterozygous, homozygous, hemizygous, noCall, oneAllele, covered ?? EMPTY].map(toColumn)
  }

  return {
    add(allele) {
      const { contig, start, referenceBases, alternateBases } = allele.variant
      const key = [contig, start, referenceBases, alternateBases]
      const isLong = referenceBases.length > SHORT_SPAN
      const table = isLong ? tables.long_allele : tables.allele
      const carriers = [allele.heterozygous, allele.homozygous, allele.hemizygous]
      const isCarried = carriers.some((set) => !set.isEmpty)
      const inserted = table.insert.run(...key, allele.anchor, ...toColumns(allele))
      if (inserted.changes === 0) {
        const before = table.read.get(...key)!
        table.update.run(...toColumns(unite(before, allele)), ...key)
        if (isCarried && !isLong) totals.add(contig, start, !hasCarriers(before), carriers)
        return false
      }
      if (isCarried && !isLong) totals.add(contig, start, true, carriers)
      if (isLong) insertSpan.run(inserted.lastInsertRowid, contig, contig, start, start + referenceBases.length)
      return true
    },
    finish() {
      totals.finish()
      const put = db.prepare('INSERT INTO segment VALUES (?, ?)')
      put.run('format', SEGMENT_FORMAT)
      put.run('assembly', assembly)
      put.run('absent', absent)
      for (const name of ['all', 'males', 'females'] as const) put.run(name, toBytes(people[name].clone()))
      db.exec('COMMIT')
      db.close()
    },
    abandon() {
      db.close()
    },
  }
}
