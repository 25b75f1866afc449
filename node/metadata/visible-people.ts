import type Database from 'better-sqlite3'
import { Bitmap } from '../variants/bitmap.js'
import { EVERYBODY, type VisibleSet } from '../variants/visible-set.js'
import { watchDatabase } from '../watch-database.js'

/** Who was not removed from the node, read anew when another process changed the register. */
export function openVisible(db: Database.Database): { now(): VisibleSet; everybody(): Bitmap } {
  const hasChanged = watchDatabase(db)
  const isAnyRemoved = db.prepare<[], number>('SELECT 1 FROM individual WHERE removed = 1 LIMIT 1').pluck()
  const read = db.prepare<[], number>('SELECT number FROM individual WHERE removed = 0').pluck()
  let versions = 0
  let current: VisibleSet = EVERYBODY
  let everybody: Bitmap | undefined

  function now(): VisibleSet {
    if (!hasChanged()) return current
    versions++
    everybody = undefined
    current = isAnyRemoved.get()
      ? { kind: 'some', people: readEverybody(), version: `register-${versions}` }
      : EVERYBODY
    return current
  }

  function readEverybody(): Bitmap {
    everybody = new Bitmap(read.all())
    everybody.freeze()
    return everybody
  }

  return {
    now,
    everybody() {
      now()
      return everybody ?? readEverybody()
    },
  }
}
