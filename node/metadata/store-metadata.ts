import type Database from 'better-sqlite3'
import { Bitmap, toBytes } from '../variants/bitmap.js'
import { buildIndex } from './build-index.js'
import type { Individual } from './individuals.js'
import { openMetadataDatabase } from './metadata-tables.js'
import { createPseudonym } from './pseudonym.js'
import type { MetadataBatch, RecordType } from './record.js'

export interface StoredMetadata {
  readonly added: number
  readonly updated: number
  /** By entry type: what the dataset holds now. */
  readonly records: Readonly<Partial<Record<RecordType, number>>>
}

/** A record that a dataset has already keeps its number and its pseudonym. */
const PUT_RECORD = `
  INSERT INTO record (dataset, type, name, pseudonym, individual, document) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (dataset, type, name) DO UPDATE SET individual = excluded.individual, document = excluded.document`

/**
 * Stores records, cohorts and the dataset's document, replacing what has the same id, and makes the dataset's index anew: all
 * of it or nothing. The caller holds the node's ingest lock and has stored the people before.
 *
 * @param people everybody whom the batch names
 */
export function storeMetadata(
  nodeDirectory: string,
  dataset: string,
  batch: MetadataBatch,
  people: readonly Individual[],
  newPseudonym: () => string = createPseudonym,
): StoredMetadata {
  const db = openMetadataDatabase(nodeDirectory)
  try {
    return db.transaction(() =>
      store(db, dataset, batch, new Map(people.map((one) => [one.name, one])), newPseudonym),
    )()
  } finally {
    db.close()
  }
}

function store(
  db: Database.Database,
  dataset: string,
  batch: MetadataBatch,
  people: ReadonlyMap<string, Individual>,
  newPseudonym: () => string,
): StoredMetadata {
  const has = db.prepare('SELECT 1 FROM record WHERE dataset = ? AND type = ? AND name = ?')
  const put = db.prepare(PUT_RECORD)
  const whoIs = (name: string): Individual => {
    const person = people.get(name)
    if (!person) throw new TypeError('a record is of somebody who was not identified')
    return person
  }
  let added = 0
  for (const { type, id, individual, document } of batch.records) {
    const { number, pseudonym } = whoIs(individual)
    if (!has.get(dataset, type, id)) added++
    put.run(dataset, type, id, type === 'individual' ? pseudonym : newPseudonym(), number, JSON.stringify(document))
  }
  const putCohort = db.prepare('INSERT OR REPLACE INTO cohort VALUES (?, ?, ?, ?)')
  for (const { id, members, document } of batch.cohorts) {
    const set = members && toBytes(new Bitmap(members.map((name) => whoIs(name).number)))
    putCohort.run(dataset, id, JSON.stringify(document), set ?? null)
  }
  if (batch.datasetDocument) {
    db.prepare('INSERT OR REPLACE INTO dataset_document VALUES (?, ?)').run(
      dataset,
      JSON.stringify(batch.datasetDocument),
    )
  }
  buildIndex(db, dataset)
  const count = db
    .prepare<[string], { type: RecordType; records: number }>(
      'SELECT type, COUNT(*) AS records FROM record WHERE dataset = ? GROUP BY type',
    )
    .all(dataset)
  return {
    added,
    updated: batch.records.length - added,
    records: Object.fromEntries(count.map(({ type, records }) => [type, records])),
  }
}

/** Deletes every record of a person from every dataset, and takes the person out of every cohort. */
export function removeRecordsOf(nodeDirectory: string, individual: number): void {
  const db = openMetadataDatabase(nodeDirectory)
  try {
    db.transaction(() => {
      const datasets = db
        .prepare<[number], string>('SELECT DISTINCT dataset FROM record WHERE individual = ?')
        .pluck()
        .all(individual)
      db.prepare('DELETE FROM record WHERE individual = ?').run(individual)
      for (const dataset of datasets) buildIndex(db, dataset)
      const cohorts = db
        .prepare<[], { dataset: string; id: string; members: Buffer }>(
          'SELECT dataset, id, members FROM cohort WHERE members IS NOT NULL',
        )
        .all()
      const shrink = db.prepare('UPDATE cohort SET members = ? WHERE dataset = ? AND id = ?')
      for (const { dataset, id, members } of cohorts) {
        const set = Bitmap.deserialize(members, 'portable')
        if (set.delete(individual)) shrink.run(toBytes(set), dataset, id)
      }
    })()
  } finally {
    db.close()
  }
}

/** Forgets what a dataset that is removed had. */
export function removeMetadataOf(nodeDirectory: string, dataset: string): void {
  const db = openMetadataDatabase(nodeDirectory)
  try {
    db.transaction(() => {
      for (const table of ['record', 'cohort', 'dataset_document']) {
        db.prepare(`DELETE FROM ${table} WHERE dataset = ?`).run(dataset)
      }
      buildIndex(db, dataset)
    })()
  } finally {
    db.close()
  }
}
