import type Database from 'better-sqlite3'
import type { Bitmap } from '../variants/bitmap.js'

/** Families by individual, read anew when another process changed the register. */
export function openFamilies(db: Database.Database): { count(people: Bitmap): number } {
  const read = db.prepare<[], [number, string]>('SELECT number, family FROM individual WHERE family IS NOT NULL').raw()
  // Changes when another connection commits (sqlite.org/pragma.html#pragma_data_version); prepared, because every count asks.
  const readVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  let version: number | undefined
  let byIndividual = new Map<number, number>()

  let isFresh = false

  /** Looks once in a turn of the event loop, however many counts there are in it. */
  function refresh(): void {
    if (isFresh) return
    isFresh = true
    setImmediate(() => (isFresh = false))
    const current = readVersion.get()
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
