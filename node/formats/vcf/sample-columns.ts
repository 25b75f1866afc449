import { FormatError } from '../format-error.js'
import type { RecordTransform } from '../slices/sliceable-records.js'
import { findColumns, GenotypeCounts, isCountedOverPeople, isRecounted, type KeptColumns } from './cohort-fields.js'

const TAB = 9
const NEWLINE = 10
const CARRIAGE_RETURN = 13
const DOT = 46
const SLASH = 47
const ZERO = 48
const NINE = 57
const COLON = 58
const PIPE = 124
/** No allele. */
const MISSING = -1
const ALT_COLUMN = 4
const INFO_COLUMN = 7
const FORMAT_COLUMN = 8
/** Columns before the samples. */
const FIXED_COLUMNS = 9
/** As bcftools writes numbers of single precision. */
const FREQUENCY_DIGITS = 6

/**
 * Leaves columns out of VCF lines. AC, AN, AF and NS are counted anew where they stand and the line has genotypes; what else is
 * counted over people goes. Without columns FORMAT goes, too.
 *
 * @param all columns of the file
 * @returns undefined: all stay
 * @throws TypeError the file has no such column; FormatError from the transform: a line has other columns than the header
 */
export function createVcfSampleEdit(all: readonly string[], kept: readonly string[]): RecordTransform | undefined {
  const stay = findColumns(all, kept)
  if (!stay) return undefined
  return (records) => {
    const edited: Buffer[] = []
    for (let at = 0; at < records.length;) {
      const newline = records.indexOf(NEWLINE, at)
      const next = newline < 0 ? records.length : newline + 1
      edited.push(...editLine(records.subarray(at, next), all.length, stay))
      at = next
    }
    return Buffer.concat(edited)
  }
}

function editLine(line: Buffer, samples: number, { columns, stretches }: KeptColumns): readonly Buffer[] {
  let end = line.length
  while (end > 0 && (line[end - 1] === NEWLINE || line[end - 1] === CARRIAGE_RETURN)) end--
  // Where each column begins, and behind them where the next one would.
  const starts = [0]
  for (let at = 0; at < end; at++) if (line[at] === TAB) starts.push(at + 1)
  // A column too few or too many, and another person's would be given.
  if (starts.length !== FIXED_COLUMNS + samples) {
    throw new FormatError(
      `the VCF data are corrupt: a line has ${starts.length} columns, not ${FIXED_COLUMNS + samples}`,
    )
  }
  starts.push(end + 1)
  const textOf = (column: number) => line.toString('latin1', starts[column], starts[column + 1]! - 1)
  const counts = /^GT(:|$)/.test(textOf(FORMAT_COLUMN))
    ? new GenotypeCounts(countAlternates(textOf(ALT_COLUMN)))
    : undefined
  for (const column of counts ? columns : []) {
    const cell = FIXED_COLUMNS + column
    if (!counts!.add(readAlleles(line, starts[cell]!, starts[cell + 1]! - 1))) {
      throw new FormatError('the VCF data are corrupt: a genotype has an allele that the line has not')
    }
  }
  const parts = [line.subarray(0, starts[INFO_COLUMN]), Buffer.from(editInfo(textOf(INFO_COLUMN), counts), 'latin1')]
  if (columns.length > 0) parts.push(line.subarray(starts[FORMAT_COLUMN]! - 1, starts[FIXED_COLUMNS]! - 1))
  for (const { from, to } of stretches) {
    parts.push(line.subarray(starts[FIXED_COLUMNS + from]! - 1, starts[FIXED_COLUMNS + to]! - 1))
  }
  return [...parts, line.subarray(end)]
}

function countAlternates(alt: string): number {
  return alt === '.' ? 0 : alt.split(',').length
}

/** @returns called alleles; NaN among them: this is no genotype */
function readAlleles(line: Buffer, from: number, end: number): number[] {
  const alleles: number[] = []
  let allele = MISSING
  for (let at = from; at <= end; at++) {
    const byte = at < end ? line[at]! : COLON
    if (byte >= ZERO && byte <= NINE) {
      allele = 10 * Math.max(allele, 0) + byte - ZERO
    } else if (byte === SLASH || byte === PIPE || byte === COLON) {
      if (allele !== MISSING) alleles.push(allele)
      if (byte === COLON) break
      allele = MISSING
    } else if (byte !== DOT) {
      return [NaN]
    }
  }
  return alleles
}

function editInfo(info: string, counts: GenotypeCounts | undefined): string {
  const fields = info.split(';').flatMap((field) => {
    const [key] = field.split('=', 1)
    if (counts && isRecounted(key!)) {
      const values = counts.valuesOf(key)
      return values.length === 0 ? [] : [`${key}=${values.map(formatValue).join(',')}`]
    }
    return isCountedOverPeople(key!) ? [] : [field]
  })
  return fields.length === 0 ? '.' : fields.join(';')
}

function formatValue(value: number | undefined): string {
  return value === undefined ? '.' : String(Number(value.toPrecision(FREQUENCY_DIGITS)))
}
