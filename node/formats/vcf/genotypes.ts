import { FormatError } from '../format-error.js'
import { listOtherColumns } from './plain-columns.js'
import { columnCountError, LEADING_COLUMNS, type VcfRecord } from './record.js'
import type { TextLine } from './lines.js'

const TAB = 9
const DOT = 46
const SLASH = 47
const ZERO = 48
const COLON = 58
const PIPE = 124

/** The allele was not called (`.`), or the call is below the dataset's policy. */
export const MISSING = -1
/** There is no second allele: the call is haploid. */
export const ABSENT = -2

/**
 * The calls of one record, by sample column: allele indexes (0 = reference), MISSING or ABSENT. Reused for every record.
 * Most calls of a cohort are `0|0`; the others are listed, so that nobody need look at all of them.
 */
export interface Genotypes {
  readonly first: Int16Array
  readonly second: Int16Array
  /** The first `listed` entries: columns whose call is not two reference alleles, in ascending order. */
  readonly columns: Uint32Array
  listed: number
  /** Calls with more than two alleles, taken as missing. */
  polyploid: number
}

export function createGenotypes(samples: number): Genotypes {
  return {
    first: new Int16Array(samples),
    second: new Int16Array(samples),
    columns: new Uint32Array(samples),
    listed: 0,
    polyploid: 0,
  }
}

/** Bytes of a column `0|0` with its tab. */
const COLUMN_BYTES = 4
/** Such a column as the 32-bit number that its bytes are, two of them as a 64-bit one: one comparison instead of many. */
const PHASED = Buffer.from('0|0\t', 'latin1').readInt32LE(0)
const UNPHASED = Buffer.from('0/0\t', 'latin1').readInt32LE(0)
const PHASED_TWICE = toDouble('0|0\t0|0\t')
const UNPHASED_TWICE = toDouble('0/0\t0/0\t')

/** Compared as a double, bits are equal when values are: both patterns are ordinary numbers, neither zero nor NaN. */
function toDouble(text: string): number {
  return Buffer.from(text, 'latin1').readDoubleLE(0)
}

/**
 * Reads the GT of every sample by scanning the line's bytes; no string is made.
 *
 * @param minimumGq a call whose GQ is below becomes missing; a missing GQ is no reason
 * @throws FormatError malformed GT, an allele index without ALT, more or fewer columns than samples
 */
export function readGenotypes(line: TextLine, record: VcfRecord, minimumGq: number, out: Genotypes): void {
  clear(out)
  const hasFields = record.gtIndex === 0 && record.formatKeys.length > 1
  const next = hasFields ? readWithFields(line, record, minimumGq, out) : readEach(line, record, minimumGq, out)
  if (next !== line.end + 1) throw columnCountError(line, out.first.length + LEADING_COLUMNS)
}

/** Where GT is followed by other fields. Returns the offset after the last column's tab. */
function readWithFields(line: TextLine, record: VcfRecord, minimumGq: number, out: Genotypes): number {
  const { bytes, end } = line
  const { first, second, columns } = out
  const { gqIndex, samplesStart: from } = record
  const samples = first.length
  const highest = record.alts.length
  const { listed, entries, shift, passed, next } = listOtherColumns({ bytes, from, end, samples, gqIndex, minimumGq })
  for (let index = 0; index < listed; index++) {
    const entry = entries[2 * index]!
    const at = entries[2 * index + 1]! - shift
    const sample = entry >>> 1
    const isEnough = (entry & 1) === 1
    const a = bytes[at]! - ZERO
    const b = bytes[at + 2]! - ZERO
    if (!isEnough || !isDigit(a) || !isDigit(b) || !isSeparator(bytes[at + 1]!) || !endsGt(bytes[at + 3]!)) {
      readOne(line, record, minimumGq, out, sample, at)
      continue
    }
    if (a > highest || b > highest) throw alleleIndexError(sample, Math.max(a, b), highest)
    first[sample] = a
    second[sample] = b
    columns[out.listed++] = sample
  }
  if (passed < samples) throw columnCountError(line, samples + LEADING_COLUMNS)
  return next
}

