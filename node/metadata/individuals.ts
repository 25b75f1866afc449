import Database from 'better-sqlite3'
import { join } from 'node:path'
import { Bitmap } from '../variants/bitmap.js'
import type { VisibleSet } from '../variants/visible-set.js'
import { openFamilies } from './families.js'
import { openRemovedNames } from './removed-names.js'
import { openVisible } from './visible-people.js'
import { createPseudonym } from './pseudonym.js'
import { openSexes, type Sexes } from './sexes.js'
import { watchDatabase } from '../watch-database.js'

export type Sex = 'male' | 'female' | 'unknown'

/** A person of the node. `number` is node-wide, shared by all datasets and never reused. */
export interface Individual {
  readonly number: number
  /** As the laboratory calls them; never leaves the node. */
  readonly name: string
  /** What answers, reports and logs call them. */
  readonly pseudonym: string
  readonly sex: Sex
  /** Absent: the individual is its own family. */
  readonly family?: string
}

const DDL = `
  CREATE TABLE IF NOT EXISTS individual (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    pseudonym TEXT NOT NULL UNIQUE,
    sex TEXT NOT NULL DEFAULT 'unknown',
    family TEXT,
    removed INTEGER NOT NULL DEFAULT 0
  );
`

/** So many people are kept in memory: of most files and records the same few are asked for. */
const MOST_KEPT = 10_000

const COLUMNS = 'number, name, pseudonym, sex, family'

type IndividualRow = Omit<Individual, 'family'> & { readonly family: string | null }

function toIndividual({ family, ...rest }: IndividualRow): Individual {
  return { ...rest, ...(family === null ? {} : { family }) }
}

export interface Individuals {
  /**
   * People by name. A name never seen gets the next free number, which is the person's only once it is stored: the caller
   * holds the node's ingest lock until then.
   */
  identify(names: readonly string[]): readonly Individual[]
  /** Stores people, new or changed. */
  store(individuals: readonly Individual[]): void
  /** Everybody, by number. */
  list(): readonly Individual[]
  /** The person whom answers call so; undefined when there is nobody, or nobody any more. */
  findByPseudonym(pseudonym: string): Individual | undefined
  /** People by number, those who were not removed. */
  byNumber(numbers: readonly number[]): ReadonlyMap<number, Individual>
  /** The person whom the laboratory calls so; undefined when there is nobody, or nobody any more. */
  findByName(name: string): Individual | undefined
  /** Everybody who was not removed. */
  visible(): VisibleSet
  /** The same people by number. Not to be changed. */
  everybody(): Bitmap
  /**
   * Takes a person out of every answer: the number and the pseudonym are never given again. Of the name a digest is kept, by which
   * the person is known again when a file with it comes.
   */
  remove(number: number): void
  /** Numbers of everybody who was removed. */
  removed(): Bitmap
  /** Number of the removed person who had this name; undefined: nobody who had it was removed. */
  findRemoved(name: string): number | undefined
  /** Forgets that a person of this name was removed: the next file with it brings somebody new. False: there was nobody. */
  readmit(name: string): boolean
  /** Distinct families of a set of people. */
  readonly countFamilies: (people: Bitmap) => number
  /** Everybody of known sex. */
  readonly sexes: () => Sexes
  close(): void
}

/** Opens the node's register of people, creating it on first use. */
export function openIndividuals(nodeDirectory: string): Individuals {
  const db = new Database(join(nodeDirectory, 'individuals.sqlite'))
  db.pragma('journal_mode = WAL')
  db.exec(DDL)
  const find = db.prepare<[string], IndividualRow>(`SELECT ${COLUMNS} FROM individual WHERE name = ?`)
  const all = db.prepare<[], IndividualRow>(`SELECT ${COLUMNS} FROM individual WHERE removed = 0 ORDER BY number`)
  const byPseudonym = db.prepare<[string], IndividualRow>(
    `SELECT ${COLUMNS} FROM individual WHERE pseudonym = ? AND removed = 0`,
  )
  const byName = db.prepare<[string], IndividualRow>(`SELECT ${COLUMNS} FROM individual WHERE name = ? AND removed = 0`)
  const oneByNumber = db.prepare<[number], IndividualRow>(
    `SELECT ${COLUMNS} FROM individual WHERE number = ? AND removed = 0`,
  )
  const removedNumbers = db.prepare<[], number>('SELECT number FROM individual WHERE removed = 1').pluck()
  const removedNames = openRemovedNames(db)
  const visible = openVisible(db)
  const lastNumber = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'individual'").pluck()
  const put = db.prepare(
    `INSERT INTO individual (${COLUMNS}) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (number) DO UPDATE SET sex = excluded.sex, family = excluded.family`,
  )
  const families = openFamilies(db)
  const sexes = openSexes(db)
  const hasChanged = watchDatabase(db)
  /** Those lately asked for by number. */
  const known = new Map<number, Individual>()

  function ofNumber(number: number): Individual | undefined {
    const kept = known.get(number)
    if (kept) return kept
    const row = oneByNumber.get(number)
    if (!row) return undefined
    const individual = toIndividual(row)
    if (known.size >= MOST_KEPT) known.clear()
    known.set(number, individual)
    return individual
  }

  return {
    identify(names) {
      let next = (lastNumber.get() ?? 0) + 1
      return names.map((name): Individual => {
        const row = find.get(name)
        return row ? toIndividual(row) : { number: next++, name, pseudonym: createPseudonym(), sex: 'unknown' }
      })
    },
    store: db.transaction((individuals: readonly Individual[]) => {
      for (const { number, name, pseudonym, sex, family } of individuals) {
        put.run(number, name, pseudonym, sex, family ?? null)
      }
      known.clear()
    }),
    list: () => all.all().map(toIndividual),
    findByPseudonym(pseudonym) {
      const row = byPseudonym.get(pseudonym)
      return row && toIndividual(row)
    },
    byNumber(numbers) {
      if (hasChanged()) known.clear()
      const found = numbers.flatMap((number) => ofNumber(number) ?? [])
      return new Map(found.map((individual) => [individual.number, individual]))
    },
    findByName(name) {
      const row = byName.get(name)
      return row && toIndividual(row)
    },
    visible: () => visible.now(),
    everybody: () => visible.everybody(),
    remove(number) {
      removedNames.remove(number)
      known.clear()
    },
    removed: () => new Bitmap(removedNumbers.all()),
    findRemoved: (name) => removedNames.find(name),
    readmit: (name) => removedNames.forget(name),
    countFamilies: (people) => families.count(people),
    sexes,
    close() {
      db.close()
    },
  }
}
