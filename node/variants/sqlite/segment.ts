import type { AssemblyId } from '../../../schemas/index.js'
import { Bitmap, EMPTY, fromBytes } from '../bitmap.js'
import {
  callsWhereAbsent,
  mergeCalls,
  restrictCalls,
  toCalls,
  type AbsentRule,
  type Calls,
  type People,
} from '../calls.js'
import { ploidyAt, type Ploidy } from '../ploidy.js'
import type { Variant } from '../variant.js'
import { binsOf, type BinRow } from './bin-totals.js'
import {
  ALLELE_COLUMNS,
  CARRIER_COLUMNS,
  hasCarriers,
  SEGMENT_FORMAT,
  SHORT_SPAN,
  type AlleleRow,
  type CarrierColumns,
  type SetColumn,
} from './layout.js'
import type { SegmentHandles, Statement } from './segment-handles.js'

/** An allele of a segment whose sets are decoded on demand. */
export interface StoredAllele {
  readonly variant: Variant
  readonly anchor: string
  /** What the segment knows of its people at this allele. */
  calls(): Calls
}

/** An allele as far as a question about several looks at it. */
export interface CarriedAllele extends Variant, CarrierColumns {}

/** Where a page of alleles ended. */
export type PageKey = Pick<Variant, 'start' | 'referenceBases' | 'alternateBases'>

/** Short alleles with carriers in a stretch of whole bins, and everybody who carries one. */
export interface BinTotals {
  readonly alleles: number
  readonly carriers: Bitmap
}

/** An immutable segment. Reads are synchronous and short; callers bound the number of rows. Its file is opened when it is asked. */
export interface Segment {
  readonly path: string
  readonly assembly: AssemblyId
  readonly people: People
  /** The allele itself. */
  find(variant: Variant): StoredAllele | undefined
  /** Every allele that starts at a position. */
  startingAt(contig: number, start: number): StoredAllele[]
  /** What is known of everybody at an allele the segment has no row for. */
  callsWithoutRow(variant: Variant): Calls
  /** Short alleles with start in [from, to) after `after`, in order, at most `limit`. */
  shortAlleles(contig: number, from: number, to: number, after: PageKey | undefined, limit: number): CarriedAllele[]
  /** Alleles longer than SHORT_SPAN that overlap [from, to) after `after`, in order, at most `limit`. */
  longAlleles(contig: number, from: number, to: number, after: PageKey | undefined, limit: number): CarriedAllele[]
  /** Of short alleles with start in [from, to), which must be borders of fine bins. */
  totals(contig: number, from: number, to: number): BinTotals
  /** Whether somebody carries the allele; with `among`, one of these. */
  isCarried(allele: CarrierColumns, among: Bitmap | undefined): boolean
  /** Whether a short allele is here and somebody carries it. */
  hasShort(variant: Variant): boolean
  /** Adds the allele's carriers to a set. */
  addCarriers(allele: CarrierColumns, people: Bitmap): void
  /** Closes its file for good. */
  close(): void
}

const CARRIED = `contig, start, ref AS referenceBases, alt AS alternateBases, ${CARRIER_COLUMNS.join(', ')}`
const BY_KEY = 'contig = ? AND start = ? AND ref = ? AND alt = ?'

const PROPERTIES: Statement<{ readonly key: string; readonly value: unknown }> = {
  sql: 'SELECT key, value FROM segment',
}
const READ_BITMAP: Statement<Buffer> = { sql: 'SELECT bytes FROM bitmap WHERE id = ?', pluck: true }
const FIND: Statement<AlleleRow> = { sql: `SELECT ${ALLELE_COLUMNS} FROM allele WHERE ${BY_KEY}` }
const FIND_LONG: Statement<AlleleRow> = { sql: `SELECT ${ALLELE_COLUMNS} FROM long_allele WHERE ${BY_KEY}` }
const FIND_CARRIED: Statement<CarrierColumns> = {
  sql: `SELECT ${CARRIER_COLUMNS.join(', ')} FROM allele WHERE ${BY_KEY}`,
}
const STARTING_AT: Statement<AlleleRow> = {
  sql: `SELECT ${ALLELE_COLUMNS} FROM allele WHERE contig = ?1 AND start = ?2
        UNION ALL SELECT ${ALLELE_COLUMNS} FROM long_allele WHERE contig = ?1 AND start = ?2`,
}
const SAME_BASES: Statement<AlleleRow> = {
  sql: `SELECT ${ALLELE_COLUMNS} FROM allele WHERE contig = ? AND start = ? AND ref = ? LIMIT 1`,
}
const SHORT_PAGE: Statement<CarriedAllele> = {
  sql: `SELECT ${CARRIED} FROM allele
        WHERE contig = ? AND start < ? AND (start, ref, alt) > (?, ?, ?) ORDER BY start, ref, alt LIMIT ?`,
}
const LONG_PAGE: Statement<CarriedAllele> = {
  sql: `SELECT ${CARRIED.split(', ')
    .map((column) => `a.${column}`)
    .join(', ')}
        FROM long_span s JOIN long_allele a ON a.id = s.id
        WHERE s.contig = ? AND s.start < ? AND s."end" > ? AND (a.start, a.ref, a.alt) > (?, ?, ?)
        ORDER BY a.start, a.ref, a.alt LIMIT ?`,
}
const BINS: Statement<BinRow> = {
  sql: 'SELECT alleles, carriers FROM allele_bin WHERE shift = ? AND contig = ? AND bin >= ? AND bin < ?',
}

