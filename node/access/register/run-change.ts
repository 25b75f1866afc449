import type Database from 'better-sqlite3'
import type { ChangeEvent } from '../../audit/audit-record.js'
import type { RecordChange } from '../../audit/change-log.js'
import { checkBy } from './input-schemas.js'
import { parseInput } from './parse-input.js'
import type { Stamp } from './register-types.js'

/** What a change did, for the record and for who asked for it. */
export interface Change<T> {
  readonly event: ChangeEvent
  /** `what` names the change: `project.add`. */
  readonly details: Readonly<Record<string, unknown>> & { readonly what: string }
  readonly result: T
}

export type Changing<T> = (db: Database.Database, stamp: Stamp) => Change<T>

/**
 * Runs changes one after another, each whole or not at all: recorded first, then committed. A process that dies between leaves a
 * record of a change that was not made, never a change without a record.
 *
 * @returns a function that runs one change, by a person who is named
 */
export function createChangeRunner(
  db: Database.Database,
  record: RecordChange,
  now: () => Date,
): <T>(by: string, changing: Changing<T>) => Promise<T> {
  const keep = db.prepare('INSERT INTO change (event, details, by, at) VALUES (?, ?, ?, ?)')
  // Recording takes turns of the event loop, and one connection has one transaction.
  let last: Promise<unknown> = Promise.resolve()

  async function run<T>(by: string, changing: Changing<T>): Promise<T> {
    const stamp = { by: parseInput<string>('by', checkBy, by).trim(), at: now().toISOString() }
    db.exec('BEGIN IMMEDIATE')
    try {
      const { event, details, result } = changing(db, stamp)
      keep.run(event, JSON.stringify(details), stamp.by, stamp.at)
      await record(event, { ...details, ...stamp })
      db.exec('COMMIT')
      return result
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  return (by, changing) => {
    const next = last.then(() => run(by, changing))
    last = next.catch(() => undefined)
    return next
  }
}
