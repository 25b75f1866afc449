import { FormatError } from '../format-error.js'
import type { TextLine } from './lines.js'
import type { VcfRecord } from './record.js'

/** A symbolic or breakend ALT with its place, 0-based, half-open (VCF 4.3 sections 3 and 5). */
export interface StructuralAlt {
  /** As written between the brackets, upper case; `CNV:ALLELE` for `<CN0>`, `<CN1>`…; `BND` for a breakend. */
  readonly type: string
  readonly start: number
  readonly end: number
  /** Where it is not the number of bases from start to end. */
  readonly length?: number
  readonly copyNumber?: number
  readonly mate?: Mate
}

/** The other end of a breakend. */
export interface Mate {
  /** `]` or `[` as in the ALT; empty for a single breakend. */
  readonly bracket: string
  /** Empty for a single breakend. */
  readonly chrom: string
  /** 1-based, as written. */
  readonly position: number
  /** The joined sequence stands before the bracket. */
  readonly isBefore: boolean
  /** Bases between the two ends. */
  readonly inserted: string
}

/** What a record without an allele, and `<NON_REF>` and `<*>`, are about: everybody's reference. */
const REFERENCE_ALTS = new Set(['.', '<NON_REF>', '<*>', '<X>'])

export function isReferenceAlt(alt: string): boolean {
  return REFERENCE_ALTS.has(alt)
}

/** The value of an INFO key; undefined when it is absent or `.`. */
export function readInfo(line: TextLine, record: VcfRecord, key: string): string | undefined {
  const text = line.bytes.toString('latin1', record.infoStart, record.infoEnd)
  for (const entry of text.split(';')) {
    if (entry.startsWith(key) && entry[key.length] === '=') {
      const value = entry.slice(key.length + 1)
      return value === '.' ? undefined : value
    }
  }
  return undefined
}

/**
 * INFO END as an exclusive 0-based end.
 *
 * @throws FormatError it is no position
 */
export function readEnd(line: TextLine, record: VcfRecord): number | undefined {
  const text = readInfo(line, record, 'END')
  if (text === undefined) return undefined
  if (!/^\d{1,10}$/.test(text)) throw new FormatError(`INFO END "${text.slice(0, 40)}" is no position`)
  return Number(text)
}

/**
 * Places a symbolic or breakend ALT. The event begins behind the base at POS.
 *
 * @param index of the ALT, 0 for the first
 * @returns undefined when neither END nor SVLEN says where it ends, or END is before it or (by CHR2) on another contig
 * @throws FormatError INFO that cannot be read, a breakend that is none
 */
export function parseStructuralAlt(line: TextLine, record: VcfRecord, index: number): StructuralAlt | undefined {
  const alt = record.alts[index]!
  if (!alt.startsWith('<')) {
    return { type: 'BND', start: record.start, end: record.start + 1, mate: parseMate(alt) }
  }
  const name = alt.slice(1, -1)
  const copies = /^CN(\d{1,3})$/.exec(name)
  // Copies on the allele are another thing than those in a genome, which FORMAT CN tells of a `<CNV>`.
  const type = copies ? 'CNV:ALLELE' : name
  const start = record.start + 1
  const stated = readLength(line, record, index)
  if (isElsewhere(readInfo(line, record, 'CHR2'), record.chrom)) return undefined
  const isInsertion = /^INS\b/.test(type)
  const end = isInsertion ? start : (readEnd(line, record) ?? (stated === undefined ? undefined : start + stated))
  if (end === undefined || end < start) return undefined
  return {
    type,
    start,
    end,
    ...(stated === undefined || isSpan(stated, end - start) ? {} : { length: stated }),
    ...(copies ? { copyNumber: Number(copies[1]) } : {}),
  }
}

/** Callers differ by one in whether SVLEN counts the base at POS. */
function isSpan(stated: number, span: number): boolean {
  return span > 0 && Math.abs(stated - span) <= 1
}

/** Some callers write a translocation as one symbolic ALT, whose END is a position on the contig CHR2. */
function isElsewhere(other: string | undefined, chrom: string): boolean {
  return other !== undefined && other.replace(/^chr/i, '') !== chrom.replace(/^chr/i, '')
}

function readLength(line: TextLine, record: VcfRecord, index: number): number | undefined {
  const values = readInfo(line, record, 'SVLEN')?.split(',')
  const text = values?.[index] ?? values?.[0]
  if (text === undefined || text === '.') return undefined
  if (!/^[+-]?\d{1,10}$/.test(text)) throw new FormatError(`INFO SVLEN "${text.slice(0, 40)}" is no length`)
  return Math.abs(Number(text))
}

const JOINED = /^([A-Z.*]*)([[\]])([^[\]]+):(\d{1,10})\2([A-Z.*]*)$/

const SINGLE = /^(?:\.[A-Z]+|[A-Z]+\.)$/

function parseMate(alt: string): Mate {
  const match = JOINED.exec(alt)
  if (match) {
    const [, before, bracket, chrom, position, after] = match
    const isBefore = before !== ''
    if (isBefore === (after !== '')) throw new FormatError(`ALT "${alt.slice(0, 40)}" is no breakend`)
    // The base next to the reference is the one at POS; what stands beyond it is inserted.
    const inserted = isBefore ? before!.slice(1) : after!.slice(0, -1)
    return { bracket: bracket!, chrom: chrom!, position: Number(position), isBefore, inserted }
  }
  if (!SINGLE.test(alt)) throw new FormatError(`ALT "${alt.slice(0, 40)}" is no breakend`)
  const isBefore = alt.endsWith('.')
  const bases = alt.replaceAll('.', '')
  return { bracket: '', chrom: '', position: 0, isBefore, inserted: isBefore ? bases.slice(1) : bases.slice(0, -1) }
}
