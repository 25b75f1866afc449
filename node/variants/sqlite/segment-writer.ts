import Database from 'better-sqlite3'
import type { AssemblyId } from '../../../schemas/index.js'
import { Bitmap, toBytes } from '../bitmap.js'
import { mergeCalls, toCalls, type AbsentRule, type People, type RecordedCalls } from '../calls.js'
import type { EncodedSet } from '../encode-numbers.js'
import { decodeSet, encodeSet } from '../encoded-set.js'
import type { Variant } from '../variant.js'
import { CALL_SETS, type EncodedSets } from './encoded-calls.js'
import {
  ALLELE_COLUMNS,
  INLINE_BYTES,
  SEGMENT_DDL,
  SEGMENT_FORMAT,
  SHORT_SPAN,
  type AlleleRow,
  type SetColumn,
} from './layout.js'

/**
 * How many different large bitmaps are remembered so that equal ones are stored once: neighbours in linkage share carriers.
 * Of a big cohort each has thousands of bytes, so their sum has a bound too.
 */
const REMEMBERED_BITMAPS = 20_000
const REMEMBERED_BYTES = 32 << 20

/** One allele with the people of the files that have a record for it. */
export interface AlleleToStore {
  readonly variant: Variant
  readonly anchor: string
  readonly sets: EncodedSets
  /** Whose file has the record; absent: everybody of the segment. */
  readonly covered?: EncodedSet
}

export interface SegmentWriter {
  /** Stores an allele; one that is there already is united with it, per person. Returns whether it was new. */
  add(allele: AlleleToStore): boolean
  /** Writes the rest and closes the file; only then is it whole. */
  finish(): void
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
  let rememberedBytes = 0

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

  function toColumn(set: EncodedSet): SetColumn {
    if (set === null) return null
    const bytes = Buffer.from(set.buffer, set.byteOffset, set.byteLength)
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
  function unite(row: AlleleRow, allele: AlleleToStore): Pick<AlleleToStore, 'sets' | 'covered'> {
    const coveredBefore = row.covered === null ? people.all : fromColumn(row.covered)
    const coveredNow = allele.covered ? decodeSet(allele.covered) : people.all
    const { anBasis: _, ...united } = mergeCalls([
      toCalls(readRecorded(row), coveredBefore),
      toCalls(decodeCalls(allele.sets), coveredNow),
    ])
    const covered = Bitmap.or(coveredBefore, coveredNow)
    const noCall = Bitmap.andNot(Bitmap.andNot(covered, united.twoAlleles), united.oneAllele)
    return {
      sets: encodeCalls({ ...united, noCall }),
      ...(covered.size === people.all.size ? {} : { covered: encodeSet(covered) }),
    }
  }

  function toColumns({ sets, covered }: Pick<AlleleToStore, 'sets' | 'covered'>): SetColumn[] {
    const columns = sets.map(toColumn)
    columns.push(toColumn(covered ?? null))
    return columns
  }

  return {
    add(allele) {
      const { contig, start, referenceBases, alternateBases } = allele.variant
      const key = [contig, start, referenceBases, alternateBases]
      const isLong = referenceBases.length > SHORT_SPAN
      const table = isLong ? tables.long_allele : tables.allele
      const inserted = table.insert.run(...key, allele.anchor, ...toColumns(allele))
      if (inserted.changes === 0) {
        const united = unite(table.read.get(...key)!, allele)
        table.update.run(...toColumns(united), ...key)
        return false
      }
      if (isLong) insertSpan.run(inserted.lastInsertRowid, contig, contig, start, start + referenceBases.length)
      return true
    },
    finish() {
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
