import { FormatError } from '../format-error.js'
import type { TextLine } from './lines.js'
import { isReferenceAlt } from './structural-alt.js'

const TAB = 9
const DOT = 0x2e
/** Columns before the samples: CHROM POS ID REF ALT QUAL FILTER INFO FORMAT (VCF 4.3 section 1.6). */
const LEADING_COLUMNS = 9

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
    const tab = bytes.indexOf(TAB, at)
    const isLast = tab < 0 || tab >= end
    // A sites-only file ends with INFO, and has no FORMAT.
    if (isLast !== (columns < LEADING_COLUMNS && column === columns - 1)) throw columnCountError(line, columns)
    ends.push(isLast ? end : tab)
    at = isLast ? end : tab + 1
    if (isLast) break
  }
  const text = (column: number) => bytes.toString('latin1', column === 0 ? start : ends[column - 1]! + 1, ends[column])
  const pos = text(1)
  if (!/^\d{1,10}$/.test(pos)) throw new FormatError(`POS "${pos.slice(0, 40)}" is no whole number`)
  const ref = text(3).toUpperCase()
  if (!/^[ACGTUNRYSWKMBDHV]+$/.test(ref)) throw new FormatError(`REF "${ref.slice(0, 40)}" is no sequence of bases`)
  const alt = text(4).toUpperCase()
  const hasId = ends[2]! > ends[1]! + 1 && !(ends[2]! === ends[1]! + 2 && bytes[ends[1]! + 1] === DOT)
  const filter = text(6)
  const format = columns < LEADING_COLUMNS ? '' : text(8)
  return {
    chrom: text(0),
    start: Number(pos) - 1,
    id: hasId ? text(2) : '',
    ref,
    alts: alt === '.' || alt === '' ? [] : alt.split(','),
    passesFilter: filter === 'PASS' || filter === '.',
    ...formatIndexes(format),
    infoStart: ends[6]! + 1,
    infoEnd: ends[7]!,
    samplesStart: at,
  }
}

const ONLY_GT = { formatKeys: ['GT'], gtIndex: 0, gqIndex: -1 }

function formatIndexes(format: string): Pick<VcfRecord, 'formatKeys' | 'gtIndex' | 'gqIndex'> {
  if (format === 'GT') return ONLY_GT
  const formatKeys = format.split(':')
  return { formatKeys, gtIndex: formatKeys.indexOf('GT'), gqIndex: formatKeys.indexOf('GQ') }
}

/** An error that names both numbers of columns. */
export function columnCountError(line: TextLine, columns: number): FormatError {
  const text = line.bytes.toString('latin1', line.start, line.end)
  return new FormatError(`the line has ${text.split('\t').length} columns but the header has ${columns}`)
}
