import Database from 'better-sqlite3'
import { join, resolve } from 'node:path'
import type { SliceFormat } from '../formats/slice.js'
import { toFileKind, type FilePerson, type FileRecord } from './file-record.js'

/** What the node serves by htsget, in one file of its directory. */
const DDL = `
  CREATE TABLE IF NOT EXISTS file (
    id TEXT PRIMARY KEY,
    dataset TEXT NOT NULL,
    format TEXT NOT NULL,
    encrypted INTEGER NOT NULL,
    location TEXT NOT NULL,
    size INTEGER NOT NULL,
    version TEXT NOT NULL,
    index_location TEXT NOT NULL,
    index_version TEXT,
    added TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS file_dataset ON file (dataset);
  CREATE TABLE IF NOT EXISTS file_person (
    file TEXT NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    sample TEXT NOT NULL,
    individual INTEGER NOT NULL,
    PRIMARY KEY (file, place)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS file_person_individual ON file_person (individual);
`

export interface FileRow {
  readonly id: string
  readonly dataset: string
  readonly format: SliceFormat
  readonly encrypted: 0 | 1
  readonly location: string
  readonly size: number
  readonly version: string
  readonly index_location: string
  readonly index_version: string | null
  readonly added: string
}

export function openFileTables(nodeDirectory: string): Database.Database {
  const db = new Database(join(nodeDirectory, 'files.sqlite'))
  db.pragma('journal_mode = WAL')
  db.pragma('foreign_keys = ON')
  db.exec(DDL)
  return db
}

/** Every file of the register, by id. */
export function readFileRecords(db: Database.Database, nodeDirectory: string): readonly FileRecord[] {
  const people = db.prepare<[string], FilePerson>(
    'SELECT sample, individual FROM file_person WHERE file = ? ORDER BY place',
  )
  const rows = db.prepare<[], FileRow>('SELECT * FROM file ORDER BY id').all()
  return rows.map((row) => toRecord(nodeDirectory, row, people.all(row.id)))
}

/** Indexes that the node has built itself. */
export function indexesDirectory(nodeDirectory: string): string {
  return join(resolve(nodeDirectory), 'indexes')
}

/** A node may be moved, so the places of its own indexes are kept as names in their folder. */
export function toKeptIndex(nodeDirectory: string, location: string): string {
  const folder = `${indexesDirectory(nodeDirectory)}/`
  return location.startsWith(folder) ? location.slice(folder.length) : location
}

/** Whether an index as it is kept is one of the node's own. */
export function isOwnIndex(kept: string): boolean {
  return !kept.includes('/')
}

export function toRecord(nodeDirectory: string, row: FileRow, people: readonly FilePerson[]): FileRecord {
  const kept = row.index_location
  return {
    id: row.id,
    datasetId: row.dataset,
    kind: toFileKind(row.format),
    format: row.format,
    isEncrypted: row.encrypted === 1,
    location: row.location,
    size: row.size,
    version: row.version,
    indexLocation: isOwnIndex(kept) ? join(indexesDirectory(nodeDirectory), kept) : kept,
    ...(row.index_version === null ? {} : { indexVersion: row.index_version }),
    people,
    addDateTime: row.added,
  }
}
