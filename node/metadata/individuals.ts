import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { Bitmap } from '../variants/bitmap.js'

export type Sex = 'male' | 'female' | 'unknown'

/** A person of the node. `number` is node-wide, shared by all datasets and never reused. */
export interface Individual {
  readonly number: number
  readonly name: string
  readonly sex: Sex
  /** Absent: the individual is its own family. */
  readonly family?: string
}

/** What a PED file says of a person. */
export interface PedFacts {
  readonly sex: Sex
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

/** How long a second ingest of the same node waits for the first one's registration or publication. */
const LOCK_WAIT_MS = 30_000

export interface Individuals {
  /** Numbers of people by name, giving new ones to names never seen. */
  register(names: readonly string[]): {
    readonly individuals: readonly Individual[]
    readonly created: readonly number[]
  }
  /** Takes back numbers that an ingest registered and then did not use; they are not given out again. */
  forget(numbers: readonly number[]): void
  /** Runs `publish` and stores the facts with it, while no other process of this node does either. */
  publish(facts: ReadonlyMap<number, PedFacts>, publish: () => void): void
  /** Distinct families of a set of people. */
  countFamilies(people: Bitmap): number
  close(): void
}

/** Opens the node's register of people, creating it on first use. */
export function openIndividuals(nodeDirectory: string): Individuals {
  const db = new Database(join(nodeDirectory, 'individuals.sqlite'), { timeout: LOCK_WAIT_MS })
  db.pragma('journal_mode = WAL')
  db.exec(DDL)
  const find = db.prepare<[string], Omit<Individual, 'family'> & { family: string | null }>(
    'SELECT number, name, sex, family FROM individual WHERE name = ?',
  )
  const insert = db.prepare('INSERT INTO individual (name) VALUES (?)')
  const remove = db.prepare('DELETE FROM individual WHERE number = ?')
  const update = db.prepare('UPDATE individual SET sex = ?, family = ? WHERE number = ?')
  const families = openFamilies(db)

  return {
    register: (names) =>
      db
        .transaction(() => {
          const created: number[] = []
          const individuals = names.map((name): Individual => {
            const row = find.get(name)
            if (row)
              return { number: row.number, name, sex: row.sex, ...(row.family === null ? {} : { family: row.family }) }
            const number = Number(insert.run(name).lastInsertRowid)
            created.push(number)
            return { number, name, sex: 'unknown' }
          })
          return { individuals, created }
        })
        .immediate(),
    forget: (numbers) => db.transaction(() => numbers.forEach((number) => remove.run(number))).immediate(),
    publish: (facts, publish) =>
      db
        .transaction(() => {
          for (const [number, { sex, family }] of facts) update.run(sex, family ?? null, number)
          publish()
        })
        .immediate(),
    countFamilies: (people) => families.count(people),
    close() {
      db.close()
    },
  }
}

/** Family numbers by individual, read anew when another process changed the register. */
function openFamilies(db: Database.Database): { count(people: Bitmap): number } {
  const read = db.prepare<[], [number, string]>('SELECT number, family FROM individual WHERE family IS NOT NULL').raw()
  let version = -1
  let byIndividual = new Map<number, number>()

  function refresh(): void {
    const current = db.pragma('data_version', { simple: true }) as number
    if (current === version) return
    version = current
    const numbers = new Map<string, number>()
    byIndividual = new Map()
    for (const [individual, family] of read.all()) {
      if (!numbers.has(family)) numbers.set(family, numbers.size)
      byIndividual.set(individual, numbers.get(family)!)
    }
  }

  return {
    count(people) {
      refresh()
      if (byIndividual.size === 0) return people.size
      const distinct = new Set<number>()
      let alone = 0
      for (const individual of people) {
        const family = byIndividual.get(individual)
        if (family === undefined) alone++
        else distinct.add(family)
      }
      return alone + distinct.size
    },
  }
}
