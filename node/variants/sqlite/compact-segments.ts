import type { AssemblyId } from '../../../schemas/index.js'
import { commonCoverage, uniteAnnotations } from '../annotation.js'
import { Bitmap, EMPTY } from '../bitmap.js'
import { mergeCalls, toCalls, toRecordedCalls, type RecordedCalls } from '../calls.js'
import { restrictPeople } from '../cohort.js'
import type { EncodedSet } from '../encode-numbers.js'
import { encodeSet } from '../encoded-set.js'
import { compareVariants, type Variant } from '../variant.js'
import { readCohorts, readCohortsToStore } from './cohort-tables.js'
import { ALLELE_COLUMNS, type AlleleRow, type BlockRow } from './layout.js'
import { leaveOut } from './leave-out.js'
import { readAnnotations, type SegmentAnnotations } from './segment-annotations.js'
import { createSegmentHandles, type SegmentHandles, type Statement } from './segment-handles.js'
import {
  createSegmentWriter,
  encodeCalls,
  type AlleleToStore,
  type CohortToStore,
  type SegmentWriter,
} from './segment-writer.js'
import { createStoredSets, type StoredSets } from './stored-sets.js'
import { uniteCohorts } from './unite-cohorts.js'

/** Pages and decoded bitmaps of all segments that are read. */
const CACHE_BYTES = 64 * 1024 * 1024

const everyRow = (table: string): Statement<AlleleRow> => ({
  sql: `SELECT ${ALLELE_COLUMNS} FROM ${table} ORDER BY contig, start, ref, alt`,
})
const EVERY_ALLELE = everyRow('allele')
const EVERY_LONG_ALLELE = everyRow('long_allele')
const EVERY_BLOCK: Statement<BlockRow> = { sql: 'SELECT * FROM reference_block ORDER BY contig, start, id' }

interface Source {
  readonly path: string
  readonly sets: StoredSets
  readonly cohorts: readonly CohortToStore[]
  /** Everybody of its germline cohorts: whom a row covers that names nobody. */
  readonly everybody: Bitmap
  readonly annotations: SegmentAnnotations
}

export interface CompactedSegment {
  readonly alleles: number
  readonly individuals: number
}

/**
 * Writes what several segments hold as one: each allele once, united as a question would unite it; blocks and cohorts as they
 * are, because what the absence of a record says is the cohort's. Rows pass one at a time, so that memory does not grow with them.
 *
 * @param paths in the manifest's order
 * @param target must not exist
 * @param removed people of whom nothing is to be left
 */
export function compactSegments(
  paths: readonly string[],
  target: string,
  assembly: AssemblyId,
  removed: Bitmap = EMPTY,
): CompactedSegment {
  const handles = createSegmentHandles({ handles: paths.length, bytes: CACHE_BYTES })
  try {
    const sources = paths.map((path) => openSource(path, handles, removed))
    const cohorts = uniteCohorts(sources.flatMap((source) => source.cohorts))
    const everybody = germlineOf(cohorts)
    const writer = leaveOut(createSegmentWriter(target, assembly, everybody), removed)
    try {
      let alleles = 0
      for (const table of [EVERY_ALLELE, EVERY_LONG_ALLELE])
        alleles += copyAlleles(sources, table, handles, everybody, writer)
      for (const source of sources) copyBlocks(source, handles, everybody, writer)
      writer.finish(cohorts, commonCoverage(sources.map(({ annotations }) => annotations.coverage)))
      return { alleles, individuals: Bitmap.orMany(cohorts.map(({ people }) => people.all)).size }
    } catch (error) {
      writer.abandon()
      throw error
    }
  } finally {
    handles.close()
  }
}

function openSource(path: string, handles: SegmentHandles, removed: Bitmap): Source {
  const cohorts = readCohortsToStore(() => handles.use(path)).map((cohort): CohortToStore => {
    return { ...cohort, people: restrictPeople(cohort.people, Bitmap.andNot(cohort.people.all, removed)) }
  })
  return {
    path,
    sets: createStoredSets(path, handles),
    cohorts,
    everybody: germlineOf(cohorts),
    annotations: readAnnotations(path, handles),
  }
}

