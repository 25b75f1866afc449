import type Database from 'better-sqlite3'
import { Bitmap } from '../variants/bitmap.js'
import { watchDatabase } from '../watch-database.js'

/** People whose sex the register knows. The sets are shared and never changed. */
export interface Sexes {
  readonly female: Bitmap
  readonly male: Bitmap
}

/** The people of each sex, read anew when another process changed the register. */
export function openSexes(db: Database.Database): () => Sexes {
  const read = db.prepare<[string], number>('SELECT number FROM individual WHERE sex = ?').pluck()
  const hasChanged = watchDatabase(db)
  let sexes: Sexes = { female: new Bitmap(), male: new Bitmap() }
  return () => {
    if (hasChanged()) sexes = { female: new Bitmap(read.all('female')), male: new Bitmap(read.all('male')) }
    return sexes
  }
}
