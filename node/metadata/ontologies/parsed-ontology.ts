import { FormatError } from '../../formats/format-error.js'
import { prefixOf } from './curie.js'

/** A term as its file tells of it. All ids are CURIEs. */
export interface ParsedTerm {
  readonly id: string
  label: string
  isObsolete: boolean
  /** `is_a` only; part_of and other relations are not followed. */
  readonly parents: Set<string>
  readonly alternativeIds: Set<string>
  readonly replacedBy: Set<string>
  readonly consider: Set<string>
}

/** What a file says of itself. */
export interface OntologyNaming {
  /** As the file calls itself, e.g. `hp` or `http://purl.obolibrary.org/obo/hp.json`. */
  source?: string
  title?: string
  version?: string
  /** By prefix: what stands before the local part in an IRI, where the file tells. */
  readonly iriPrefixes: Map<string, string>
}

export interface ParsedOntology {
  /** Of the ontology's own terms, e.g. `HP`; the file may have terms of others. */
  readonly prefix: string
  readonly name: string
  readonly url: string
  readonly version: string
  readonly iriPrefix: string
  readonly terms: ReadonlyMap<string, ParsedTerm>
  /** Stanzas or nodes of an id that had one already; they were united. */
  readonly duplicates: number
}

/** Collects the terms of one file; what is said of a term in several places is united. */
export class TermCollector {
  readonly terms = new Map<string, ParsedTerm>()
  readonly naming: OntologyNaming = { iriPrefixes: new Map() }
  duplicates = 0

  /** The term of a stanza or node. */
  begin(id: string): ParsedTerm {
    const known = this.terms.get(id)
    if (known) {
      this.duplicates += 1
      return known
    }
    const term: ParsedTerm = {
      id,
      label: '',
      isObsolete: false,
      parents: new Set(),
      alternativeIds: new Set(),
      replacedBy: new Set(),
      consider: new Set(),
    }
    this.terms.set(id, term)
    return term
  }

  /** @throws FormatError there are no terms */
  finish(): ParsedOntology {
    const { naming, terms, duplicates } = this
    const prefix = findOwnPrefix(terms, naming.source)
    if (prefix === undefined) throw new FormatError('the file has no terms')
    const iriPrefix = naming.iriPrefixes.get(prefix) ?? `http://purl.obolibrary.org/obo/${prefix}_`
    return {
      prefix,
      name: naming.title ?? prefix,
      url: toUrl(naming.source, prefix),
      version: toVersion(naming.version),
      iriPrefix,
      terms,
      duplicates,
    }
  }
}

/** `http://purl.obolibrary.org/obo/hp/hp-base.json` and `hp` both name `hp`. */
function stemOf(source: string): string {
  const last = source.split(/[/#]/).at(-1)!
  return last.split(/[.-]/)[0]!.toLowerCase()
}

/** The prefix that the file names, where it has such terms; else that of most terms. */
function findOwnPrefix(terms: ReadonlyMap<string, ParsedTerm>, source: string | undefined): string | undefined {
  const counts = new Map<string, number>()
  for (const id of terms.keys()) counts.set(prefixOf(id), (counts.get(prefixOf(id)) ?? 0) + 1)
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([prefix]) => prefix)
  const stem = source === undefined ? undefined : stemOf(source)
  return byCount.find((prefix) => prefix.toLowerCase() === stem) ?? byCount[0]
}

function toUrl(source: string | undefined, prefix: string): string {
  if (source && /^https?:\/\//.test(source)) return source
  const path = source ?? prefix.toLowerCase()
  return `http://purl.obolibrary.org/obo/${/\.[a-z]+$/.test(path) ? path : `${path}.owl`}`
}

/** A release's date or number out of what may be a path or an IRI, e.g. `hp/releases/2024-04-26`. */
function toVersion(text: string | undefined): string {
  if (text === undefined) return 'unknown'
  const release = /\d{4}-\d{2}-\d{2}/.exec(text) ?? /v?\d+(?:\.\d+)+[\w-]*/.exec(text)
  return release && text.includes('/') ? release[0] : text
}
