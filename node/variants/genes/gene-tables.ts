import Database from 'better-sqlite3'
import { join } from 'node:path'
import { FormatError } from '../../formats/format-error.js'

/** Of the tables below. A file of another version is not read: load the annotation again. */
export const GENES_FORMAT = 2

const DDL = `
  CREATE TABLE source (
    assembly TEXT NOT NULL,
    file TEXT NOT NULL,
    version TEXT,
    added TEXT NOT NULL,
    genes INTEGER NOT NULL,
    transcripts INTEGER NOT NULL,
    longest INTEGER NOT NULL,
    PRIMARY KEY (assembly, file)
  ) WITHOUT ROWID;
  CREATE TABLE gene (
    id INTEGER PRIMARY KEY,
    assembly TEXT NOT NULL,
    contig INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    symbol TEXT NOT NULL
  );
  CREATE INDEX gene_assembly ON gene (assembly);
  CREATE TABLE gene_name (
    assembly TEXT NOT NULL,
    name TEXT NOT NULL,
    is_synonym INTEGER NOT NULL,
    gene INTEGER NOT NULL,
    PRIMARY KEY (assembly, name, is_synonym, gene)
  ) WITHOUT ROWID;
  CREATE TABLE transcript (
    id INTEGER PRIMARY KEY,
    assembly TEXT NOT NULL,
    accession TEXT NOT NULL,
    version TEXT,
    protein TEXT,
    protein_version TEXT,
    contig INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    strand TEXT NOT NULL,
    symbol TEXT,
    exons TEXT NOT NULL,
    coding_start INTEGER,
    coding_end INTEGER,
    caveat TEXT,
    coding_caveat TEXT
  );
  CREATE INDEX transcript_place ON transcript (assembly, contig, start, end);
  CREATE INDEX transcript_accession ON transcript (accession, assembly);
  CREATE INDEX transcript_protein ON transcript (protein, assembly) WHERE protein IS NOT NULL;
`

export function genesPath(nodeDirectory: string): string {
  return join(nodeDirectory, 'genes.sqlite')
}

/** @throws FormatError the file was written by another version */
export function requireGenesFormat(db: Database.Database, path: string): void {
  const version = db.pragma('user_version', { simple: true })
  if (version === GENES_FORMAT) return
  db.close()
  throw new FormatError(`${path} was written by another version: remove it and load the genes again`)
}

/** Opens the gene tables for writing, and makes them when there are none. @throws FormatError another version's file */
export function openGeneTables(nodeDirectory: string): Database.Database {
  const path = genesPath(nodeDirectory)
  const db = new Database(path)
  // Readers go on reading what was there until all of the new is.
  db.pragma('journal_mode = WAL')
  db.transaction(() => {
    const isEmpty = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
    if (!isEmpty) return
    db.exec(DDL)
    db.pragma(`user_version = ${GENES_FORMAT}`)
  }).immediate()
  requireGenesFormat(db, path)
  return db
}
