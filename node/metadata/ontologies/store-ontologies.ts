import type Database from 'better-sqlite3'
import type { ClosedOntology } from './closure.js'
import { prefixOf } from './curie.js'
import { openForChange, openForReading } from './ontology-file.js'
import { OntologyError } from './ontology-error.js'
import type { ParsedOntology } from './parsed-ontology.js'

/** What a stored ontology has. */
export interface OntologyCounts {
  /** Current terms with the ontology's own prefix. */
  readonly terms: number
  /** Current terms of other ontologies that its file has too. */
  readonly importedTerms: number
  readonly obsoleteTerms: number
  /** Alternative ids and replaced terms: they stand for a current term. */
  readonly alternativeIds: number
  /** Terms that are their own ancestors, by is_a. */
  readonly termsInCycles: number
}

/** A stored ontology as `fyr-node ontology list --json` prints it. */
export interface StoredOntology {
  readonly prefix: string
  readonly name: string
  readonly url: string
  readonly version: string
  readonly iriPrefix: string
  /** Name of the file that it was read from. */
  readonly file: string
  readonly addDateTime: string
  readonly counts: OntologyCounts
}

export interface OntologyToStore {
  readonly parsed: ParsedOntology
  readonly closed: ClosedOntology
  readonly file: string
  readonly addDateTime: string
}

export function countTerms({ prefix }: ParsedOntology, { terms, cycles }: ClosedOntology): OntologyCounts {
  const current = terms.filter(({ number, current, isUndefined, isObsolete }) => {
    return current === number && !isUndefined && !isObsolete
  })
  const own = current.filter(({ id }) => prefixOf(id) === prefix).length
  return {
    terms: own,
    importedTerms: current.length - own,
    obsoleteTerms: terms.filter(({ number, current, isObsolete }) => current === number && isObsolete).length,
    alternativeIds: terms.filter(({ number, current }) => current !== number).length,
    termsInCycles: cycles.reduce((sum, { length }) => sum + length, 0),
  }
}

/**
 * Stores ontologies, each in place of the one with its prefix, all of them or none.
 *
 * @throws OntologyError the node's file cannot be opened
 */
export function storeOntologies(nodeDirectory: string, ontologies: readonly OntologyToStore[]): void {
  const db = openForChange(nodeDirectory)
  try {
    db.transaction(() => {
      for (const ontology of ontologies) storeOne(db, ontology)
    }).immediate()
  } finally {
    db.close()
  }
}

/**
 * Forgets an ontology.
 *
 * @param prefix e.g. `HP`, in upper or lower case
 * @throws OntologyError there is none with this prefix
 */
export function removeOntology(nodeDirectory: string, prefix: string): StoredOntology {
  const loaded = listOntologies(nodeDirectory)
  const found = loaded.find((stored) => stored.prefix.toLowerCase() === prefix.toLowerCase())
  if (!found) {
    const names = loaded.map((stored) => stored.prefix).join(', ')
    const rest = names === '' ? 'none is loaded' : `loaded are: ${names}`
    throw new OntologyError(prefix, undefined, `there is no such ontology; ${rest}`)
  }
  const db = openForChange(nodeDirectory)
  try {
    db.transaction(() => deleteOne(db, found.prefix)).immediate()
  } finally {
    db.close()
  }
  return found
}

/**
 * What is stored, by prefix.
 *
 * @throws OntologyError the node's file cannot be opened
 */
export function listOntologies(nodeDirectory: string): readonly StoredOntology[] {
  const db = openForReading(nodeDirectory)
  if (!db) return []
  try {
    return readStored(db)
  } finally {
    db.close()
  }
}

type OntologyRow = Omit<StoredOntology, 'counts'> & { readonly counts: string }

export function readStored(db: Database.Database): readonly StoredOntology[] {
  const columns = 'prefix, name, url, version, iriPrefix, file, addDateTime, counts'
  return db
    .prepare<[], OntologyRow>(`SELECT ${columns} FROM ontology ORDER BY prefix`)
    .all()
    .map((row) => ({ ...row, counts: JSON.parse(row.counts) as OntologyCounts }))
}

function deleteOne(db: Database.Database, prefix: string): void {
  const ontology = db.prepare<[string], number>('SELECT ontology FROM ontology WHERE prefix = ?').pluck().get(prefix)
  if (ontology === undefined) return
  for (const table of ['term', 'descendants', 'ontology']) {
    db.prepare(`DELETE FROM ${table} WHERE ontology = ?`).run(ontology)
  }
}

function storeOne(db: Database.Database, { parsed, closed, file, addDateTime }: OntologyToStore): void {
  const { prefix, name, url, version, iriPrefix } = parsed
  deleteOne(db, prefix)
  const { lastInsertRowid: ontology } = db
    .prepare(
      `INSERT INTO ontology (prefix, name, url, version, iriPrefix, file, addDateTime, counts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(prefix, name, url, version, iriPrefix, file, addDateTime, JSON.stringify(countTerms(parsed, closed)))
  const putTerm = db.prepare('INSERT INTO term VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  for (const { number, id, label, isObsolete, current, replacedBy, consider, isUndefined } of closed.terms) {
    const considered = consider.length === 0 ? null : consider.join(' ')
    putTerm.run(ontology, number, id, label, +isObsolete, current, replacedBy ?? null, considered, +isUndefined)
  }
  const putRun = db.prepare('INSERT INTO descendants VALUES (?, ?, ?, ?)')
  for (const [number, runs] of closed.descendants.entries()) {
    for (const [first, last] of runs ?? []) putRun.run(ontology, number, first, last)
  }
}
