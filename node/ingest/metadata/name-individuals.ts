import type { SampleLink, SourceRecord } from './source-record.js'

/** How the ids of individuals in the files become the names of people on the node. */
export interface Naming {
  nameOf(id: string): string
  /** Why an id cannot be named. */
  problemOf(id: string): string | undefined
}

/**
 * An id that the sample map has as a sample is the map's individual; else an id is the person of that name. Whom the node does not know by
 * the id, it may know by a sample column that the files call theirs.
 *
 * @param isKnown whether the node knows somebody by this name
 */
export function createNaming(
  records: readonly SourceRecord[],
  sampleMap: ReadonlyMap<string, string>,
  isKnown: (name: string) => boolean,
): Naming {
  const personOfSample = (sample: string) => sampleMap.get(sample) ?? sample
  const samples = new Map<string, Set<string>>()
  for (const { individual, sample } of records.flatMap(({ sampleLinks }): readonly SampleLink[] => sampleLinks)) {
    const known = samples.get(individual)
    if (known) known.add(personOfSample(sample))
    else samples.set(individual, new Set([personOfSample(sample)]))
  }
  /** People whom the node knows by the columns of an individual. */
  const byColumn = (id: string) => [...(samples.get(id) ?? [])].filter(isKnown)

  return {
    nameOf(id) {
      const mapped = personOfSample(id)
      if (mapped !== id || isKnown(id)) return mapped
      const [person, ...others] = byColumn(id)
      return person !== undefined && others.length === 0 ? person : id
    },
    problemOf(id) {
      const mapped = personOfSample(id)
      const people = new Set(byColumn(id))
      if (mapped !== id || isKnown(id)) people.add(mapped)
      if (people.size < 2) return undefined
      return 'and its sample columns are several individuals on the node; say by --sample-map who is whom'
    },
  }
}