/** Whether a segment holds something of one of these people. */
export function holdsAnyOf(path: string, people: Bitmap): boolean {
  const handles = createSegmentHandles({ handles: 1, bytes: CACHE_BYTES })
  try {
    return readCohorts(() => handles.use(path)).some((cohort) => cohort.people.all.intersects(people))
  } finally {
    handles.close()
  }
}

function germlineOf(cohorts: readonly CohortToStore[]): Bitmap {
  return Bitmap.orMany(cohorts.filter(({ origin }) => origin === 'germline').map(({ people }) => people.all))
}

interface Cursor {
  readonly source: Source
  readonly rows: IterableIterator<AlleleRow>
  row: AlleleRow | undefined
  variant: Variant | undefined
}

function advance(cursor: Cursor): void {
  const next = cursor.rows.next()
  cursor.row = next.done ? undefined : next.value
  cursor.variant = cursor.row && toVariant(cursor.row)
}

function toVariant({ contig, start, ref, alt }: AlleleRow): Variant {
  return { contig, start, referenceBases: ref, alternateBases: alt }
}

/** Merges the sorted tables of all sources. Returns the number of alleles. */
function copyAlleles(
  sources: readonly Source[],
  table: Statement<AlleleRow>,
  handles: SegmentHandles,
  everybody: Bitmap,
  writer: SegmentWriter,
): number {
  const cursors = sources.map((source): Cursor => ({
    source,
    rows: handles.use(source.path).iterate(table),
    row: undefined,
    variant: undefined,
  }))
  for (const cursor of cursors) advance(cursor)
  for (let alleles = 0; ; alleles++) {
    let first: Variant | undefined
    for (const { variant } of cursors) if (variant && (!first || compareVariants(variant, first) < 0)) first = variant
    if (!first) return alleles
    const found = cursors.filter(({ variant }) => variant && compareVariants(variant, first) === 0)
    writer.add(uniteRows(found, first, everybody))
    for (const cursor of found) advance(cursor)
  }
}

function uniteRows(found: readonly Cursor[], variant: Variant, everybody: Bitmap): AlleleToStore {
  const records = found.map(({ source, row }) => ({
    anchor: row!.anchor,
    sets: source.sets.toRecordedCalls(row!),
    covered: row!.covered === null ? source.everybody : source.sets.toBitmap(row!.covered),
  }))
  const covered = Bitmap.orMany(records.map((record) => record.covered))
  const anchor = records.find((record) => record.anchor !== '')?.anchor ?? ''
  const sets = records.length === 1 ? records[0]!.sets : uniteRecords(records, covered)
  const annotation = uniteAnnotations(found.map(({ source }) => source.annotations.known?.find(variant) ?? ''))
  return {
    variant,
    anchor,
    sets: encodeCalls(sets),
    ...(annotation === '' ? {} : { annotation }),
    ...coveredUnless(covered, everybody),
  }
}

/** A person is a no-call only if no record says more. */
function uniteRecords(
  records: readonly { readonly sets: RecordedCalls; readonly covered: Bitmap }[],
  covered: Bitmap,
): RecordedCalls {
  return toRecordedCalls(mergeCalls(records.map((record) => toCalls(record.sets, record.covered))), covered)
}

/** A row that covers everybody does not say whom. People who are not kept may be among the covered. */
function coveredUnless(covered: Bitmap, everybody: Bitmap): { readonly covered?: EncodedSet } {
  return everybody.isSubset(covered) ? {} : { covered: encodeSet(covered) }
}

function copyBlocks(
  { path, sets, everybody: own }: Source,
  handles: SegmentHandles,
  everybody: Bitmap,
  writer: SegmentWriter,
): void {
  for (const row of handles.use(path).iterate(EVERY_BLOCK)) {
    const { contig, start, end } = row
    const covered = row.covered === null ? own : sets.toBitmap(row.covered)
    const { noCall, oneAllele } = sets.toRecordedCalls(row)
    const calls = { noCall: encodeSet(noCall), oneAllele: encodeSet(oneAllele) }
    writer.addBlock({ contig, start, end, ...calls, ...coveredUnless(covered, everybody) })
  }
}
