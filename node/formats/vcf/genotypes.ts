import { FormatError } from '../format-error.js'
import { columnCountError, type VcfRecord } from './record.js'
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
/** Two such columns as the 64-bit number that eight bytes are: one comparison instead of eight. */
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
  const { bytes, end } = line
  const { first, second, columns } = out
  const { gqIndex } = record
  const highest = record.alts.length
  const samples = first.length
  const isFirst = record.gtIndex === 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  clear(out)
  let at = record.samplesStart
  for (let sample = 0; sample < samples; ) {
    if (isFirst) {
      const from = at
      while (at + 8 <= end && view.getFloat64(at, true) === PHASED_TWICE) at += 8
      while (at + 8 <= end && view.getFloat64(at, true) === UNPHASED_TWICE) at += 8
      sample += (at - from) / COLUMN_BYTES
      if (sample >= samples) break
    }
    if (at > end) throw columnCountError(line, samples + 9)
    // The common form: one-digit diploid GT, first in FORMAT, e.g. `0|1`.
    const a = bytes[at]! - ZERO
    const b = bytes[at + 2]! - ZERO
    const separator = bytes[at + 1]
    const after = at + 3 === end ? TAB : bytes[at + 3]
    if (
      isFirst &&
      at + 3 <= end &&
      (separator === PIPE || separator === SLASH) &&
      a >= 0 &&
      a <= 9 &&
      b >= 0 &&
      b <= 9 &&
      (after === TAB || after === COLON)
    ) {
      if (a > highest || b > highest) throw alleleIndexError(sample, Math.max(a, b), highest)
      at += COLUMN_BYTES
      let lowQuality = false
      if (after === COLON) {
        if (gqIndex > 0) {
          for (let field = 1; field < gqIndex && at < end; at++) {
            const byte = bytes[at]
            if (byte === COLON) field++
            else if (byte === TAB) break
          }
          // At the tab of a column that is cut short there is no digit, so nothing is below.
          lowQuality = isBelow(bytes, end, at, minimumGq)
        }
        while (at < end && bytes[at] !== TAB) at++
        at++
      }
      if (lowQuality) {
        first[sample] = MISSING
        second[sample] = MISSING
        columns[out.listed++] = sample
      } else if (a !== 0 || b !== 0) {
        first[sample] = a
        second[sample] = b
        columns[out.listed++] = sample
      }
    } else {
      at = readOne(line, record, minimumGq, out, sample, at)
    }
    sample++
  }
  if (at !== end + 1) throw columnCountError(line, samples + 9)
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
