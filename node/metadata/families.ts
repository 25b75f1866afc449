import type Database from 'better-sqlite3'
import type { Bitmap } from '../variants/bitmap.js'
import { watchDatabase } from '../watch-database.js'

/** Families by individual, read anew when another process changed the register. */
export function openFamilies(db: Database.Database): { count(people: Bitmap): number } {
  const read = db.prepare<[], [number, string]>('SELECT number, family FROM individual WHERE family IS NOT NULL').raw()
  const hasChanged = watchDatabase(db)
  let byIndividual = new Map<number, number>()

  function refresh(): void {
    if (!hasChanged()) return
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
