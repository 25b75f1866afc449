import Database from 'better-sqlite3'
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100
const LARGEST_PAGE = 65_536
/** What is larger is not copied into memory. */
const MOST_COPIED = 256 << 20

/** Bytes 18 and 19 of a file: 2 says that it is written with a log beside it, 1 that it is not (sqlite.org/fileformat.html). */
const WRITE_VERSION = 18
const READ_VERSION = 19
const WITHOUT_LOG = 1

/** Where a process writes to the file, or left it without closing it, the newest pages stand beside it. */
function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/**
 * Opens a database for reading and leaves nothing behind: SQLite makes files beside one that is written with a log, also for a
 * reader. So what nobody has open is read into memory.
 *
 * @throws SqliteError, Error it cannot be read
 */
export function openQuietly(path: string): Database.Database {
  if (hasLog(path) || statSync(path).size > MOST_COPIED) {
    return new Database(path, { readonly: true, fileMustExist: true })
  }
  const bytes = readFileSync(path)
  bytes[WRITE_VERSION] = bytes[READ_VERSION] = WITHOUT_LOG
  return new Database(bytes, { readonly: true })
}

/** What is wrong with the beginning and the length of a database; undefined: nothing. Quick, however large it is. */
export function whyDamaged(path: string): string | undefined {
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    // All of a new file can stand in its log.
    if (size === 0) return hasLog(path) ? undefined : 'it is empty'
    const header = Buffer.alloc(HEADER_BYTES)
    readSync(descriptor, header, 0, HEADER_BYTES, 0)
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) return 'it is no SQLite database'
    const stated = header.readUInt16BE(16)
    const pageBytes = stated === 1 ? LARGEST_PAGE : stated
    // The number of pages counts where it was written by the last change.
    const isCounted = header.readUInt32BE(24) === header.readUInt32BE(92)
    const pages = isCounted ? header.readUInt32BE(28) : 1
    return size < pages * pageBytes ? `it has ${size} bytes of ${pages * pageBytes}: its end is missing` : undefined
  } finally {
    closeSync(descriptor)
  }
}

/** What is wrong anywhere in a database, from its first page to its last; undefined: nothing. */
export function whyCorrupt(path: string): string | undefined {
  const db = openQuietly(path)
  try {
    const result = String(db.pragma('quick_check(1)', { simple: true }))
    return result === 'ok' ? undefined : `SQLite finds it damaged (${result})`
  } catch (error) {
    if ((error as Error).name !== 'SqliteError') throw error
    return `SQLite finds it damaged (${(error as Error).message})`
  } finally {
    db.close()
  }
}
