import { setTimeout as sleep } from 'node:timers/promises'
import type BetterSqlite from 'better-sqlite3'
import { CommandFailure } from '../command.js'

const RETRY_MS = 25
/** Twice as long as the login service may take to answer. */
const PATIENCE_MS = 30_000

/**
 * Works while no other `fyr` does so with the same login. The lock is one of the operating system's, on a file beside the login, so
 * that it is gone with the process, however that ends.
 *
 * @throws CommandFailure another process does not finish, or there can be no lock
 */
export async function withLoginLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  // Few commands need it, and it takes longer to load than they run.
  const { default: Database } = await import('better-sqlite3')
  const path = `${file}.lock`
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(RETRY_MS)) {
    const unlock = tryLock(Database, path)
    if (!unlock) continue
    try {
      return await work()
    } finally {
      unlock()
    }
  }
  throw new CommandFailure('another fyr is renewing your login and does not finish; try again')
}

/** @returns undefined: another process has it */
function tryLock(Database: typeof BetterSqlite, path: string): (() => void) | undefined {
  try {
    const db = new Database(path, { timeout: 0 })
    try {
      db.exec('BEGIN EXCLUSIVE')
      return () => void db.close()
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    const { code } = error as { readonly code?: unknown }
    if (code === 'SQLITE_BUSY') return undefined
    throw new CommandFailure(`${path} cannot be locked (${typeof code === 'string' ? code : 'no such directory'})`)
  }
}
