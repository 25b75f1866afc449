import { uptime } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** The nonces of all signatures that were accepted and have not expired, shared by the workers of a node. */
export interface Nonces {
  /**
   * Uses a nonce up. Of several workers that are asked at once, one gets true.
   *
   * @param expires seconds since 1970, from which on no signature with it is good
   */
  use(keyId: string, nonce: string, expires: number): boolean
  /**
   * Whether a signature that was made then could have been used without being remembered. What was written outlives this
   * process, and every other end of a process, in the memory of the operating system; it can be lost only with that, and then
   * the machine starts anew. So what was signed before its start is refused, and no write has to wait for the disk.
   *
   * @param created seconds since 1970
   */
  mayBeForgotten(created: number): boolean
  close(): void
}

export interface NoncesOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** When the machine started, seconds since 1970; default: by its own clock. */
  readonly bootedAt?: number
}

const TABLE = `CREATE TABLE IF NOT EXISTS nonces (
  id INTEGER PRIMARY KEY,
  nonce TEXT NOT NULL UNIQUE,
  expires INTEGER NOT NULL
)`

/** Nonces between two sweeps. Each sweep can take more than came since the last, so that the table does not grow. */
const SWEEP_EVERY = 128
const SWEEP_AT_MOST = 2 * SWEEP_EVERY
/** How long another process may hold the file, milliseconds; a nonce takes less than one. */
const BUSY_MS = 1_000

export function sharedPath(nodeDirectory: string): string {
  return join(nodeDirectory, 'shared.sqlite')
}

/** Opens the nonces in `shared.sqlite` of a node. @throws SqliteError */
export function openNonces(nodeDirectory: string, { now, bootedAt }: NoncesOptions): Nonces {
  const database = new Database(sharedPath(nodeDirectory), { timeout: BUSY_MS })
  database.pragma('journal_mode = WAL')
  // Never damaged by a crash, and synchronised at checkpoints only: see mayBeForgotten.
  database.pragma('synchronous = NORMAL')
  database.exec(TABLE)
  // One statement is a transaction that begins with the lock for writing, as BEGIN IMMEDIATE does.
  const insert = database.prepare<[string, number]>(
    'INSERT INTO nonces (nonce, expires) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  // Ids grow with time, so the oldest are found without an index of their own.
  const sweep = database.prepare<[number, number]>(
    'DELETE FROM nonces WHERE id IN (SELECT id FROM nonces ORDER BY id LIMIT ?) AND expires < ?',
  )
  const started = bootedAt ?? now() / 1000 - uptime()
  let used = 0
  return {
    use(keyId, nonce, expires) {
      if (used++ % SWEEP_EVERY === 0) sweep.run(SWEEP_AT_MOST, Math.floor(now() / 1000))
      // Neither holds a line feed.
      return insert.run(`${keyId}\n${nonce}`, expires).changes === 1
    },
    mayBeForgotten: (created) => created < started,
    close: () => void database.close(),
  }
}
