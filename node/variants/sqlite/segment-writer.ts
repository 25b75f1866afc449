import Database from 'better-sqlite3'
import type { AssemblyId } from '../../../schemas/index.js'
import { Bitmap, EMPTY, toBytes } from '../bitmap.js'
import type { Coverage } from '../annotation.js'
import type { CallableRegions } from '../callable-regions.js'
import { carriersOf, mergeCalls, toCalls, toRecordedCalls, type Calls, type RecordedCalls } from '../calls.js'
import type { CohortFacts } from '../cohort.js'
import type { EncodedSet } from '../encode-numbers.js'
import { decodeSet, encodeSet } from '../encoded-set.js'
import { compareVariants, variantEnd, type Variant } from '../variant.js'
import {
  ALLELE_COLUMNS,
  hasCarriers,
  INLINE_BYTES,
  isLongAllele,
  SEGMENT_DDL,
  SEGMENT_FORMAT,
  SET_COLUMNS,
  type AlleleRow,
  type SetColumn,
} from './layout.js'
import { createAnnotationWriter, type AnnotationWriter } from './annotation-tables.js'
import { createBinTotalsWriter, isCarriedBy } from './bin-totals.js'
import { writeCohorts } from './cohort-tables.js'
import { COVERAGE_KEY, HAS_ANNOTATIONS_KEY } from './segment-annotations.js'
import { CALL_SETS, type EncodedSets } from './encoded-calls.js'
import { readRecordedCalls } from './stored-sets.js'

/**
 * How many different large bitmaps are remembered so that equal ones are stored once: neighbours in linkage share carriers.
 * Of a big cohort each has thousands of bytes, so their sum has a bound too.
 */
const REMEMBERED_BITMAPS = 20_000
const REMEMBERED_BYTES = 32 << 20
const COLUMNS = ALLELE_COLUMNS.split(',').length
/** Rows that stand behind all others, as those of a sorted file do, are written so many at a time: 1.8 us a row instead of 3.3. */
const ROWS_AT_ONCE = 32

/** One allele with the people of the files that have a record for it. */
export interface AlleleToStore {
  readonly variant: Variant
  readonly anchor: string
  readonly sets: EncodedSets
  /** What is known of it beside who has it (annotation.ts); absent for nothing. */
  readonly annotation?: string
  /** Whose file has the record; absent: everybody of the segment's germline cohorts. */
  readonly covered?: EncodedSet
}

/** What a record without an allele says: who was called over [start, end). */
export interface ReferenceBlock {
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly noCall: EncodedSet
  readonly oneAllele: EncodedSet
  readonly covered?: EncodedSet
}

export interface CohortToStore extends CohortFacts {
  /** Absent: the assay covers the whole assembly. */
  readonly callable?: CallableRegions
}

export interface SegmentWriter {
  /** Stores an allele; one that is there already is united with it, per person. Returns whether it was new. */
  add(allele: AlleleToStore): boolean
  addBlock(block: ReferenceBlock): void
  /** Calls of people of whom two records of one allele said different things. */
  readonly contradictoryCalls: number
  /**
   * Writes the rest and closes the file; only then is it whole.
   *
   * @param coverage what all of the files were annotated with
   */
  finish(cohorts: readonly CohortToStore[], coverage?: readonly Coverage[]): void
  /** Closes without finishing. */
  abandon(): void
}

export function encodeCalls(calls: RecordedCalls): EncodedSets {
  return CALL_SETS.map((name) => encodeSet(calls[name]))
}

function decodeCalls(sets: EncodedSets): RecordedCalls {
  const calls = CALL_SETS.map((name, index) => [name, decodeSet(sets[index]!)] as const)
  return Object.fromEntries(calls) as { [Name in keyof RecordedCalls]: Bitmap }
}

/**
 * Creates a segment file; `path` must not exist.
 *
 * @param everybody of the segment's germline cohorts
 */
