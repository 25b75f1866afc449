import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { Status, StatusEffect, StatusKind } from './status.js'

/** Rows are added, never changed or deleted: what was known when must be told later. */
const DDL = `
  CREATE TABLE IF NOT EXISTS subject_status (
    number INTEGER PRIMARY KEY AUTOINCREMENT, individual INTEGER NOT NULL, kind TEXT NOT NULL, scope TEXT NOT NULL,
    effect TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT, source TEXT NOT NULL,
    recorded_by TEXT NOT NULL, recorded_at TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS status_of ON subject_status (individual, kind, scope);
`

/** How long one process waits for another's change; a change takes milliseconds. */
const BUSY_MS = 5_000

export interface RecordedStatus extends Status {
  readonly number: number
  readonly by: string
  readonly at: string
}

interface StatusRow {
  readonly number: number
  readonly individual: number
  readonly kind: StatusKind
  /** Empty: all. */
  readonly scope: string
  readonly effect: StatusEffect
  readonly valid_from: string
  readonly valid_to: string | null
  readonly source: string
  readonly recorded_by: string
  readonly recorded_at: string
}

/** Opens what people said, creating the file on first use. */
export function openConsentDatabase(nodeDirectory: string): Database.Database {
  const db = new Database(join(nodeDirectory, 'consent.sqlite'), { timeout: BUSY_MS })
  db.pragma('journal_mode = WAL')
  // A withdrawal that was told to be done is not lost with the power.
  db.pragma('synchronous = FULL')
  db.exec(DDL)
  return db
}

function toStatus(row: StatusRow): RecordedStatus {
  return {
    number: row.number,
    individual: row.individual,
    kind: row.kind,
    effect: row.effect,
    ...(row.scope === '' ? {} : { scope: row.scope }),
    from: row.valid_from,
    ...(row.valid_to === null ? {} : { to: row.valid_to }),
    source: row.source,
    by: row.recorded_by,
    at: row.recorded_at,
  }
}

/** What counts at a time, in the order in which it was recorded. */
export function statusesAt(db: Database.Database, at: string): readonly RecordedStatus[] {
  const rows = db.prepare<{ at: string }, StatusRow>(
    `SELECT * FROM subject_status WHERE number IN (
       SELECT max(number) FROM subject_status WHERE valid_from <= :at AND (valid_to IS NULL OR valid_to > :at)
       GROUP BY individual, kind, scope
     ) ORDER BY number`,
  )
  return rows.all({ at }).map(toStatus)
}

/** All that was ever said of one person, in the order in which it was recorded. */
export function statusesOf(db: Database.Database, individual: number): readonly RecordedStatus[] {
  return db
    .prepare<[number], StatusRow>('SELECT * FROM subject_status WHERE individual = ? ORDER BY number')
    .all(individual)
    .map(toStatus)
}

export function insertStatus(db: Database.Database, status: Omit<RecordedStatus, 'number'>): void {
  db.prepare(
    `INSERT INTO subject_status
       (individual, kind, scope, effect, valid_from, valid_to, source, recorded_by, recorded_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[status.individual, status.kind, status.scope ?? '', status.effect, status.from],
    ...[status.to ?? null, status.source, status.by, status.at],
  )
}

/** When something begins or ends to count: the last time until now, and the next one. */
export function edgesAround(
  db: Database.Database,
  at: string,
): { readonly last: string | undefined; readonly next: string | undefined } {
  const edges = 'SELECT valid_from AS edge FROM subject_status UNION ALL SELECT valid_to FROM subject_status'
  const read = (sql: string) => db.prepare<[string], string | null>(sql).pluck().get(at) ?? undefined
  return {
    last: read(`SELECT max(edge) FROM (${edges}) WHERE edge <= ?`),
    next: read(`SELECT min(edge) FROM (${edges}) WHERE edge > ?`),
  }
}

/** Grows with every row. */
export function lastNumber(db: Database.Database): number {
  return db.prepare<[], number>('SELECT coalesce(max(number), 0) FROM subject_status').pluck().get() ?? 0
}
