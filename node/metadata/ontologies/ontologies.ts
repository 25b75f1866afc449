import type Database from 'better-sqlite3'
import { prefixOf, toCurie } from './curie.js'
import { openForReading } from './ontology-file.js'
import { readStored } from './store-ontologies.js'

/** An ontology as Beacon's `/filtering_terms` lists it under `resources`. */
export interface OntologyResource {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly version: string
  readonly nameSpacePrefix: string
  readonly iriPrefix: string
}

export interface OntologyTerm {
  /** Of the current term. */
  readonly id: string
  readonly label: string
  readonly obsolete: boolean
  /** Of an obsolete term: what replaces it, where no loaded ontology has that. */
  readonly replacedBy?: string
  /** Of an obsolete term without a sure replacement: what may be meant. */
  readonly consider?: readonly string[]
}

/**
 * The node's ontologies. Ids are CURIEs (`HP:0000118`) or the IRIs of such. A term is looked up in the ontology of its own
 * prefix; where that is not loaded or lacks it, in all others whose files have it.
 */
export interface Ontologies {
  /** By prefix. */
  resources(): readonly OntologyResource[]
  /** The current term for an id: alternative ids and replaced terms lead to it. */
  find(id: string): OntologyTerm | undefined
  /** An ontology of the id's prefix is loaded, so that an id which is not found is a wrong one. */
  knowsPrefix(id: string): boolean
  /**
   * The term with all that descend from it by `is_a`, and all alternative and replaced ids of these, so that data match which
   * were coded with an old id. Of an id that is not known the id alone.
   */
  descendants(id: string): readonly string[]
  close(): void
}

interface TermRow {
  readonly ontology: number
  readonly prefix: string
  readonly number: number
  readonly id: string
  readonly label: string
  readonly isObsolete: number
  readonly replacedBy: string | null
  readonly consider: string | null
  readonly isUndefined: number
}

/** An open file with what is asked of it. */
interface OpenFile {
  readonly db: Database.Database
  readonly version: Database.Statement<[], number>
  readonly term: Database.Statement<[string], TermRow>
  readonly below: Database.Statement<[number, number], string>
}

const TERM = `
  SELECT current.*, ontology.prefix AS prefix
  FROM term AS asked
  JOIN term AS current ON current.ontology = asked.ontology AND current.number = asked.current
  JOIN ontology ON ontology.ontology = asked.ontology
  WHERE asked.id = ?
  ORDER BY ontology.prefix
`

/** One text of all ids, which have no spaces: a row for each of 24,000 takes 8.6 ms instead of 5.6. */
const BELOW = `
  SELECT coalesce(group_concat(term.id, ' '), '') FROM descendants
  JOIN term ON term.ontology = descendants.ontology AND term.number BETWEEN descendants.first AND descendants.last
  WHERE descendants.ontology = ? AND descendants.number = ?
`

/** Ids that are kept from question to question: some megabytes, and the largest ontologies' roots are among them. */
const MOST_KEPT_IDS = 200_000

/** Replacements lead from one ontology to another at most so often; longer ways are circles. */
const MOST_REPLACEMENTS = 8

/**
 * Opens the node's ontologies for reading. What another process adds or removes is seen from the next turn of the event loop
 * on, also when there was no file before.
 *
 * @throws OntologyError the file cannot be read
 */
export function openOntologies(nodeDirectory: string): Ontologies {
  let file: OpenFile | undefined
  let version: number | undefined
  let resources: readonly OntologyResource[] = []
  const kept = new Map<string, readonly string[]>()
  let keptIds = 0
  let isFresh = false
  let isClosed = false

  /** Looks once in a turn of the event loop, so that all answers of one turn are of one state. */
  function refresh(): OpenFile | undefined {
    if (isClosed) throw new TypeError('the ontologies are closed')
    if (isFresh) return file
    isFresh = true
    setImmediate(() => (isFresh = false))
    file ??= openFile(nodeDirectory)
    // Changes when another connection commits (sqlite.org/pragma.html#pragma_data_version).
    const current = file?.version.get()
    if (!file || current === version) return file
    version = current
    kept.clear()
    keptIds = 0
    resources = readStored(file.db).map(({ prefix, name, url, version: release, iriPrefix }) => {
      return { id: prefix.toLowerCase(), name, url, version: release, nameSpacePrefix: prefix, iriPrefix }
    })
    return file
  }

  function rowsOf({ term }: OpenFile, id: string): readonly TermRow[] {
    const rows = term.all(id)
    const own = rows.filter(({ prefix }) => prefix === prefixOf(id))
    return own.length > 0 ? own : rows
  }

  function find(open: OpenFile, id: string, replacements: number): OntologyTerm | undefined {
    const rows = rowsOf(open, id).filter(({ isUndefined }) => isUndefined === 0)
    const row = rows.find(({ isObsolete, label }) => isObsolete === 0 && label !== '') ?? rows[0]
    if (!row) return undefined
    const { replacedBy, consider } = row
    const replacement = replacedBy === null || replacements === 0 ? undefined : find(open, replacedBy, replacements - 1)
    if (replacement) return replacement
    return {
      id: row.id,
      label: row.label,
      obsolete: row.isObsolete === 1,
      ...(replacedBy === null ? {} : { replacedBy }),
      ...(consider === null ? {} : { consider: consider.split(' ') }),
    }
  }

  function addDescendants(open: OpenFile, id: string, replacements: number, ids: Set<string>): void {
    ids.add(id)
    for (const row of rowsOf(open, id)) {
      ids.add(row.id)
      const below = open.below.get(row.ontology, row.number)
      if (below) for (const descendant of below.split(' ')) ids.add(descendant)
      if (row.replacedBy !== null && replacements > 0) addDescendants(open, row.replacedBy, replacements - 1, ids)
    }
  }

  /** The oldest give way. */
  function keep(id: string, ids: readonly string[]): readonly string[] {
    kept.set(id, ids)
    keptIds += ids.length
    for (const [oldest, { length }] of kept) {
      if (keptIds <= MOST_KEPT_IDS) break
      kept.delete(oldest)
      keptIds -= length
    }
    return ids
  }

  refresh()
  return {
    resources() {
      refresh()
      return resources
    },
    find(id) {
      const open = refresh()
      return open && find(open, toCurie(id) ?? id, MOST_REPLACEMENTS)
    },
    knowsPrefix(id) {
      refresh()
      const prefix = prefixOf(toCurie(id) ?? id)
      return resources.some(({ nameSpacePrefix }) => nameSpacePrefix === prefix)
    },
    descendants(id) {
      const open = refresh()
      const curie = toCurie(id) ?? id
      if (!open) return [curie]
      const known = kept.get(curie)
      if (known) return known
      const ids = new Set<string>()
      addDescendants(open, curie, MOST_REPLACEMENTS, ids)
      return keep(curie, [...ids])
    },
    close() {
      isClosed = true
      file?.db.close()
      file = undefined
    },
  }
}

function openFile(nodeDirectory: string): OpenFile | undefined {
  const db = openForReading(nodeDirectory)
  if (!db) return undefined
  return {
    db,
    version: db.prepare<[], number>('PRAGMA data_version').pluck(),
    term: db.prepare<[string], TermRow>(TERM),
    below: db.prepare<[number, number], string>(BELOW).pluck(),
  }
}
