import Database from 'better-sqlite3'

/**
 * Takes a lock that the operating system lets go when the process ends, however it ends.
 *
 * @param path of the lock's own file, which is made when it is not there
 * @returns a function that lets the lock go; undefined when another process holds it
 */
export function tryLock(path: string): (() => void) | undefined {
  const db = new Database(path, { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error
    return undefined
  }
  return () => {
    db.exec('ROLLBACK')
    db.close()
  }
}
