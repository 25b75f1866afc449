import type Database from 'better-sqlite3'
import { fromBytes, toBytes } from '../bitmap.js'
import { listIntervals, toCallableRegions, type Interval } from '../callable-regions.js'
import type { Cohort } from '../cohort.js'
import type { CohortRow } from './layout.js'
import type { SegmentHandle, Statement } from './segment-handles.js'
import type { CohortToStore } from './segment-writer.js'

const COHORTS: Statement<CohortRow> = { sql: 'SELECT * FROM cohort ORDER BY id' }
const LAST_BEFORE: Statement<number> = {
  sql: 'SELECT "end" FROM callable WHERE cohort = ? AND contig = ? AND start <= ? ORDER BY start DESC LIMIT 1',
  pluck: true,
}

/** A segment's cohorts. Callable regions are looked up when asked: those of an exome are hundreds of thousands. */
export function readCohorts(use: () => SegmentHandle): readonly Cohort[] {
  const rows = use().all(COHORTS)
  return rows.map((row): Cohort => ({
    people: { all: fromBytes(row.everybody), males: fromBytes(row.males), females: fromBytes(row.females) },
    origin: row.origin,
    absent: row.absent,
    ...(row.assay === null ? {} : { assay: row.assay }),
    hasSequence: row.has_sequence === 1,
    hasStructural: row.has_structural === 1,
    ...(row.has_callable === 1
      ? {
          isCallable: (contig: number, position: number) =>
            (use().get(LAST_BEFORE, row.id, contig, position) ?? 0) > position,
        }
      : {}),
  }))
}

const CALLABLE: Statement<Interval> = { sql: 'SELECT contig, start, "end" FROM callable WHERE cohort = ?' }

/** A segment's cohorts with all their callable regions, to be written into another one. */
export function readCohortsToStore(use: () => SegmentHandle): readonly CohortToStore[] {
  const rows = use().all(COHORTS)
  return readCohorts(use).map(({ isCallable, ...facts }, index) =>
    isCallable ? { ...facts, callable: toCallableRegions(use().iterate(CALLABLE, rows[index]!.id)) } : facts,
  )
}

export function writeCohorts(db: Database.Database, cohorts: readonly CohortToStore[]): void {
  const insertCohort = db.prepare('INSERT INTO cohort VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const insertRegion = db.prepare('INSERT INTO callable VALUES (?, ?, ?, ?)')
  for (const [id, cohort] of cohorts.entries()) {
    const { origin, absent, assay, hasSequence, hasStructural, callable, people } = cohort
    const sets = [people.all, people.males, people.females].map((set) => toBytes(set.clone()))
    const flags = [Number(hasSequence), Number(hasStructural), Number(callable !== undefined)]
    insertCohort.run(id, origin, absent, assay ?? null, ...flags, ...sets)
    for (const { contig, start, end } of callable ? listIntervals(callable) : [])
      insertRegion.run(id, contig, start, end)
  }
}
