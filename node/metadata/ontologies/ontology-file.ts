import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { OntologyError } from './ontology-error.js'

/** Raised whenever the tables change; in the same transaction as the tables, so that nobody meets a file without them. */
export const ONTOLOGIES_LAYOUT = 1

const DDL = `
  CREATE TABLE ontology (
    ontology INTEGER PRIMARY KEY,
    prefix TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    version TEXT NOT NULL,
    iriPrefix TEXT NOT NULL,
    file TEXT NOT NULL,
    addDateTime TEXT NOT NULL,
    counts TEXT NOT NULL
  );
  CREATE TABLE term (
    ontology INTEGER NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    label TEXT NOT NULL,
    isObsolete INTEGER NOT NULL,
    current INTEGER NOT NULL,
    replacedBy TEXT,
    consider TEXT,
    isUndefined INTEGER NOT NULL,
    PRIMARY KEY (ontology, number)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX term_id ON term (id, ontology);
  CREATE TABLE descendants (
    ontology INTEGER NOT NULL,
    number INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (ontology, number, first)
  ) WITHOUT ROWID;
  PRAGMA user_version = ${ONTOLOGIES_LAYOUT};
`

export function ontologyFilePath(nodeDirectory: string): string {
  return join(nodeDirectory, 'ontologies.sqlite')
}

/**
 * Opens the node's ontologies for a change, making the file on first use.
 *
 * @throws OntologyError it cannot be opened
 */
export function openForChange(nodeDirectory: string): Database.Database {
  return openChecked(nodeDirectory, () => {
    const db = new Database(ontologyFilePath(nodeDirectory))
    // A node that is serving reads on while another process writes.
    db.pragma('journal_mode = WAL')
    db.transaction(() => {
      if (db.pragma('user_version', { simple: true }) === 0) db.exec(DDL)
    }).immediate()
    return db
  })
}

/**
 * Opens the node's ontologies for reading.
 *
 * @returns undefined when there are none yet
 * @throws OntologyError the file cannot be read
 */
export function openForReading(nodeDirectory: string): Database.Database | undefined {
  const path = ontologyFilePath(nodeDirectory)
  if (!existsSync(path)) return undefined
  const db = openChecked(nodeDirectory, () => new Database(path, { readonly: true, fileMustExist: true }))
  if (db.pragma('user_version', { simple: true }) !== 0) return db
  db.close()
  return undefined
}

function openChecked(nodeDirectory: string, open: () => Database.Database): Database.Database {
  const path = ontologyFilePath(nodeDirectory)
  let db: Database.Database | undefined
  try {
    db = open()
    const layout = db.pragma('user_version', { simple: true })
    if (layout === 0 || layout === ONTOLOGIES_LAYOUT) return db
  } catch (error) {
    db?.close()
    // By name: where the module is loaded twice in a process, its errors are of the class of only one of the two.
    const { name, message } = error as Error
    if (name !== 'SqliteError') throw error
    throw new OntologyError(path, undefined, `the ontologies cannot be opened (${message})`)
  }
  db.close()
  throw new OntologyError(
    path,
    undefined,
    'the file is of another version of this program; remove it and add them again',
  )
}
