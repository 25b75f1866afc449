import Database from 'better-sqlite3'
import { join } from 'node:path'

/**
 * What a node knows of its people beside their alleles, in one file. Records are kept as they came; the index beside them
 * (sets of terms and texts, lists of numbers, whose record is whose) is made anew for a dataset by each ingest.
 * Entities of the index are record numbers; of individuals the node-wide numbers of the people.
 */
const DDL = `
  CREATE TABLE IF NOT EXISTS record (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    individual INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (dataset, type, name)
  );
  CREATE INDEX IF NOT EXISTS record_pseudonym ON record (pseudonym);
  CREATE INDEX IF NOT EXISTS record_individual ON record (individual);
  CREATE TABLE IF NOT EXISTS cohort (
    dataset TEXT NOT NULL,
    id TEXT NOT NULL,
    document TEXT NOT NULL,
    members BLOB,
    PRIMARY KEY (dataset, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dataset_document (dataset TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS term_set (
    dataset TEXT NOT NULL,
    type TEXT NOT NULL,
    term TEXT NOT NULL,
    label TEXT,
    entities BLOB NOT NULL,
    PRIMARY KEY (dataset, type, term)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS text_set (
    dataset TEXT NOT NULL,
    type TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    entities BLOB NOT NULL,
    PRIMARY KEY (dataset, type, field, value)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS number_list (
    dataset TEXT NOT NULL,
    type TEXT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    numbers BLOB NOT NULL,
    entities BLOB NOT NULL,
    PRIMARY KEY (dataset, type, field, kind)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS owner_list (
    dataset TEXT NOT NULL,
    type TEXT NOT NULL,
    entities BLOB NOT NULL,
    individuals BLOB NOT NULL,
    PRIMARY KEY (dataset, type)
  ) WITHOUT ROWID;
`

export function openMetadataDatabase(nodeDirectory: string): Database.Database {
  const db = new Database(join(nodeDirectory, 'metadata.sqlite'))
  db.pragma('journal_mode = WAL')
  db.exec(DDL)
  return db
}

/** The bytes of a typed array as SQLite keeps them; little-endian like every machine that Node runs on here. */
export function toBlob(values: Float64Array | Uint32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}

export function toFloat64(blob: Buffer): Float64Array {
  return new Float64Array(Uint8Array.from(blob).buffer)
}

export function toUint32(blob: Buffer): Uint32Array {
  return new Uint32Array(Uint8Array.from(blob).buffer)
}
