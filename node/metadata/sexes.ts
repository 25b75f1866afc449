import type Database from 'better-sqlite3'
import { Bitmap } from '../variants/bitmap.js'

/** People whose sex the register knows. The sets are shared and never changed. */
export interface Sexes {
  readonly female: Bitmap
  readonly male: Bitmap
}

/** The people of each sex, read anew when another process changed the register. */
export function openSexes(db: Database.Database): () => Sexes {
  const read = db.prepare<[string], number>('SELECT number FROM individual WHERE sex = ?').pluck()
  // Changes when another connection commits (sqlite.org/pragma.html#pragma_data_version).
  const readVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  let version: number | undefined
  let sexes: Sexes = { female: new Bitmap(), male: new Bitmap() }
  return () => {
    const current = readVersion.get()
    if (current !== version) {
      version = current
      sexes = { female: new Bitmap(read.all('female')), male: new Bitmap(read.all('male')) }
    }
    return sexes
  }
}
