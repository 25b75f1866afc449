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

/** The calls of one record, by sample column: allele indexes (0 = reference), MISSING or ABSENT. Reused for every record. */
export interface Genotypes {
  readonly first: Int16Array
  readonly second: Int16Array
  /** Calls with more than two alleles, taken as missing. */
  polyploid: number
}

export function createGenotypes(samples: number): Genotypes {
  return { first: new Int16Array(samples), second: new Int16Array(samples), polyploid: 0 }
}

/**
 * Reads the GT of every sample by scanning the line's bytes; no string is made.
 *
 * @param minimumGq a call whose GQ is below becomes missing; a missing GQ is no reason
 * @throws FormatError malformed GT, an allele index without ALT, more or fewer columns than samples
 */
export function readGenotypes(line: TextLine, record: VcfRecord, minimumGq: number, out: Genotypes): void {
  const { bytes, end } = line
  const { first, second } = out
  const { gtIndex, gqIndex } = record
  const highest = record.alts.length
  const samples = first.length
  const plain = gtIndex === 0 && gqIndex < 0
  out.polyploid = 0
  let at = record.samplesStart
  for (let sample = 0; sample < samples; sample++) {
    if (at > end) throw columnCountError(line, samples + 9)
    // The common form: one-digit diploid GT, first in FORMAT, e.g. `0|1`.
    const a = bytes[at]! - ZERO
    const b = bytes[at + 2]! - ZERO
    const separator = bytes[at + 1]
    if (plain && at + 3 <= end && (separator === PIPE || separator === SLASH) && a >= 0 && a <= 9 && b >= 0 && b <= 9) {
      const after = at + 3 === end ? TAB : bytes[at + 3]
      if (after === TAB || after === COLON) {
        if (a > highest || b > highest) throw alleleIndexError(sample, Math.max(a, b), highest)
        first[sample] = a
        second[sample] = b
        at += 4
        if (after === COLON) while (at <= end && bytes[at - 1] !== TAB) at++
        continue
      }
    }
    at = readOne(line, record, minimumGq, out, sample, at)
  }
  if (at !== end + 1) throw columnCountError(line, samples + 9)
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
  out.first[sample] = MISSING
  out.second[sample] = MISSING
  let lowQuality = false
  let at = from
  for (let field = 0; at <= end; field++) {
    if (field === record.gtIndex) at = readGt(line, record.alts.length, out, sample, at)
    else if (field === record.gqIndex) lowQuality = isBelow(line, at, minimumGq)
    while (at < end && bytes[at] !== COLON && bytes[at] !== TAB) at++
    const atEnd = at >= end || bytes[at] === TAB
    at++
    if (atEnd) break
  }
  if (lowQuality) {
    out.first[sample] = MISSING
    out.second[sample] = out.second[sample] === ABSENT ? ABSENT : MISSING
  }
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
function isBelow(line: TextLine, at: number, minimum: number): boolean {
  const { bytes, end } = line
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
