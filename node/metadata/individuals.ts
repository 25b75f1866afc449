import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { Bitmap } from '../variants/bitmap.js'
import { openFamilies } from './families.js'

export type Sex = 'male' | 'female' | 'unknown'

/** A person of the node. `number` is node-wide, shared by all datasets and never reused. */
export interface Individual {
  readonly number: number
  readonly name: string
  readonly sex: Sex
  /** Absent: the individual is its own family. */
  readonly family?: string
}

const DDL = `
  CREATE TABLE IF NOT EXISTS individual (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    sex TEXT NOT NULL DEFAULT 'unknown',
    family TEXT
  );
`

export interface Individuals {
  /**
   * People by name. A name never seen gets the next free number, which is the person's only once it is stored: the caller
   * holds the node's ingest lock until then.
   */
  identify(names: readonly string[]): readonly Individual[]
  /** Stores people, new or changed. */
  store(individuals: readonly Individual[]): void
  /** Distinct families of a set of people. */
  countFamilies(people: Bitmap): number
  close(): void
}

/** Opens the node's register of people, creating it on first use. */
export function openIndividuals(nodeDirectory: string): Individuals {
  const db = new Database(join(nodeDirectory, 'individuals.sqlite'))
  db.pragma('journal_mode = WAL')
  db.exec(DDL)
  const find = db.prepare<[string], Omit<Individual, 'family'> & { family: string | null }>(
    'SELECT number, name, sex, family FROM individual WHERE name = ?',
  )
  const lastNumber = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'individual'").pluck()
  const put = db.prepare(
    `INSERT INTO individual (number, name, sex, family) VALUES (?, ?, ?, ?)
     ON CONFLICT (number) DO UPDATE SET sex = excluded.sex, family = excluded.family`,
  )
  const families = openFamilies(db)

  return {
    identify(names) {
      let next = (lastNumber.get() ?? 0) + 1
      return names.map((name): Individual => {
        const row = find.get(name)
        if (!row) return { number: next++, name, sex: 'unknown' }
        const { number, sex, family } = row
        return { number, name, sex, ...(family === null ? {} : { family }) }
      })
    },
    store: db.transaction((individuals: readonly Individual[]) => {
      for (const { number, name, sex, family } of individuals) put.run(number, name, sex, family ?? null)
    }),
    countFamilies: (people) => families.count(people),
    close() {
      db.close()
    },
  }
}
