import type { AssemblyId } from '../../../schemas/index.js'
import { Bitmap } from '../bitmap.js'
import { createCallsWithoutRecords } from '../calls-without-records.js'
import type { Cohort } from '../cohort.js'
import { addStored, storedIntersects } from '../stored-bitmap.js'
import type { Knowledge } from '../unite-calls.js'
import type { Variant } from '../variant.js'
import { decodeKeys, uniteKeys, type AlleleKeys, type KeyColumns } from './allele-keys.js'
import { binsOf, FINE_BIN_SHIFT, type BinRow } from './bin-totals.js'
import { readCohorts } from './cohort-tables.js'
import {
  CARRIER_COLUMNS,
  hasCarriers,
  isLongAllele,
  SEGMENT_FORMAT,
  type CarrierColumns,
  type SetColumn,
} from './layout.js'
import { openSegmentAnnotations, type SegmentAnnotations } from './segment-annotations.js'
import { CARRIED, LONG_STARTS_PAGE, shortPageOf, type CarriedAllele } from './pages.js'
import type { SegmentHandles, Statement } from './segment-handles.js'
import { openSegmentRecords, type StoredAllele } from './segment-records.js'
import { createStoredSets } from './stored-sets.js'

/** Where a page of alleles ended. */
export type PageKey = Pick<Variant, 'start' | 'referenceBases' | 'alternateBases'>

/** Where long alleles start, [from, to), and end: at `from` or behind it, and at `to` or before it. */
export interface LongBox {
  readonly start: readonly [from: number, to: number]
  readonly end: readonly [from: number, to: number]
}

/** Short alleles with carriers in a stretch of whole bins, and everybody who carries one. */
export interface BinTotals {
  readonly alleles: number
  readonly carriers: Bitmap
  readonly somatic: Bitmap
}

/** An immutable segment. Reads are synchronous and short; callers bound the number of rows. Its file is opened when it is asked. */
export interface Segment {
  readonly path: string
  readonly assembly: AssemblyId
  readonly cohorts: readonly Cohort[]
  readonly annotations: SegmentAnnotations
  /** Everybody of the germline cohorts. */
  readonly everybody: Bitmap
  /** Everybody of all cohorts. */
  readonly people: Bitmap
  /** The allele itself. */
  find(variant: Variant): StoredAllele | undefined
  /** Every allele that starts at a position. */
  startingAt(contig: number, start: number): StoredAllele[]
  /** All that it says of an allele. */
  lookUp(variant: Variant): { readonly own: StoredAllele | undefined; readonly knowledge: Knowledge }
  /** Short alleles with start in [from, to) after `after`, in order, at most `limit`; with `types`, of one of these sequence types. */
  shortAlleles(
    contig: number,
    from: number,
    to: number,
    after: PageKey | undefined,
    limit: number,
    types?: readonly string[],
  ): CarriedAllele[]
  /** At least as many as short alleles with carriers start in [from, to): those of its bins. */
  countShort(contig: number, from: number, to: number): number
  /** Structural alleles, and those longer than SHORT_SPAN, in a box of starts and ends, after `after`, in order, at most `limit`. */
  longAlleles(contig: number, box: LongBox, after: PageKey | undefined, limit: number): CarriedAllele[]
  /** The same with start in [from, to). */
  longStarts(contig: number, from: number, to: number, after: PageKey | undefined, limit: number): CarriedAllele[]
  /** Of short alleles with start in [from, to), which must be borders of fine bins. */
  totals(contig: number, from: number, to: number): BinTotals
  /**
   * Short alleles with start in [from, to) that one of `among` has.
   *
   * @param onRow called for each row that is read
   */
  countCarried(contig: number, from: number, to: number, among: Bitmap, onRow: () => void): number
  /** Whether somebody has the allele, in the inherited genome or in a tumour; with `among`, one of these. */
  isCarried(allele: CarrierColumns, among: Bitmap | undefined): boolean
  /** Short alleles with carriers and start in [from, to), which must be borders of fine bins. */
  keys(contig: number, from: number, to: number): AlleleKeys
  /** The allele, if it is here and somebody has it. */
  findCarried(variant: Variant): CarrierColumns | undefined
  /** Adds the allele's carriers to a set, and those who have it in a tumour to another. */
  addCarriers(allele: CarrierColumns, carriers: Bitmap, somatic: Bitmap): void
  /** Closes its file for good. */
  close(): void
}

const BY_KEY = 'contig = ? AND start = ? AND ref = ? AND alt = ?'

const PROPERTIES: Statement<{ readonly key: string; readonly value: unknown }> = {
  sql: 'SELECT key, value FROM segment',
}
const carriedIn = (table: string): Statement<CarrierColumns> => ({
  sql: `SELECT ${CARRIER_COLUMNS.join(', ')}, somatic FROM ${table} WHERE ${BY_KEY}`,
})
const FIND_CARRIED = carriedIn('allele')
const FIND_CARRIED_LONG = carriedIn('long_allele')
const LONG_PAGE: Statement<CarriedAllele> = {
  sql: `SELECT ${CARRIED.split(', ')
    .map((column) => `a.${column}`)
    .join(', ')}
        FROM long_span s JOIN long_allele a ON a.id = s.id
        WHERE s.contig = ? AND s.start >= ? AND s.start < ? AND s."end" >= ? AND s."end" <= ? AND (a.start, a.ref, a.alt) > (?, ?, ?)
        ORDER BY a.start, a.ref, a.alt LIMIT ?`,
}
const BINS: Statement<BinRow> = {
  sql: 'SELECT alleles, carriers, somatic FROM allele_bin WHERE shift = ? AND contig = ? AND bin >= ? AND bin < ?',
}

