import type { TextLine } from './lines.js'
import type { VcfRecord } from './record.js'

const TAB = 9
const COLON = 58

/**
 * The text of one FORMAT field in each sample column, in order; an empty text where the column ends before it. For the few
 * records of which more than GT and GQ is read.
 */
export function readSampleField(line: TextLine, record: VcfRecord, key: string): readonly string[] | undefined {
  const field = record.formatKeys.indexOf(key)
  if (field < 0) return undefined
  const { bytes, end } = line
  const values: string[] = []
  for (let at = record.samplesStart; at <= end;) {
    const tab = bytes.indexOf(TAB, at)
    const stop = tab < 0 || tab > end ? end : tab
    values.push(fieldAt(bytes, at, stop, field))
    at = stop + 1
  }
  return values
}

function fieldAt(bytes: Buffer, from: number, to: number, field: number): string {
  let at = from
  for (let skipped = 0; skipped < field; skipped++) {
    const colon = bytes.indexOf(COLON, at)
    if (colon < 0 || colon >= to) return ''
    at = colon + 1
  }
  const colon = bytes.indexOf(COLON, at)
  return bytes.toString('latin1', at, colon < 0 || colon > to ? to : colon)
}

/** FORMAT keys under which callers write allele fractions, one number for each ALT (Mutect2 and others; mtDNA-Server, MToolBox). */
const FRACTION_KEYS = ['AF', 'VAF', 'HF']

/**
 * Tells the fraction of reads that show an allele, from the caller's own field, else (also where a sample has none) from the
 * allele depths (`AD`). What is not between 0 and 1 is no fraction, and of a field that has not one value for each ALT it is not
 * known which are meant.
 *
 * @returns by sample column and ALT index (1 = first ALT); NaN where it is not known; undefined when no field tells
 */
export function readAlleleFractions(
  line: TextLine,
  record: VcfRecord,
): ((sample: number, allele: number) => number) | undefined {
  const stated = FRACTION_KEYS.map((key) => readSampleField(line, record, key)).find((values) => values !== undefined)
  const depths = readSampleField(line, record, 'AD')
  if (!stated && !depths) return undefined
  return (sample, allele) => {
    const values = stated?.[sample]?.split(',') ?? []
    const fraction = values.length === record.alts.length ? toFraction(toNumber(values[allele - 1])) : NaN
    if (!Number.isNaN(fraction)) return fraction
    const numbers = (depths?.[sample] ?? '').split(',').map(toNumber)
    const sum = numbers.reduce((total, number) => total + number, 0)
    return sum > 0 ? toFraction((numbers[allele] ?? NaN) / sum) : NaN
  }
}

function toFraction(number: number): number {
  return number >= 0 && number <= 1 ? number : NaN
}

function toNumber(text: string | undefined): number {
  return text === undefined || text === '' || text === '.' ? NaN : Number(text)
}
