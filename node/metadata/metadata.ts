import { type Bitmap, fromBytes } from '../variants/bitmap.js'
import { readDatasetIndex, type DatasetIndex } from './dataset-index.js'
import { openMetadataDatabase } from './metadata-tables.js'
import type { Document, RecordType } from './record.js'
import { watchDatabase } from '../watch-database.js'

/** A record as it is stored. */
export interface StoredRecord {
  /** The entity of the index: the record's number, of an individual the person's. */
  readonly entity: number
  readonly type: RecordType
  /** The laboratory's id, which does not leave. */
  readonly name: string
  /** The id that leaves. */
  readonly pseudonym: string
  readonly individual: number
  readonly document: Document
}

export interface StoredCohort {
  readonly id: string
  readonly document: Document
  /** Absent: who belongs to it is not known. */
  readonly members?: Bitmap
}

/** What is known of people beside their alleles, by dataset: what one dataset says is never told of another. */
export interface Metadata {
  /** Undefined when the dataset has no records at all, so that no filter can be decided in it. */
  index(dataset: string): DatasetIndex | undefined
  /** Records by entity, in that order. */
  records(dataset: string, type: RecordType, entities: readonly number[]): readonly StoredRecord[]
  /** One person's records of a type, in the order in which they were stored. */
  recordsOf(dataset: string, type: RecordType, individual: number): readonly StoredRecord[]
  /** The record with this pseudonym. */
  findByPseudonym(dataset: string, type: RecordType, pseudonym: string): StoredRecord | undefined
  /** The record with this id of the laboratory. */
  findByName(dataset: string, type: RecordType, name: string): StoredRecord | undefined
  /** The pseudonym of a record that another refers to by its laboratory's id. */
  pseudonymOf(dataset: string, type: RecordType, name: string): string | undefined
  cohorts(dataset: string): readonly StoredCohort[]
  datasetDocument(dataset: string): Document | undefined
  close(): void
}

type RecordRow = Omit<StoredRecord, 'document' | 'entity'> & { readonly number: number; readonly document: string }

const COLUMNS = 'number, type, name, pseudonym, individual, document'

function toRecord({ number, document, ...row }: RecordRow): StoredRecord {
  const entity = row.type === 'individual' ? row.individual : number
  return { ...row, entity, document: JSON.parse(document) as Document }
}

/** Opens a node's metadata, creating them on first use; what another process stores is seen by the next request. */
export function openMetadata(nodeDirectory: string): Metadata {
  const db = openMetadataDatabase(nodeDirectory)
  const hasChanged = watchDatabase(db)
  let indexes = new Map<string, DatasetIndex | undefined>()
  const hasRecords = db.prepare<[string]>('SELECT 1 FROM record WHERE dataset = ? LIMIT 1')
  const ofPerson = db.prepare<[string, string, number], RecordRow>(
    `SELECT ${COLUMNS} FROM record WHERE dataset = ? AND type = ? AND individual = ? ORDER BY number`,
  )
  const byNumber = db.prepare<[number], RecordRow>(`SELECT ${COLUMNS} FROM record WHERE number = ?`)
  const byPseudonym = db.prepare<[string, string, string], RecordRow>(
    `SELECT ${COLUMNS} FROM record WHERE pseudonym = ? AND dataset = ? AND type = ?`,
  )
  const byName = db.prepare<[string, string, string], RecordRow>(
    `SELECT ${COLUMNS} FROM record WHERE dataset = ? AND type = ? AND name = ?`,
  )
  const pseudonym = db
    .prepare<[string, string, string], string>(
      'SELECT pseudonym FROM record WHERE dataset = ? AND type = ? AND name = ?',
    )
    .pluck()
  const cohorts = db.prepare<[string], { id: string; document: string; members: Buffer | null }>(
    'SELECT id, document, members FROM cohort WHERE dataset = ? ORDER BY id',
  )
  const datasetDocument = db
    .prepare<[string], string>('SELECT document FROM dataset_document WHERE dataset = ?')
    .pluck()

  return {
    index(dataset) {
      if (hasChanged()) indexes = new Map()
      if (!indexes.has(dataset)) {
        indexes.set(dataset, hasRecords.get(dataset) ? readDatasetIndex(db, dataset) : undefined)
      }
      return indexes.get(dataset)
    },
    records(dataset, type, entities) {
      return entities.flatMap((entity) => {
        const row = type === 'individual' ? ofPerson.get(dataset, type, entity) : byNumber.get(entity)
        return row ? [toRecord(row)] : []
      })
    },
    recordsOf: (dataset, type, individual) => ofPerson.all(dataset, type, individual).map(toRecord),
    findByPseudonym(dataset, type, pseudonym) {
      const row = byPseudonym.get(pseudonym, dataset, type)
      return row && toRecord(row)
    },
    findByName(dataset, type, name) {
      const row = byName.get(dataset, type, name)
      return row && toRecord(row)
    },
    pseudonymOf: (dataset, type, name) => pseudonym.get(dataset, type, name),
    cohorts: (dataset) =>
      cohorts.all(dataset).map(({ id, document, members }) => ({
        id,
        document: JSON.parse(document) as Document,
        ...(members ? { members: fromBytes(members) } : {}),
      })),
    datasetDocument(dataset) {
      const text = datasetDocument.get(dataset)
      return text === undefined ? undefined : (JSON.parse(text) as Document)
    },
    close() {
      db.close()
    },
  }
}
