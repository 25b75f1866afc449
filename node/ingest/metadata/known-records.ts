import type { Individual, Individuals } from '../../metadata/individuals.js'
import { openMetadataDatabase } from '../../metadata/metadata-tables.js'
import type { RecordType } from '../../metadata/record.js'
import type { KnownRecords } from './check-references.js'

/** What the node and a dataset have before an ingest. */
export interface NodeRecords extends KnownRecords {
  readonly byName: ReadonlyMap<string, Individual>
}

/** The caller holds the node's ingest lock. */
export function readKnownRecords(nodeDirectory: string, datasetId: string, individuals: Individuals): NodeRecords {
  const people = individuals.list()
  const byName = new Map(people.map((one) => [one.name, one]))
  const names = new Map(people.map(({ number, name }) => [number, name]))
  const owners = new Map<string, string>()
  const db = openMetadataDatabase(nodeDirectory)
  try {
    const rows = db
      .prepare<[string], { type: RecordType; name: string; individual: number }>(
        'SELECT type, name, individual FROM record WHERE dataset = ?',
      )
      .iterate(datasetId)
    for (const { type, name, individual } of rows) owners.set(`${type} ${name}`, names.get(individual) ?? '')
  } finally {
    db.close()
  }
  return {
    byName,
    // Somebody who was removed is known: what refers to that person is no mistake, and is left out.
    hasIndividual: (name) => byName.has(name) || individuals.findRemoved(name) !== undefined,
    ownerOf: (type, id) => owners.get(`${type} ${id}`),
  }
}

/** Numbers of everybody with a record of an individual in the dataset. */
export function readPeopleWithRecord(nodeDirectory: string, datasetId: string): ReadonlySet<number> {
  const db = openMetadataDatabase(nodeDirectory)
  try {
    const numbers = db
      .prepare<[string], number>("SELECT individual FROM record WHERE dataset = ? AND type = 'individual'")
      .pluck()
      .all(datasetId)
    return new Set(numbers)
  } finally {
    db.close()
  }
}
