import type Database from 'better-sqlite3'
import { createHmac, randomBytes } from 'node:crypto'

const KEY_BYTES = 32

const DDL = `
  CREATE TABLE IF NOT EXISTS removed_name (digest BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS removed_name_key (key BLOB NOT NULL);
`

/** The names of people who were removed, as digests: a person stays removed when the same file, or the next one, comes. */
export interface RemovedNames {
  /** Marks a person as removed, and replaces the name by its digest. */
  remove(number: number): void
  /** Number of the person who had this name, of several the last. */
  find(name: string): number | undefined
  /** Returns whether the name was there. */
  forget(name: string): boolean
}

/**
 * The digest is keyed by a secret of the register, so that nobody without the register can try names; who has it has the names of
 * everybody else too.
 *
 * @param db the register of people
 */
export function openRemovedNames(db: Database.Database): RemovedNames {
  db.exec(DDL)
  const readKey = db.prepare<[], Buffer>('SELECT key FROM removed_name_key').pluck()
  const writeKey = db.prepare('INSERT INTO removed_name_key VALUES (?)')
  const nameOf = db.prepare<[number], string>('SELECT name FROM individual WHERE number = ? AND removed = 0').pluck()
  const mark = db.prepare('UPDATE individual SET removed = 1, name = ?, family = NULL WHERE number = ?')
  const keep = db.prepare('INSERT OR REPLACE INTO removed_name VALUES (?, ?)')
  const find = db.prepare<[Buffer], number>('SELECT number FROM removed_name WHERE digest = ?').pluck()
  const drop = db.prepare('DELETE FROM removed_name WHERE digest = ?')

  const digest = (key: Buffer, name: string): Buffer => createHmac('sha256', key).update(name).digest()

  function createKey(): Buffer {
    const key = randomBytes(KEY_BYTES)
    writeKey.run(key)
    return key
  }

  return {
    remove: db.transaction((number: number) => {
      const name = nameOf.get(number)
      if (name === undefined) return
      keep.run(digest(readKey.get() ?? createKey(), name), number)
      // Names are unique, and no laboratory has one with this sign in it.
      mark.run(`\u0000removed ${number}`, number)
    }),
    find(name) {
      const key = readKey.get()
      return key && find.get(digest(key, name))
    },
    forget(name) {
      const key = readKey.get()
      return key !== undefined && drop.run(digest(key, name)).changes > 0
    },
  }
}