export function createSegmentWriter(path: string, assembly: AssemblyId, everybody: Bitmap): SegmentWriter {
  const db = new Database(path)
  // Nobody reads the file before it is finished and renamed, so nothing need survive a crash. (OFF is refused by the
  // driver's defensive mode; in memory the journal holds only the few pages that stood before the transaction.)
  db.pragma('journal_mode = MEMORY')
  db.pragma('synchronous = OFF')
  db.exec(SEGMENT_DDL)
  db.exec('BEGIN')
  const placeholders = Array<string>(COLUMNS).fill('?').join(',')
  const rows = Array<string>(ROWS_AT_ONCE).fill(`(${placeholders})`).join(',')
  const insertMany = db.prepare(`INSERT INTO allele (${ALLELE_COLUMNS}) VALUES ${rows}`)
  const insertBitmap = db.prepare('INSERT INTO bitmap (bytes) VALUES (?)')
  const insertSpan = db.prepare('INSERT INTO long_span VALUES (?, ?, ?, ?, ?)')
  const insertBlock = db.prepare('INSERT INTO reference_block VALUES (NULL, ?, ?, ?, ?, ?, ?)')
  const insertBlockSpan = db.prepare('INSERT INTO block_span VALUES (?, ?, ?, ?, ?)')
  const readBitmap = db.prepare<[number], Buffer>('SELECT bytes FROM bitmap WHERE id = ?').pluck()
  const tables = { allele: prepareTable('allele'), long_allele: prepareTable('long_allele') }
  const remembered = new Map<string, number>()
  let rememberedBytes = 0
  let contradictoryCalls = 0
  /** Values of rows that are not written yet, and the last allele of `allele` in order. */
  let pending: (SetColumn | string)[] = []
  let lastShort: Variant | undefined
  /** Made with its tables for the first allele of which something is known. */
  let annotations: AnnotationWriter | undefined
  const totals = createBinTotalsWriter(db, everybody.size, (bitmap) => toColumn(encodeSet(bitmap)), fromColumn)

  function prepareTable(table: 'allele' | 'long_allele') {
    const key = 'contig = ? AND start = ? AND ref = ? AND alt = ?'
    return {
      insert: db.prepare(`INSERT INTO ${table} (${ALLELE_COLUMNS}) VALUES (${placeholders}) ON CONFLICT DO NOTHING`),
      read: db.prepare<unknown[], AlleleRow>(`SELECT ${ALLELE_COLUMNS} FROM ${table} WHERE ${key}`),
      update: db.prepare(
        `UPDATE ${table} SET ${[...SET_COLUMNS, 'covered'].map((column) => `${column} = ?`).join(', ')} WHERE ${key}`,
      ),
    }
  }

  function toColumn(set: EncodedSet): SetColumn {
    if (set === null) return null
    const bytes = Buffer.isBuffer(set) ? set : Buffer.from(set.buffer, set.byteOffset, set.byteLength)
    if (bytes.length <= INLINE_BYTES) return bytes
    const key = bytes.toString('latin1')
    const known = remembered.get(key)
    if (known !== undefined) return known
    const id = Number(insertBitmap.run(bytes).lastInsertRowid)
    remembered.set(key, id)
    rememberedBytes += key.length
    while (remembered.size > REMEMBERED_BITMAPS || rememberedBytes > REMEMBERED_BYTES) {
      const oldest = remembered.keys().next().value!
      remembered.delete(oldest)
      rememberedBytes -= oldest.length
    }
    return id
  }

  function fromColumn(column: SetColumn): Bitmap {
    return decodeSet(typeof column === 'number' ? readBitmap.get(column)! : column)
  }

  /** Two records of one allele are united like two segments: a person is a no-call only if neither record says more. */
  function unite(row: AlleleRow, allele: AlleleToStore): Pick<AlleleToStore, 'sets' | 'covered'> {
    const coveredBefore = row.covered === null ? everybody : fromColumn(row.covered)
    const coveredNow = allele.covered === undefined ? everybody : decodeSet(allele.covered)
    const [before, now] = [
      toCalls(readRecordedCalls(row, fromColumn), coveredBefore),
      toCalls(decodeCalls(allele.sets), coveredNow),
    ]
    contradictoryCalls += countContradictions(before, now)
    const covered = Bitmap.or(coveredBefore, coveredNow)
    return {
      sets: encodeCalls(toRecordedCalls(mergeCalls([before, now]), covered)),
      ...(covered.size === everybody.size ? {} : { covered: encodeSet(covered) }),
    }
  }

  function toColumns({ sets, covered }: Pick<AlleleToStore, 'sets' | 'covered'>): SetColumn[] {
    const columns = sets.map(toColumn)
    columns.push(toCoveredColumn(covered))
    return columns
  }

  /** NULL means everybody, so that an empty set of people covered is written out. */
  function toCoveredColumn(covered: EncodedSet | undefined): SetColumn {
    if (covered === undefined) return null
    return covered === null ? toBytes(EMPTY.clone()) : toColumn(covered)
  }

  /** The allele as a row of `allele` that cannot be there already. */
  function append(variant: Variant, anchor: string, columns: readonly SetColumn[]): void {
    const { contig, start, referenceBases, alternateBases } = variant
    pending.push(contig, start, referenceBases, alternateBases, anchor, ...columns)
    lastShort = variant
    if (pending.length < ROWS_AT_ONCE * COLUMNS) return
    insertMany.run(pending)
    pending = []
  }

  function flush(): void {
    for (let at = 0; at < pending.length; at += COLUMNS) tables.allele.insert.run(pending.slice(at, at + COLUMNS))
    pending = []
  }

  return {
    add(allele) {
      if (allele.annotation) {
        annotations ??= createAnnotationWriter(db, everybody.size, (bitmap) => toColumn(encodeSet(bitmap)), fromColumn)
        annotations.add(allele.variant, allele.annotation, allele.sets)
      }
      const { contig, start, referenceBases, alternateBases } = allele.variant
      const isLong = isLongAllele(allele.variant)
      const isCarried = isCarriedBy(allele.sets)
      if (!isLong && (!lastShort || compareVariants(lastShort, allele.variant) < 0)) {
        append(allele.variant, allele.anchor, toColumns(allele))
        if (isCarried) totals.add(allele.variant, true, allele.sets)
        return true
      }
      if (!isLong) flush()
      const key = [contig, start, referenceBases, alternateBases]
      const table = isLong ? tables.long_allele : tables.allele
      const inserted = table.insert.run(...key, allele.anchor, ...toColumns(allele))
      if (inserted.changes === 0) {
        const before = table.read.get(...key)!
        const united = unite(before, allele)
        table.update.run(...toColumns(united), ...key)
        annotations?.unite(allele.variant, united.sets)
        if (isCarried && !isLong) totals.add(allele.variant, !hasCarriers(before), allele.sets)
        return false
      }
      if (isCarried && !isLong) totals.add(allele.variant, true, allele.sets)
      if (isLong) insertSpan.run(inserted.lastInsertRowid, contig, contig, start, variantEnd(allele.variant))
      return true
    },
    addBlock({ contig, start, end, noCall, oneAllele, covered }) {
      const sets = [toColumn(noCall), toColumn(oneAllele), toCoveredColumn(covered)]
      const { lastInsertRowid } = insertBlock.run(contig, start, end, ...sets)
      insertBlockSpan.run(lastInsertRowid, contig, contig, start, end)
    },
    get contradictoryCalls() {
      return contradictoryCalls
    },
    finish(cohorts, coverage = []) {
      flush()
      totals.finish()
      annotations?.finish()
      const put = db.prepare('INSERT INTO segment VALUES (?, ?)')
      put.run('format', SEGMENT_FORMAT)
      put.run('assembly', assembly)
      put.run(COVERAGE_KEY, coverage.join(' '))
      if (annotations) put.run(HAS_ANNOTATIONS_KEY, 1)
      writeCohorts(db, cohorts)
      db.exec('COMMIT')
      db.close()
    },
    abandon() {
      db.close()
    },
  }
}

/** People called by both whom only one calls a carrier, or of another zygosity. */
function countContradictions(before: Calls, now: Calls): number {
  const called = (calls: Calls) => Bitmap.or(calls.twoAlleles, calls.oneAllele)
  const both = Bitmap.and(called(before), called(now))
  const differing = Bitmap.orMany([
    Bitmap.xor(carriersOf(before), carriersOf(now)),
    Bitmap.xor(before.homozygous, now.homozygous),
    Bitmap.xor(before.hemizygous, now.hemizygous),
  ])
  return both.andCardinality(differing)
}
