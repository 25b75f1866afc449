import { FormatError } from '../../formats/format-error.js'
import { toCurie } from './curie.js'
import { TermCollector, type ParsedOntology, type ParsedTerm } from './parsed-ontology.js'

/** What this reads; 1.0 has other ways to say that a term is obsolete. */
const FORMAT_VERSIONS = ['1.2', '1.4']

/** A tag, then a colon; a colon in a tag would be escaped (OBO 1.4 section 2). */
const TAG_VALUE = /^([^:\s]+)\s*:\s*(.*)$/

/** Qualifiers in braces at the end, e.g. `{source="PMID:1", comment="a } b"}`. */
const QUALIFIERS = /\s*\{\s*[\w:.-]+\s*=\s*"(?:[^"\\]|\\.)*"(?:\s*,\s*[\w:.-]+\s*=\s*"(?:[^"\\]|\\.)*")*\s*\}\s*$/

const COMMENT = /\s!(?:\s.*)?$/

/** `"quoted text"` at the beginning of a value. */
const QUOTED = /^"((?:[^"\\]|\\.)*)"/

type Stanza = 'header' | 'term' | 'other'

/**
 * Reads an OBO file (format 1.2 and 1.4) a line at a time. Of a term the id, name, is_a, alt_id, is_obsolete, replaced_by and
 * consider are taken; stanzas of relations and instances are passed over.
 */
export class OboParser {
  readonly #collector = new TermCollector()
  #stanza: Stanza = 'header'
  #term: ParsedTerm | undefined
  /** A term's stanza has begun and has no id yet. */
  #awaitsId = false
  #hasFormat = false
  /** The beginning of a line that goes on in the next one. */
  #begun = ''

  /** @throws FormatError the line is none of an OBO file */
  read(text: string): void {
    const line = this.#begun + text
    this.#begun = ''
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(line)) {
      this.#begun = line.slice(0, -1)
      return
    }
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('!')) return
    if (!this.#hasFormat) return this.#readFormat(trimmed)
    const stanza = /^\[([^\]]+)\]$/.exec(trimmed.replace(COMMENT, '').trim())
    if (stanza) return this.#beginStanza(stanza[1]!)
    const pair = TAG_VALUE.exec(trimmed)
    if (!pair) throw new FormatError(`"${trimmed.slice(0, 40)}" is neither a [Stanza] nor "tag: value"`)
    const [, tag, value] = pair
    if (this.#stanza === 'header') this.#readHeader(tag!, value!)
    else if (this.#stanza === 'term') this.#readTerm(tag!, value!)
  }

  /** @throws FormatError the file ends where it must not, or has no terms */
  finish(): ParsedOntology {
    if (this.#begun !== '') throw new FormatError('the file ends inside a line: it is truncated')
    if (!this.#hasFormat) throw new FormatError('the file is empty')
    this.#endStanza()
    return this.#collector.finish()
  }

  #readFormat(line: string): void {
    const version = /^format-version\s*:\s*(\S+)/.exec(line)?.[1]
    if (version === undefined) {
      throw new FormatError('this is no OBO file: the first line must be "format-version: 1.2" or 1.4')
    }
    if (!FORMAT_VERSIONS.includes(version)) {
      throw new FormatError(`OBO format ${version.slice(0, 20)} cannot be read, only ${FORMAT_VERSIONS.join(' and ')}`)
    }
    this.#hasFormat = true
  }

  #beginStanza(name: string): void {
    this.#endStanza()
    this.#stanza = name === 'Term' ? 'term' : 'other'
    this.#awaitsId = this.#stanza === 'term'
  }

  #endStanza(): void {
    if (this.#awaitsId) throw new FormatError('the [Term] before has no id')
    this.#term = undefined
  }

  #readHeader(tag: string, value: string): void {
    const { naming } = this.#collector
    const text = stripTrailing(value)
    if (tag === 'ontology') naming.source = text
    else if (tag === 'data-version') naming.version = text
    else if (tag === 'idspace') readIdSpace(text, naming.iriPrefixes)
    else if (tag === 'property_value') {
      const [property = '', ...rest] = text.split(/\s+/)
      const quoted = QUOTED.exec(rest.join(' '))
      const content = quoted ? unescape(quoted[1]!) : rest[0]
      if (content === undefined) return
      if (/(?:^|[:/])title$/.test(property)) naming.title ??= content
      if (/versionInfo$/.test(property)) naming.version ??= content
    }
  }

  #readTerm(tag: string, value: string): void {
    if (tag === 'id') return this.#readId(value)
    if (this.#awaitsId) throw new FormatError(`"${tag}" stands before the id of its [Term]`)
    const term = this.#term
    if (!term) return
    switch (tag) {
      case 'name':
        if (term.label === '') term.label = unescape(stripTrailing(value))
        break
      case 'is_a':
        addId(term.parents, tag, value)
        break
      case 'alt_id':
        addId(term.alternativeIds, tag, value)
        break
      case 'replaced_by':
        addId(term.replacedBy, tag, value)
        break
      case 'consider':
        addId(term.consider, tag, value)
        break
      case 'is_obsolete':
        if (!/^(true|false)\b/.test(value))
          throw new FormatError(`is_obsolete is true or false, not "${value.slice(0, 40)}"`)
        if (value.startsWith('true')) term.isObsolete = true
        break
    }
  }

  #readId(value: string): void {
    if (!this.#awaitsId) throw new FormatError('the [Term] has two ids')
    this.#awaitsId = false
    const id = readId('id', value)
    // Ids without a prefix cannot be asked for.
    this.#term = id === undefined ? undefined : this.#collector.begin(id)
  }
}

function addId(ids: Set<string>, tag: string, value: string): void {
  const id = readId(tag, value)
  if (id !== undefined) ids.add(id)
}

/** An id ends at the first space: qualifiers and a comment may follow. */
function readId(tag: string, value: string): string | undefined {
  const written = /^[^\s{]+/.exec(value)?.[0]
  if (written === undefined || written === '!') throw new FormatError(`"${tag}:" without an id`)
  return toCurie(unescape(written))
}

function stripTrailing(value: string): string {
  return value.replace(COMMENT, '').replace(QUALIFIERS, '').trim()
}

/** OBO 1.4 section 2.2: a backslash takes the meaning from what follows; `\n` is a line end, `\W` a space, `\t` a tab. */
function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => {
    if (character === 'n') return '\n'
    if (character === 'W') return ' '
    return character === 't' ? '\t' : character
  })
}

/** `HP http://purl.obolibrary.org/obo/HP_ "description"` */
function readIdSpace(text: string, iriPrefixes: Map<string, string>): void {
  const [prefix, iri] = text.split(/\s+/)
  if (prefix && iri && /^https?:/.test(iri)) iriPrefixes.set(prefix, iri)
}