const ALLELES_OF_BINS: Statement<number | null> = {
  sql: 'SELECT sum(alleles) FROM allele_bin WHERE shift = ? AND contig = ? AND bin >= ? AND bin < ?',
  pluck: true,
}
const KEYS: Statement<KeyColumns> = {
  sql: 'SELECT substitutions, others FROM allele_key WHERE contig = ? AND bin >= ? AND bin < ?',
}

const CARRIERS_IN: Statement<readonly SetColumn[]> = {
  sql: `SELECT ${CARRIER_COLUMNS.join(', ')}, somatic FROM allele WHERE contig = ? AND start >= ? AND start < ?`,
  raw: true,
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
  const sets = createStoredSets(path, handles)
  const { toBitmap } = sets
  const assembly = properties.get('assembly') as AssemblyId
  const cohorts = readCohorts(() => handles.use(path))
  const germline = cohorts.filter(({ origin }) => origin === 'germline')
  const everybody = Bitmap.orMany(germline.map(({ people }) => people.all))
  const callsWithoutRecords = createCallsWithoutRecords(cohorts, assembly)
  const records = openSegmentRecords(path, handles, sets, everybody)

  function addColumn(column: SetColumn, set: Bitmap): void {
    if (column === null) return
    if (typeof column === 'number') set.orInPlace(toBitmap(column))
    else addStored(column, set)
  }

  function meets(set: SetColumn, among: Bitmap): boolean {
    if (set === null) return false
    return typeof set === 'number' ? toBitmap(set).intersects(among) : storedIntersects(set, among)
  }

  return {
    path,
    assembly,
    cohorts,
    annotations: openSegmentAnnotations(path, handles, properties),
    everybody,
    people: Bitmap.orMany(cohorts.map(({ people }) => people.all)),
    find: (variant) => records.at(variant).own,
    startingAt: records.startingAt,
    lookUp(variant) {
      const { own, nearby } = records.at(variant)
      const knowledge = {
        cohorts,
        everybody,
        own: own?.recorded(),
        nearby,
        withoutRecords: () => callsWithoutRecords(variant),
      }
      return { own, knowledge }
    },
    shortAlleles(contig, from, to, after, limit, types) {
      // Row values compare strictly, and ('', '') never is an allele, so the first page begins at `from` itself.
      return handles.use(path).all(shortPageOf(types), contig, to, ...toKey(after, from), limit)
    },
    countShort(contig, from, to) {
      const size = 2 ** FINE_BIN_SHIFT
      const [start, end] = [Math.floor(from / size) * size, Math.ceil(to / size) * size]
      const counts = binsOf(start, end).map((bins) =>
        handles.use(path).get(ALLELES_OF_BINS, bins.shift, contig, bins.from, bins.to),
      )
      return counts.reduce<number>((sum, alleles) => sum + (alleles ?? 0), 0)
    },
    longAlleles: (contig, { start, end }, after, limit) =>
      handles.use(path).all(LONG_PAGE, contig, ...start, ...end, ...toKey(after, 0), limit),
    longStarts: (contig, from, to, after, limit) =>
      handles.use(path).all(LONG_STARTS_PAGE, contig, to, ...toKey(after, from), limit),
    totals(contig, from, to) {
      const carriers = new Bitmap()
      const somatic = new Bitmap()
      let alleles = 0
      for (const bins of binsOf(from, to)) {
        for (const row of handles.use(path).all(BINS, bins.shift, contig, bins.from, bins.to)) {
          alleles += row.alleles
          carriers.orInPlace(toBitmap(row.carriers))
          if (row.somatic !== null) somatic.orInPlace(toBitmap(row.somatic))
        }
      }
      return { alleles, carriers, somatic }
    },
    countCarried(contig, from, to, among, onRow) {
      let carried = 0
      for (const sets of handles.use(path).iterate(CARRIERS_IN, contig, from, to)) {
        onRow()
        if (sets.some((set) => meets(set, among))) carried++
      }
      return carried
    },
    isCarried(allele, among) {
      if (!among) return hasCarriers(allele)
      return CARRIER_COLUMNS.some((column) => meets(allele[column], among)) || meets(allele.somatic, among)
    },
    keys(contig, from, to) {
      const rows = handles.use(path).all(KEYS, contig, from >> FINE_BIN_SHIFT, to >> FINE_BIN_SHIFT)
      return uniteKeys(rows.map(decodeKeys))
    },
    findCarried(variant) {
      const { contig, start, referenceBases, alternateBases } = variant
      const statement = isLongAllele(variant) ? FIND_CARRIED_LONG : FIND_CARRIED
      const row = handles.use(path).get(statement, contig, start, referenceBases, alternateBases)
      return row && hasCarriers(row) ? row : undefined
    },
    addCarriers(allele, carriers, somatic) {
      for (const column of CARRIER_COLUMNS) addColumn(allele[column], carriers)
      addColumn(allele.somatic, somatic)
    },
    close: () => handles.forget(path),
  }
}

function toKey(after: PageKey | undefined, from: number): readonly [number, string, string] {
  return after ? [after.start, after.referenceBases, after.alternateBases] : [from, '', '']
}
