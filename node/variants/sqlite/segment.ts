import Database from 'better-sqlite3'
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
import { ALLELE_COLUMNS, SEGMENT_FORMAT, SHORT_SPAN, type AlleleRow, type SetColumn } from './layout.js'

/** Page cache of one open segment. */
const CACHE_KIBIBYTES = 8 * 1024
/** Decoded large bitmaps kept per segment. */
const CACHED_BITMAPS = 256

/** An allele of a segment whose sets are decoded on demand. */
export interface StoredAllele {
  readonly variant: Variant
  readonly anchor: string
  /** Somebody carries it: an allele of a file in which nobody does matches nothing. */
  readonly hasCarriers: boolean
  /** What the segment knows of its people at this allele. */
  calls(): Calls
  /** Adds the allele's carriers to a set. */
  addCarriersTo(people: Bitmap): void
}

/** Where a page of alleles ended. */
export type PageKey = Pick<Variant, 'start' | 'referenceBases' | 'alternateBases'>

/** An open, immutable segment. Reads are synchronous and short; callers bound the number of rows. */
export interface Segment {
  readonly assembly: AssemblyId
  readonly people: People
  /** The allele itself. */
  find(variant: Variant): StoredAllele | undefined
  /** Every allele that starts at a position. */
  startingAt(contig: number, start: number): StoredAllele[]
  /** What is known of everybody at an allele the segment has no row for. */
  callsWithoutRow(variant: Variant): Calls
  /** Short alleles with start in [from, to) after `after`, in order, at most `limit`. */
  shortAlleles(contig: number, from: number, to: number, after: PageKey | undefined, limit: number): StoredAllele[]
  /** Alleles longer than SHORT_SPAN that overlap [from, to), in order. */
  longAlleles(contig: number, from: number, to: number): StoredAllele[]
  close(): void
}

/** @throws Error when the file is no segment of this version: our own file, so this is an internal error */
export function openSegment(path: string): Segment {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  db.pragma(`cache_size = -${CACHE_KIBIBYTES}`)
  const properties = new Map(db.prepare<[], [string, unknown]>('SELECT key, value FROM segment').raw().all())
  if (properties.get('format') !== SEGMENT_FORMAT) {
    db.close()
    throw new Error(`segment ${path} has format ${String(properties.get('format'))}, expected ${SEGMENT_FORMAT}`)
  }
  const assembly = properties.get('assembly') as AssemblyId
  const absent = properties.get('absent') as AbsentRule
  const people: People = {
    all: fromBytes(properties.get('all') as Buffer),
    males: fromBytes(properties.get('males') as Buffer),
    females: fromBytes(properties.get('females') as Buffer),
  }
  const assumed = new Map<Ploidy, Calls>()
  const bitmaps = new Map<number, Bitmap>()
  const readBitmap = db.prepare<[number], Buffer>('SELECT bytes FROM bitmap WHERE id = ?').pluck()
  const byKey = 'contig = ? AND start = ? AND ref = ? AND alt = ?'
  const find = db.prepare<unknown[], AlleleRow>(`SELECT ${ALLELE_COLUMNS} FROM allele WHERE ${byKey}`)
  const findLong = db.prepare<unknown[], AlleleRow>(`SELECT ${ALLELE_COLUMNS} FROM long_allele WHERE ${byKey}`)
  const startingAt = db.prepare<unknown[], AlleleRow>(
    `SELECT ${ALLELE_COLUMNS} FROM allele WHERE contig = ?1 AND start = ?2
     UNION ALL SELECT ${ALLELE_COLUMNS} FROM long_allele WHERE contig = ?1 AND start = ?2`,
  )
  const sameBases = db.prepare<unknown[], AlleleRow>(
    `SELECT ${ALLELE_COLUMNS} FROM allele WHERE contig = ? AND start = ? AND ref = ? LIMIT 1`,
  )
  const page = db.prepare<unknown[], AlleleRow>(
    `SELECT ${ALLELE_COLUMNS} FROM allele
     WHERE contig = ? AND start < ? AND (start, ref, alt) > (?, ?, ?) ORDER BY start, ref, alt LIMIT ?`,
  )
  const overlapping = db.prepare<unknown[], AlleleRow>(
    `SELECT ${ALLELE_COLUMNS.split(', ')
      .map((column) => `a.${column}`)
      .join(', ')}
     FROM long_span s JOIN long_allele a ON a.id = s.id
     WHERE s.contig = ? AND s.start < ? AND s."end" > ? ORDER BY a.start, a.ref, a.alt`,
  )

  function toBitmap(column: SetColumn): Bitmap {
    if (column === null) return EMPTY
    if (typeof column !== 'number') return fromBytes(column)
    const known = bitmaps.get(column)
    if (known) return known
    const bitmap = fromBytes(readBitmap.get(column)!)
    if (bitmaps.size >= CACHED_BITMAPS) bitmaps.delete(bitmaps.keys().next().value!)
    bitmaps.set(column, bitmap)
    return bitmap
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
      hasCarriers: row.heterozygous !== null || row.homozygous !== null || row.hemizygous !== null,
      calls: () => readCalls(row),
      addCarriersTo(set) {
        for (const column of [row.heterozygous, row.homozygous, row.hemizygous]) {
          if (column !== null) set.orInPlace(toBitmap(column))
        }
      },
    }
  }

  return {
    assembly,
    people,
    find({ contig, start, referenceBases, alternateBases }) {
      const statement = referenceBases.length > SHORT_SPAN ? findLong : find
      const row = statement.get(contig, start, referenceBases, alternateBases)
      return row && toAllele(row)
    },
    startingAt: (contig, start) => startingAt.all(contig, start).map(toAllele),
    callsWithoutRow({ contig, start, referenceBases }) {
      // Another allele of the same bases was called by the same records, so who was called there is known.
      const row = referenceBases === '' ? undefined : sameBases.get(contig, start, referenceBases)
      if (!row) return assumedAt(ploidyAt(assembly, contig, start))
      return { ...readCalls(row), heterozygous: EMPTY, homozygous: EMPTY, hemizygous: EMPTY }
    },
    shortAlleles(contig, from, to, after, limit) {
      const key = after ? [after.start, after.referenceBases, after.alternateBases] : [from, '', '']
      // Row values compare strictly, and ('', '') never is an allele, so the first page begins at `from` itself.
      return page.all(contig, to, ...key, limit).map(toAllele)
    },
    longAlleles: (contig, from, to) => overlapping.all(contig, to, from).map(toAllele),
    close() {
      db.close()
    },
  }
}
