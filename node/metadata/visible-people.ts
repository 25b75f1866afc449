import type Database from 'better-sqlite3'
import { Bitmap } from '../variants/bitmap.js'
import { EVERYBODY, type VisibleSet } from '../variants/visible-set.js'

/** Who was not removed from the node, read anew when another process changed the register. */
export function openVisible(db: Database.Database): { now(): VisibleSet } {
  const readVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  const isAnyRemoved = db.prepare<[], number>('SELECT 1 FROM individual WHERE removed = 1 LIMIT 1').pluck()
  const read = db.prepare<[], number>('SELECT number FROM individual WHERE removed = 0').pluck()
  let version: number | undefined
  let current: VisibleSet = EVERYBODY
  let isFresh = false
  return {
    /** Looks once in a turn of the event loop. */
    now() {
      if (isFresh) return current
      isFresh = true
      setImmediate(() => (isFresh = false))
      const seen = readVersion.get()
      if (seen === version) return current
      version = seen
      current = isAnyRemoved.get()
        ? { kind: 'some', people: new Bitmap(read.all()), version: `register-${seen}` }
        : EVERYBODY
      return current
    },
  }
}
