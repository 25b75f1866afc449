import type Database from 'better-sqlite3'

/**
 * A function that says whether another connection has committed since it was last asked; yes the first time. It looks once in
 * a turn of the event loop, however often it is asked in it.
 */
export function watchDatabase(db: Database.Database): () => boolean {
  // Changes when another connection commits (sqlite.org/pragma.html#pragma_data_version); prepared, because every request asks.
  const read = db.prepare<[], number>('PRAGMA data_version').pluck()
  let version: number | undefined
  let isFresh = false
  return () => {
    if (isFresh) return false
    isFresh = true
    setImmediate(() => (isFresh = false))
    const current = read.get()
    const hasChanged = current !== version
    version = current
    return hasChanged
  }
}
