import { FormatError } from './format-error.js'

/** One line of an annotation file. Coordinates 0-based, half-open, whatever the file counts in. */
export interface GffFeature {
  /** As the file names the contig. */
  readonly sequence: string
  /** `gene`, `mRNA`, `exon`, `CDS`… */
  readonly type: string
  readonly start: number
  readonly end: number
  readonly strand: '+' | '-' | '.'
  /** Bases to skip to the first base of a codon; undefined where the file has none. */
  readonly phase: 0 | 1 | 2 | undefined
  readonly attributes: GffAttributes
}

/** Values by name, decoded; a name can have several. */
export type GffAttributes = ReadonlyMap<string, readonly string[]>

export type GffDialect = 'gff3' | 'gtf'

const COLUMNS = 9
const WHOLE_NUMBER = /^[1-9]\d{0,9}$/

/** GFF3 spells attributes `name=value`, GTF `name "value"`. Undefined: neither. */
export function gffDialectOf(line: string): GffDialect | undefined {
  const attributes = line.split('\t')[COLUMNS - 1]
  if (attributes === undefined) return undefined
  if (/^\s*[^\s=;"]+=/.test(attributes)) return 'gff3'
  return /^\s*\w+\s+("[^"]*"|[^\s;]+)\s*(;|$)/.test(attributes) ? 'gtf' : undefined
}

/**
 * Reads a data line of GFF3 (github.com/The-Sequence-Ontology/Specifications, gff3.md) or GTF (GFF2.2).
 *
 * @param isWanted whether a feature of this type is wanted; of others nothing is read
 * @returns undefined for a type that is not wanted
 * @throws FormatError the line is none of the dialect
 */
export function parseGffLine(
  line: string,
  dialect: GffDialect,
  isWanted: (type: string) => boolean,
): GffFeature | undefined {
  const columns = line.split('\t')
  if (columns.length !== COLUMNS) throw new FormatError(`a line has ${COLUMNS} columns, separated by tabs`)
  const [sequence, , type, first, last, , strand, phase, attributes] = columns as [string, ...string[]]
  if (!isWanted(type!)) return undefined
  if (!WHOLE_NUMBER.test(first!) || !WHOLE_NUMBER.test(last!) || Number(first) > Number(last)) {
    throw new FormatError('start and end must be whole numbers from 1, and start not above end')
  }
  return {
    sequence,
    type: type!,
    start: Number(first) - 1,
    end: Number(last),
    strand: strand === '+' || strand === '-' ? strand : '.',
    phase: phase === '0' ? 0 : phase === '1' ? 1 : phase === '2' ? 2 : undefined,
    attributes: dialect === 'gff3' ? parseGff3Attributes(attributes!) : parseGtfAttributes(attributes!),
  }
}

function parseGff3Attributes(text: string): GffAttributes {
  const attributes = new Map<string, string[]>()
  for (const part of text.split(';')) {
    const at = part.indexOf('=')
    if (at < 0) {
      if (part.trim() === '') continue
      throw new FormatError(`"${part.slice(0, 40)}" is no attribute of GFF3: write name=value`)
    }
    const values = part
      .slice(at + 1)
      .split(',')
      .map(decodePercent)
    add(attributes, part.slice(0, at).trim(), values)
  }
  return attributes
}

function decodePercent(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const [SPACE, QUOTE, SEMICOLON] = [0x20, 0x22, 0x3b]

/** Read by hand: a large annotation has tens of millions of attributes. */
function parseGtfAttributes(text: string): GffAttributes {
  const attributes = new Map<string, string[]>()
  let at = 0
  for (;;) {
    while (text.charCodeAt(at) === SPACE) at++
    if (at >= text.length) return attributes
    const space = text.indexOf(' ', at)
    let from = space
    while (text.charCodeAt(from) === SPACE) from++
    const isQuoted = text.charCodeAt(from) === QUOTE
    if (isQuoted) from++
    const semicolon = text.indexOf(isQuoted ? '"' : ';', from)
    const to = semicolon < 0 && !isQuoted ? text.length : semicolon
    let next = isQuoted ? to + 1 : to
    while (text.charCodeAt(next) === SPACE) next++
    const isEnded = next >= text.length || text.charCodeAt(next) === SEMICOLON
    const name = text.slice(at, space)
    if (space <= at || name.includes(';') || to < from || (to === from && !isQuoted) || !isEnded) {
      throw new FormatError(`"${text.slice(at, at + 40)}" is no attribute of GTF: write name "value";`)
    }
    const value = text.slice(from, to)
    add(attributes, name, [isQuoted ? value : value.trimEnd()])
    at = next + 1
  }
}

function add(attributes: Map<string, string[]>, name: string, values: readonly string[]): void {
  const present = attributes.get(name)
  if (present) present.push(...values)
  else attributes.set(name, [...values])
}