/** Where GT stands alone, or is not first, or is not there. Returns the offset after the last column's tab. */
function readEach(line: TextLine, record: VcfRecord, minimumGq: number, out: Genotypes): number {
  const { bytes, end } = line
  const { first, second, columns } = out
  const highest = record.alts.length
  const samples = first.length
  const isGtFirst = record.gtIndex === 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = record.samplesStart
  for (let sample = 0; sample < samples; sample++) {
    // The common form is a one-digit diploid GT, e.g. `0|1`. Its four bytes are one number.
    const word = isGtFirst && at + COLUMN_BYTES <= end ? view.getInt32(at, true) : 0
    if (word === PHASED || word === UNPHASED) {
      at += COLUMN_BYTES
      const from = at
      const twice = word === PHASED ? PHASED_TWICE : UNPHASED_TWICE
      while (at + 2 * COLUMN_BYTES <= end && view.getFloat64(at, true) === twice) at += 2 * COLUMN_BYTES
      sample += (at - from) / COLUMN_BYTES
      continue
    }
    const a = (word & 0xff) - ZERO
    const b = ((word >> 16) & 0xff) - ZERO
    if (!isDigit(a) || !isDigit(b) || !isSeparator((word >> 8) & 0xff) || word >>> 24 !== TAB) {
      if (at > end) throw columnCountError(line, samples + LEADING_COLUMNS)
      at = readOne(line, record, minimumGq, out, sample, at)
      continue
    }
    if (a > highest || b > highest) throw alleleIndexError(sample, Math.max(a, b), highest)
    at += COLUMN_BYTES
    if (a === 0 && b === 0) continue
    first[sample] = a
    second[sample] = b
    columns[out.listed++] = sample
  }
  return at
}

function isSeparator(byte: number): boolean {
  return byte === PIPE || byte === SLASH
}

function endsGt(byte: number): boolean {
  return byte === COLON || byte === TAB
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9
}

/** Everybody has two reference alleles again. */
function clear(out: Genotypes): void {
  const { first, second, columns, listed } = out
  for (let index = 0; index < listed; index++) {
    first[columns[index]!] = 0
    second[columns[index]!] = 0
  }
  out.listed = 0
  out.polyploid = 0
}

/** Reads one sample column of any form; returns the offset after its tab. */
function readOne(
  line: TextLine,
  record: VcfRecord,
  minimumGq: number,
  out: Genotypes,
  sample: number,
  from: number,
): number {
  const { bytes, end } = line
  out.columns[out.listed++] = sample
  out.first[sample] = MISSING
  out.second[sample] = MISSING
  let lowQuality = false
  let at = from
  for (let field = 0; at <= end; field++) {
    if (field === record.gtIndex) at = readGt(line, record.alts.length, out, sample, at)
    else if (field === record.gqIndex) lowQuality = isBelow(bytes, end, at, minimumGq)
    while (at < end && bytes[at] !== COLON && bytes[at] !== TAB) at++
    const atEnd = at >= end || bytes[at] === TAB
    at++
    if (atEnd) break
  }
  if (lowQuality) {
    out.first[sample] = MISSING
    out.second[sample] = out.second[sample] === ABSENT ? ABSENT : MISSING
  }
  if (out.first[sample] === 0 && out.second[sample] === 0) out.listed--
  return at
}

function readGt(line: TextLine, highest: number, out: Genotypes, sample: number, from: number): number {
  const { bytes, end } = line
  let at = from
  for (let copy = 0; ; copy++) {
    let allele = MISSING
    if (at < end && bytes[at] === DOT) {
      at++
    } else {
      const digits = at
      allele = 0
      while (at < end && bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9) allele = allele * 10 + bytes[at++]! - ZERO
      if (at === digits || at - digits > 4) throw genotypeError(line, sample, from)
      if (allele > highest) throw alleleIndexError(sample, allele, highest)
    }
    if (copy === 0) out.first[sample] = allele
    else if (copy === 1) out.second[sample] = allele
    const next = at < end ? bytes[at] : TAB
    if (next === SLASH || next === PIPE) {
      at++
      continue
    }
    if (next !== TAB && next !== COLON) throw genotypeError(line, sample, from)
    if (copy === 0) out.second[sample] = ABSENT
    if (copy > 1) {
      out.polyploid += 1
      out.first[sample] = MISSING
      out.second[sample] = MISSING
    }
    return at
  }
}

/** Compares the whole part of a number at `at`; text that is no number (`.`) is not below anything. */
function isBelow(bytes: Buffer, end: number, at: number, minimum: number): boolean {
  let value = 0
  let digits = 0
  for (let i = at; i < end && bytes[i]! >= ZERO && bytes[i]! <= ZERO + 9; i++, digits++)
    value = value * 10 + bytes[i]! - ZERO
  return digits > 0 && value < minimum
}

function genotypeError(line: TextLine, sample: number, from: number): FormatError {
  const text = line.bytes.toString('latin1', from, Math.min(line.end, from + 20)).split(/[\t:]/)[0]
  return new FormatError(`sample column ${sample + 1}: "${text}" is no genotype`)
}

function alleleIndexError(sample: number, allele: number, highest: number): FormatError {
  return new FormatError(`sample column ${sample + 1}: allele ${allele} does not exist, the record has ${highest} ALT`)
}
