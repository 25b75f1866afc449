import Database from 'better-sqlite3'
import type { AssemblyId } from '../../../schemas/index.js'
import { Bitmap, EMPTY, fromBytes } from '../bitmap.js'
import { mergeCalls, toCalls, withoutCarriers } from '../calls.js'
import type { Cohort } from '../cohort.js'
import { isStructural } from '../structural.js'
import type { Knowledge, Recorded } from '../unite-calls.js'
import type { Variant } from '../variant.js'
import { readCohorts } from './cohort-tables.js'
import { ALLELE_COLUMNS, SEGMENT_FORMAT, SHORT_SPAN, type AlleleRow, type BlockRow, type SetColumn } from './layout.js'

/** Page cache of one open segment. */
const CACHE_KIBIBYTES = 8 * 1024
/** Decoded large bitmaps kept per segment. */
const CACHED_BITMAPS = 256

/** An allele of a segment whose sets are decoded on demand. */
export interface StoredAllele {
  readonly variant: Variant
  readonly anchor: string
  /** Somebody carries it, in the inherited genome or in a tumour: an allele of a file in which nobody does matches nothing. */
  readonly hasCarriers: boolean
  /** What the records of the allele say. */
  recorded(): Recorded
  /** Adds the allele's carriers to a set. */
  addCarriersTo(people: Bitmap): void
  /** Adds the people who have the allele in a tumour to a set. */
  addSomaticTo(people: Bitmap): void
}

/** Where a page of alleles ended. */
export type PageKey = Pick<Variant, 'start' | 'referenceBases' | 'alternateBases'>

/** An open, immutable segment. Reads are synchronous and short; callers bound the number of rows. */
export interface Segment {
  readonly assembly: AssemblyId
  readonly cohorts: readonly Cohort[]
  /** Everybody of the germline cohorts. */
  readonly everybody: Bitmap
  /** The allele itself. */
  find(variant: Variant): StoredAllele | undefined
  /** Every allele that starts at a position. */
  startingAt(contig: number, start: number): StoredAllele[]
  /** @param own the allele as found in this segment */
  knowledgeOf(variant: Variant, own: StoredAllele | undefined): Knowledge
  /** Short alleles with start in [from, to) after `after`, in order, at most `limit`. */
  shortAlleles(contig: number, from: number, to: number, after: PageKey | undefined, limit: number): StoredAllele[]
  /** Structural alleles, and those longer than SHORT_SPAN, that overlap [from, to), in order. */
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
  const cohorts = readCohorts(db)
  const everybody = Bitmap.orMany(cohorts.filter(({ origin }) => origin === 'germline').map(({ people }) => people.all))
  const bitmaps = new Map<number, Bitmap>()
  const readBitmap = db.prepare<[number], Buffer>('SELECT bytes FROM bitmap WHERE id = ?').pluck()
  const byKey = 'contig = ? AND start = ? AND ref = ? AND alt = ?'
  const find = db.prepare<unknown[], AlleleRow>(`SELECT ${ALLELE_COLUMNS} FROM allele WHERE ${byKey}`)
  const findLong = db.prepare<unknown[], AlleleRow>(`SELECT ${ALLELE_COLUMNS} FROM long_allele WHERE ${byKey}`)
  const startingAt = db.prepare<unknown[], AlleleRow>(
    `SELECT ${ALLELE_COLUMNS} FROM allele WHERE contig = ? AND start = ?
     UNION ALL SELECT ${ALLELE_COLUMNS} FROM long_allele WHERE contig = ? AND start = ?`,
  )
  const sameBases = db.prepare<unknown[], AlleleRow>(
    `SELECT ${ALLELE_COLUMNS} FROM allele WHERE contig = ? AND start = ? AND ref = ?`,
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
     WHERE s.contig = ? AND s.start < ? AND s."end" >= ? ORDER BY a.start, a.ref, a.alt`,
  )
  const hasBlocks = db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM reference_block)').pluck().get() === 1
  const blocksAt = db.prepare<unknown[], BlockRow>(
    `SELECT b.* FROM block_span s JOIN reference_block b ON b.id = s.id
     WHERE s.contig = ? AND s.start <= ? AND s."end" > ?`,
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

  function toRecorded(row: Omit<BlockRow, 'contig' | 'start' | 'end'> & Partial<AlleleRow>): Recorded {
    const covered = row.covered === null ? everybody : toBitmap(row.covered)
    const sets = {
      heterozygous: toBitmap(row.heterozygous ?? null),
      homozygous: toBitmap(row.homozygous ?? null),
      hemizygous: toBitmap(row.hemizygous ?? null),
      noCall: toBitmap(row.no_call),
      oneAllele: toBitmap(row.one_allele),
      somatic: toBitmap(row.somatic ?? null),
    }
    return { calls: toCalls(sets, covered), covered }
  }

  /** Who was called at a place, by records of other alleles of the same bases and by those without an allele. */
  function nearby({ contig, start, referenceBases, alternateBases }: Variant): Recorded | undefined {
    if (isStructural(alternateBases)) return undefined
    const rows = [
      ...(referenceBases === '' ? [] : sameBases.all(contig, start, referenceBases)),
      ...(hasBlocks ? blocksAt.all(contig, start, start) : []),
    ]
    const recorded = rows.map(toRecorded)
    const [first, second] = recorded
    if (!first || !second) return first && { ...first, calls: withoutCarriers(first.calls) }
    return {
      calls: withoutCarriers(mergeCalls(recorded.map(({ calls }) => calls))),
      covered: Bitmap.orMany(recorded.map(({ covered }) => covered)),
    }
  }

  function toAllele(row: AlleleRow): StoredAllele {
    return {
      variant: { contig: row.contig, start: row.start, referenceBases: row.ref, alternateBases: row.alt },
      anchor: row.anchor,
      hasCarriers:
        row.heterozygous !== null || row.homozygous !== null || row.hemizygous !== null || row.somatic !== null,
      recorded: () => toRecorded(row),
      addCarriersTo(set) {
        for (const column of [row.heterozygous, row.homozygous, row.hemizygous]) {
          if (column !== null) set.orInPlace(toBitmap(column))
        }
      },
      addSomaticTo(set) {
        if (row.somatic !== null) set.orInPlace(toBitmap(row.somatic))
      },
    }
  }

  return {
    assembly,
    cohorts,
    everybody,
    find({ contig, start, referenceBases, alternateBases }) {
      const isLong = referenceBases.length > SHORT_SPAN || isStructural(alternateBases)
      const statement = isLong ? findLong : find
      const row = statement.get(contig, start, referenceBases, alternateBases)
      return row && toAllele(row)
    },
    startingAt: (contig, start) => startingAt.all(contig, start, contig, start).map(toAllele),
    knowledgeOf: (variant, own) => ({ cohorts, everybody, own: own?.recorded(), nearby: () => nearby(variant) }),
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
