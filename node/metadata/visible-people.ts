import type Database from 'better-sqlite3'
import { Bitmap } from '../variants/bitmap.js'
import { EVERYBODY, type VisibleSet } from '../variants/visible-set.js'
import { watchDatabase } from './watch-database.js'

/** Who was not removed from the node, read anew when another process changed the register. */
export function openVisible(db: Database.Database): { now(): VisibleSet } {
  const hasChanged = watchDatabase(db)
  const isAnyRemoved = db.prepare<[], number>('SELECT 1 FROM individual WHERE removed = 1 LIMIT 1').pluck()
  const read = db.prepare<[], number>('SELECT number FROM individual WHERE removed = 0').pluck()
  let versions = 0
  let current: VisibleSet = EVERYBODY
  return {
    now() {
      if (!hasChanged()) return current
      versions++
      current = isAnyRemoved.get()
        ? { kind: 'some', people: new Bitmap(read.all()), version: `register-${versions}` }
        : EVERYBODY
      return current
    },
  }
}
