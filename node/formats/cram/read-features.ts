import { FormatError } from '../format-error.js'
import { type BytesReader, type NumberReader } from './encodings.js'
import { MismatchWriter } from './mismatches.js'
import { type ReferenceBases } from './reference.js'

/** The data series that differences of a read to its reference are written in, by their names in the specification. */
export interface FeatureSeries {
  readonly FN: NumberReader
  readonly FC: NumberReader
  readonly FP: NumberReader
  readonly BS: NumberReader
  readonly BA: NumberReader
  readonly QS: NumberReader
  readonly DL: NumberReader
  readonly RS: NumberReader
  readonly PD: NumberReader
  readonly HC: NumberReader
  readonly IN: BytesReader
  readonly SC: BytesReader
  readonly BB: BytesReader
  readonly QQ: BytesReader
}

/** A read as it lies on its reference. */
export interface PlacedBases {
  /** As BAM writes it: length and operation in one number. */
  readonly cigar: readonly number[]
  /** Letters; `=` where nothing says which. */
  readonly bases: Buffer
  /** Bases of the reference that it goes along. */
  readonly referenceLength: number
  /** How it differs, as the optional fields MD and NM say it; absent: there is no reference. */
  readonly mismatches?: { readonly md: string; readonly nm: number }
}

const [MATCH, INSERTION, DELETION, SKIP, SOFT_CLIP, HARD_CLIP, PADDING] = [0, 1, 2, 3, 4, 5, 6] as const
const UNKNOWN_BASE = 'N'.charCodeAt(0)
const ANY_BASE = '='.charCodeAt(0)
/** The quality of bases without one, where others of the read have one: as all writers of BAM do. */
const DEFAULT_QUALITY = 30
export const MISSING_QUALITY = 0xff

/**
 * Puts a read together of its reference and its differences to it (CRAM specification section 10.6), as htslib does.
 *
 * @param length bases of the read
 * @param start of the read on its contig, 0-based
 * @param qualities are changed where the differences say so
 */
export function readFeatures(
  series: FeatureSeries,
  substitutions: readonly (readonly string[])[],
  reference: ReferenceBases | undefined,
  length: number,
  start: number,
  qualities: Buffer,
): PlacedBases {
  const cigar = new CigarWriter()
  // A read without its bases has differences all the same, for its CIGAR.
  const isKnown = length > 0
  const bases = Buffer.alloc(length, ANY_BASE)
  const mismatches = new MismatchWriter()
  let inRead = 0
  let onReference = start
  let position = 0

  /** Bases that are as the reference has them. */
  function match(count: number): void {
    cigar.add(count, MATCH)
    if (reference) {
      const known = reference.read(onReference, onReference + count)
      if (isKnown) {
        bases.fill(UNKNOWN_BASE, inRead, inRead + count)
        known.copy(bases, inRead)
      }
      const isBeyond = onReference + count > reference.length
      if (isBeyond) mismatches.match(count)
      else mismatches.matchBases(known)
    }
    inRead += count
    onReference += count
  }

  function put(inserted: Buffer): void {
    if (isKnown && inRead + inserted.length > length)
      throw new FormatError('the CRAM data are corrupt: a read is longer than itself')
    inserted.copy(bases, inRead)
    inRead += inserted.length
  }

  function setQuality(at: number, values: Buffer): void {
    if (isKnown && at + values.length > length)
      throw new FormatError('the CRAM data are corrupt: a quality without a base')
    if (qualities[0] === MISSING_QUALITY) qualities.fill(DEFAULT_QUALITY)
    values.copy(qualities, at)
  }

  /** Bases that stand for themselves, and differ as far as MD and NM are concerned. */
  function replace(replacement: Buffer): void {
    cigar.add(replacement.length, MATCH)
    if (reference && onReference < reference.length) {
      mismatches.replace(reference.read(onReference, onReference + replacement.length))
    } else if (reference) mismatches.leaveReference()
    put(replacement)
    onReference += replacement.length
  }

  function substitute(code: number): void {
    const isOnReference = reference !== undefined && onReference < reference.length
    const base = isOnReference ? reference.read(onReference, onReference + 1) : Buffer.from('N')
    const row = 'ACGT'.indexOf(base.toString('latin1'))
    cigar.add(1, MATCH)
    const letter = substitutions.at(row)![code]
    if (letter === undefined) throw new FormatError('the CRAM data are corrupt: there is no such substitution')
    if (reference) {
      if (isOnReference) mismatches.replace(base)
      else mismatches.leaveReference()
    }
    put(Buffer.from(letter))
    onReference++
  }

  function remove(count: number): void {
    if (count < 0) throw new FormatError('the CRAM data are corrupt: a negative length')
    cigar.add(count, DELETION)
    if (reference) mismatches.remove(reference.read(onReference, onReference + count), count)
    onReference += count
  }

  function insert(inserted: Buffer): void {
    cigar.add(inserted.length, INSERTION)
    mismatches.insert(inserted.length)
    put(inserted)
  }

  const readers: Readonly<Record<string, () => void>> = {
    S: () => {
      const clipped = series.SC()
      cigar.addSeparately(clipped.length, SOFT_CLIP)
      put(clipped)
    },
    X: () => substitute(series.BS()),
    D: () => remove(series.DL()),
    I: () => insert(series.IN()),
    i: () => insert(Buffer.from([series.BA()])),
    b: () => replace(series.BB()),
    B: () => {
      replace(Buffer.from([series.BA()]))
      setQuality(position - 1, Buffer.from([series.QS()]))
    },
    Q: () => setQuality(position - 1, Buffer.from([series.QS()])),
    q: () => setQuality(position - 1, series.QQ()),
    H: () => cigar.add(nonNegative(series.HC()), HARD_CLIP),
    P: () => cigar.add(nonNegative(series.PD()), PADDING),
    N: () => {
      const count = nonNegative(series.RS())
      cigar.add(count, SKIP)
      onReference += count
    },
  }

  for (let count = series.FN(); count > 0; count--) {
    const code = String.fromCharCode(series.FC())
    position += series.FP()
    if (position < 1 || (isKnown && position > length + 1))
      throw new FormatError('the CRAM data are corrupt: a difference outside its read')
    if (position - 1 > inRead) match(position - 1 - inRead)
    const read = readers[code]
    if (!read) throw new FormatError(`the CRAM data are corrupt: there is no difference ${code}`)
    read()
  }
  if (inRead < length) match(length - inRead)
  return {
    cigar: cigar.finish(),
    bases,
    referenceLength: onReference - start,
    ...(reference ? { mismatches: mismatches.finish() } : {}),
  }
}

function nonNegative(count: number): number {
  if (count < 0) throw new FormatError('the CRAM data are corrupt: a negative length')
  return count
}

/** Operations of the same kind that follow one another are one. */
class CigarWriter {
  readonly #operations: number[] = []
  #length = 0
  #operation: number = MATCH

  add(length: number, operation: number): void {
    if (operation !== this.#operation) this.#close()
    this.#operation = operation
    this.#length += length
  }

  addSeparately(length: number, operation: number): void {
    this.#close()
    this.#operations.push(length * 16 + operation)
  }

  finish(): readonly number[] {
    this.#close()
    return this.#operations
  }

  #close(): void {
    if (this.#length > 0) this.#operations.push(this.#length * 16 + this.#operation)
    this.#length = 0
  }
}