/** @throws Error when the file is no segment of this version: our own file, so this is an internal error */
export function openSegment(path: string, handles: SegmentHandles): Segment {
  const properties = new Map(
    handles
      .use(path)
      .all(PROPERTIES)
      .map(({ key, value }) => [key, value]),
  )
  if (properties.get('format') !== SEGMENT_FORMAT) {
    handles.forget(path)
    throw new Error(`segment ${path} has format ${String(properties.get('format'))}, expected ${SEGMENT_FORMAT}`)
  }
  const owner = handles.bitmaps.newOwner()
  const assembly = properties.get('assembly') as AssemblyId
  const absent = properties.get('absent') as AbsentRule
  const people: People = {
    all: fromBytes(properties.get('all') as Buffer),
    males: fromBytes(properties.get('males') as Buffer),
    females: fromBytes(properties.get('females') as Buffer),
  }
  const assumed = new Map<Ploidy, Calls>()

  function toBitmap(column: SetColumn): Bitmap {
    if (column === null) return EMPTY
    if (typeof column !== 'number') return fromBytes(column)
    return handles.bitmaps.get(owner, column, () => {
      const bytes = handles.use(path).get(READ_BITMAP, column)!
      return { bitmap: fromBytes(bytes), bytes: bytes.length }
    })
  }

  function assumedAt(ploidy: Ploidy): Calls {
    let calls = assumed.get(ploidy)
    if (!calls) assumed.set(ploidy, (calls = callsWhereAbsent(people, ploidy, absent)))
    return calls
  }

  /** People outside the row's files have no record here: they follow the rule for absent sites. */
  function readCalls(row: AlleleRow): Calls {
    const covered = row.covered === null ? people.all : toBitmap(row.covered)
    const recorded = {
      heterozygous: toBitmap(row.heterozygous),
      homozygous: toBitmap(row.homozygous),
      hemizygous: toBitmap(row.hemizygous),
      noCall: toBitmap(row.no_call),
      oneAllele: toBitmap(row.one_allele),
    }
    const calls = toCalls(recorded, covered)
    if (row.covered === null) return calls
    const elsewhere = assumedAt(ploidyAt(assembly, row.contig, row.start))
    return mergeCalls([calls, restrictCalls(elsewhere, Bitmap.andNot(people.all, covered))])
  }

  function toAllele(row: AlleleRow): StoredAllele {
    return {
      variant: { contig: row.contig, start: row.start, referenceBases: row.ref, alternateBases: row.alt },
      anchor: row.anchor,
      calls: () => readCalls(row),
    }
  }

  return {
    path,
    assembly,
    people,
    find({ contig, start, referenceBases, alternateBases }) {
      const statement = referenceBases.length > SHORT_SPAN ? FIND_LONG : FIND
      const row = handles.use(path).get(statement, contig, start, referenceBases, alternateBases)
      return row && toAllele(row)
    },
    startingAt: (contig, start) => handles.use(path).all(STARTING_AT, contig, start).map(toAllele),
    callsWithoutRow({ contig, start, referenceBases }) {
      // Another allele of the same bases was called by the same records, so who was called there is known.
      const row = referenceBases === '' ? undefined : handles.use(path).get(SAME_BASES, contig, start, referenceBases)
      if (!row) return assumedAt(ploidyAt(assembly, contig, start))
      return { ...readCalls(row), heterozygous: EMPTY, homozygous: EMPTY, hemizygous: EMPTY }
    },
    shortAlleles(contig, from, to, after, limit) {
      // Row values compare strictly, and ('', '') never is an allele, so the first page begins at `from` itself.
      return handles.use(path).all(SHORT_PAGE, contig, to, ...toKey(after, from), limit)
    },
    longAlleles: (contig, from, to, after, limit) =>
      handles.use(path).all(LONG_PAGE, contig, to, from, ...toKey(after, 0), limit),
    totals(contig, from, to) {
      const carriers = new Bitmap()
      let alleles = 0
      for (const bins of binsOf(from, to)) {
        for (const row of handles.use(path).all(BINS, bins.shift, contig, bins.from, bins.to)) {
          alleles += row.alleles
          carriers.orInPlace(toBitmap(row.carriers))
        }
      }
      return { alleles, carriers }
    },
    isCarried(allele, among) {
      if (!among) return hasCarriers(allele)
      return CARRIER_COLUMNS.some((column) => allele[column] !== null && toBitmap(allele[column]).intersects(among))
    },
    hasShort({ contig, start, referenceBases, alternateBases }) {
      const row = handles.use(path).get(FIND_CARRIED, contig, start, referenceBases, alternateBases)
      return row !== undefined && hasCarriers(row)
    },
    addCarriers(allele, set) {
      for (const column of CARRIER_COLUMNS) if (allele[column] !== null) set.orInPlace(toBitmap(allele[column]))
    },
    close: () => handles.forget(path),
  }
}

function toKey(after: PageKey | undefined, from: number): readonly [number, string, string] {
  return after ? [after.start, after.referenceBases, after.alternateBases] : [from, '', '']
}
