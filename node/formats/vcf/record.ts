import { FormatError } from '../format-error.js'
import type { TextLine } from './lines.js'
import { isReferenceAlt } from './structural-alt.js'

const TAB = 9
/** Columns before the samples: CHROM POS ID REF ALT QUAL FILTER INFO FORMAT (VCF 4.3 section 1.6). */
export const LEADING_COLUMNS = 9
const INFO_COLUMN = 7
const FORMAT_COLUMN = 8

/** The columns of a data line that ingest reads. Coordinates 0-based, half-open. */
export interface VcfRecord {
  readonly chrom: string
  /** 0-based position of the first base of `ref`; -1 for POS 0 (telomere). */
  readonly start: number
  /** As written; empty when ID is `.`. */
  readonly id: string
  /** Upper case. */
  readonly ref: string
  /** As written, upper case; empty when ALT is `.`. */
  readonly alts: readonly string[]
  /** FILTER is PASS or missing. */
  readonly passesFilter: boolean
  /** FORMAT keys in order. */
  readonly formatKeys: readonly string[]
  /** Where INFO stands in the line's bytes. */
  readonly infoStart: number
  readonly infoEnd: number
  /** Where GT and GQ stand among the FORMAT keys; -1 when absent. */
  readonly gtIndex: number
  readonly gqIndex: number
  /** Offset of the first sample column in the line's bytes. */
  readonly samplesStart: number
}

/** What kind of allele an ALT entry names (VCF 4.3 sections 1.6.1, 5.4). */
export type AltKind = 'sequence' | 'ambiguous-bases' | 'spanning-deletion' | 'structural' | 'reference'

/** @throws FormatError text that is no ALT allele */
export function parseAltKind(alt: string): AltKind {
  if (/^[ACGT]+$/.test(alt)) return 'sequence'
  if (alt === '*') return 'spanning-deletion'
  if (isReferenceAlt(alt)) return 'reference'
  if (/^<[^<>\s;]+>$/.test(alt)) return 'structural'
  if (/^[ACGTUNRYSWKMBDHV]+$/.test(alt)) return 'ambiguous-bases'
  if (/^[^\s]*[[\]][^\s]+[[\]][^\s]*$/.test(alt) || /^(\.[A-Z]+|[A-Z]+\.)$/.test(alt)) return 'structural'
  throw new FormatError(`ALT "${alt.slice(0, 40)}" is no allele`)
}

/**
 * Reads the leading columns of a data line.
 *
 * @param columns how many columns the header has
 * @throws FormatError wrong column count, POS that is no number, REF that is no sequence
 */
export function parseVcfRecord(line: TextLine, columns: number): VcfRecord {
  const { bytes, start, end } = line
  const ends: number[] = []
  let at = start
  for (let column = 0; column < LEADING_COLUMNS; column++) {
    const tab = column === INFO_COLUMN ? indexOfTab(bytes, at, end) : nextTab(bytes, at, end)
    const isLast = tab === end
    // A sites-only file ends with INFO, and has no FORMAT.
    if (isLast !== (columns < LEADING_COLUMNS && column === columns - 1)) throw columnCountError(line, columns)
    ends.push(tab)
    at = isLast ? end : tab + 1
    if (isLast) break
  }
  // One string cut into columns costs half of a string made of each column's bytes.
  const leading = bytes.toString('latin1', start, ends[INFO_COLUMN - 1])
  const text = (column: number) =>
    leading.slice(column === 0 ? 0 : ends[column - 1]! + 1 - start, ends[column]! - start)
  const pos = text(1)
  if (!/^\d{1,10}$/.test(pos)) throw new FormatError(`POS "${pos.slice(0, 40)}" is no whole number`)
  const ref = text(3).toUpperCase()
  if (!/^[ACGTUNRYSWKMBDHV]+$/.test(ref)) throw new FormatError(`REF "${ref.slice(0, 40)}" is no sequence of bases`)
  const id = text(2)
  const alt = text(4).toUpperCase()
  const filter = text(6)
  const infoEnd = ends[INFO_COLUMN]!
  return {
    chrom: text(0),
    start: Number(pos) - 1,
    id: id === '.' ? '' : id,
    ref,
    alts: alt === '.' || alt === '' ? [] : alt.split(','),
    passesFilter: filter === 'PASS' || filter === '.',
    ...formatIndexes(columns < LEADING_COLUMNS ? '' : bytes.toString('latin1', infoEnd + 1, ends[FORMAT_COLUMN])),
    infoStart: ends[INFO_COLUMN - 1]! + 1,
    infoEnd,
    samplesStart: at,
  }
}

/** The offset of the next tab, or `end`: of a column of a few bytes this is cheaper than a native search. */
function nextTab(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== TAB) at++
  return at
}

function indexOfTab(bytes: Buffer, from: number, end: number): number {
  const tab = bytes.indexOf(TAB, from)
  return tab < 0 || tab > end ? end : tab
}

type FormatIndexes = Pick<VcfRecord, 'formatKeys' | 'gtIndex' | 'gqIndex'>

/** Of the last record: in nearly all files every record has the same FORMAT. */
let lastFormat = 'GT'
let lastIndexes: FormatIndexes = { formatKeys: ['GT'], gtIndex: 0, gqIndex: -1 }

function formatIndexes(format: string): FormatIndexes {
  if (format === lastFormat) return lastIndexes
  const formatKeys = format.split(':')
  lastFormat = format
  lastIndexes = { formatKeys, gtIndex: formatKeys.indexOf('GT'), gqIndex: formatKeys.indexOf('GQ') }
  return lastIndexes
}

/** An error that names both numbers of columns. */
export function columnCountError(line: TextLine, columns: number): FormatError {
  const text = line.bytes.toString('latin1', line.start, line.end)
  return new FormatError(`the line has ${text.split('\t').length} columns but the header has ${columns}`)
}
