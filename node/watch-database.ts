import type Database from 'better-sqlite3'
import { oncePerTurn } from './once-per-turn.js'

/**
 * A function that says whether another connection has committed since it was last asked; yes the first time. Changes of
 * its own it does not see.
 *
 * @param looksOncePerTurn in a turn of the event loop, however often it is asked in it
 */
export function watchDatabase(db: Database.Database, looksOncePerTurn = true): () => boolean {
  // Changes when another connection commits (sqlite.org/pragma.html#pragma_data_version); prepared, because every request asks.
  const read = db.prepare<[], number>('PRAGMA data_version').pluck()
  let version: number | undefined
  const look = looksOncePerTurn ? oncePerTurn(() => read.get()) : () => read.get()
  return () => {
    const current = look()
    const hasChanged = current !== version
    version = current
    return hasChanged
  }
}
