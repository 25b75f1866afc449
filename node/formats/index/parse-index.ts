import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { VirtualOffset } from '../bgzf/virtual-offset.js'
import { FormatError } from '../format-error.js'
import { ReferenceIndex, type IndexLayout } from './reference-index.js'

/** A binning index of a sorted BGZF file (SAM specification 5.2, the CSI and tabix specifications). Does not change. */
export interface BinningIndex {
  /** Contigs by number, where the index itself names them: those of tabix. */
  readonly names?: readonly string[]
  /** How many contigs it has. */
  readonly references: number
  /** Records without a place, where it says. */
  readonly unplaced?: number
  /** Memory that it keeps, bytes, about. */
  readonly bytes: number
  /** @returns undefined: no record stands on it. @throws FormatError damage */
  reference(number: number): ReferenceIndex | undefined
  /** Where the last record with a place ends; 0 where there is none. Goes through all of the index. @throws FormatError damage */
  findLast(): VirtualOffset
}

/** No index of a real file comes near: 9 MB for a genome's reads at 30x. */
export const MOST_INDEX_BYTES = 1 << 29
const GZIP_MAGIC = 0x8b1f

/** The levels of BAI and TBI: windows of 16 kb, up to 512 Mb. */
const BAI_MIN_SHIFT = 14
const BAI_DEPTH = 5
/** Bins are numbers of 32 bits, and so many levels fill 31 of them. */
const MOST_DEPTH = 9
/** Positions must be exact as numbers. */
const MOST_SPAN_BITS = 52

const CHUNK_BYTES = 16
const WINDOW_BYTES = 8
const TABIX_FIXED_BYTES = 28
/** The low half of tabix' `format`: 0 generic, 1 SAM, 2 VCF. */
const TABIX_VCF = 2

/** Bins that are passed over before others get their turn: about a millisecond. */
const BINS_IN_A_ROW = 20_000

const inflate = promisify(gunzip)

/**
 * Reads a BAI, TBI or CSI index, plain or compressed, by its content. Passes over it once; what it says of a contig is read when
 * that is asked for.
 *
 * @throws FormatError it is none, or damaged
 */
export async function parseIndex(stored: Buffer): Promise<BinningIndex> {
  const bytes = await decompress(stored)
  const cursor = new Cursor(bytes)
  const magic = bytes.toString('latin1', 0, 4)
  cursor.skip(4)
  let layout: IndexLayout
  let names: readonly string[] | undefined
  let references: number
  if (magic === 'BAI\x01' || magic === 'TBI\x01') {
    layout = { minShift: BAI_MIN_SHIFT, depth: BAI_DEPTH, isCsi: false }
    references = cursor.count(8)
    if (magic === 'TBI\x01') names = readTabixNames(cursor.skip(TABIX_FIXED_BYTES), cursor)
  } else if (magic === 'CSI\x01') {
    layout = { ...readLevels(cursor), isCsi: true }
    const auxiliary = new Cursor(cursor.skip(cursor.count(1)))
    if (auxiliary.left >= TABIX_FIXED_BYTES) names = readTabixNames(auxiliary.skip(TABIX_FIXED_BYTES), auxiliary)
    references = cursor.count(4)
  } else {
    throw new FormatError('this is no BAI, TBI or CSI index')
  }
  if (names && names.length < references)
    throw new FormatError('the index is corrupt: it does not name all its contigs')
  const starts = await findReferences(cursor, references, layout)
  const unplaced = cursor.left >= 8 ? bytes.readUIntLE(cursor.at, 6) : undefined
  const opened = new Map<number, ReferenceIndex | undefined>()
  return {
    ...(names ? { names } : {}),
    references,
    ...(unplaced === undefined ? {} : { unplaced }),
    // A table of its bins is added for each contig that is asked for: less than the bins themselves.
    bytes: 2 * bytes.length,
    reference(number) {
      if (!opened.has(number)) {
        const start = starts[number]
        opened.set(number, start === undefined ? undefined : ReferenceIndex.open(bytes, start, layout))
      }
      return opened.get(number)
    },
    findLast() {
      return starts.reduce((last, start) => Math.max(last, ReferenceIndex.open(bytes, start, layout)?.last ?? 0), 0)
    },
  }
}

async function decompress(stored: Buffer): Promise<Buffer> {
  if (stored.length < 2 || stored.readUInt16LE(0) !== GZIP_MAGIC) return stored
  try {
    return await inflate(stored, { maxOutputLength: MOST_INDEX_BYTES })
  } catch {
    throw new FormatError('the index is corrupt: it cannot be decompressed')
  }
}

function readLevels(cursor: Cursor): Pick<IndexLayout, 'minShift' | 'depth'> {
  const minShift = cursor.int32()
  const depth = cursor.int32()
  if (minShift < 1 || depth < 0 || depth > MOST_DEPTH || minShift + 3 * depth > MOST_SPAN_BITS) {
    throw new FormatError(`the index is corrupt: ${depth} levels above windows of 2^${minShift} bases`)
  }
  return { minShift, depth }
}

/** Fields: format, three columns, the character of comments, lines to skip, bytes of the names that follow. */
function readTabixNames(fixed: Buffer, cursor: Cursor): readonly string[] {
  if ((fixed.readInt32LE(0) & 0xffff) !== TABIX_VCF) throw new FormatError('the index is of no VCF file')
  const length = fixed.readInt32LE(24)
  const names = cursor.skip(length).toString('utf8').split('\0')
  if (names.pop() !== '') throw new FormatError('the index is corrupt: its last name has no end')
  if (new Set(names).size < names.length) throw new FormatError('the index is corrupt: it names a contig twice')
  return names
}

/** @returns where each contig's bins begin, and behind them where the last ends */
async function findReferences(cursor: Cursor, references: number, { isCsi }: IndexLayout): Promise<Uint32Array> {
  const starts = new Uint32Array(references)
  let passed = 0
  for (let reference = 0; reference < references; reference++) {
    starts[reference] = cursor.at
    const bins = cursor.count(isCsi ? 16 : 8)
    for (let bin = 0; bin < bins; bin++) {
      cursor.skipBytes(isCsi ? 12 : 4)
      cursor.skipBytes(cursor.count(CHUNK_BYTES) * CHUNK_BYTES)
      if (++passed % BINS_IN_A_ROW === 0) await nextTurn()
    }
    if (!isCsi) cursor.skipBytes(cursor.count(WINDOW_BYTES) * WINDOW_BYTES)
  }
  return starts
}

/** Goes through an index and never beyond its end. */
class Cursor {
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.at
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.skipBytes(4))
  }

  /** A number of things that follow, each of at least `size` bytes. */
  count(size: number): number {
    const count = this.int32()
    if (count < 0 || count * size > this.left) throw damaged()
    return count
  }

  skip(length: number): Buffer {
    const from = this.skipBytes(length)
    return this.#bytes.subarray(from, this.at)
  }

  /** @returns where they begin */
  skipBytes(length: number): number {
    if (length < 0 || length > this.left) throw damaged()
    this.at += length
    return this.at - length
  }
}

function damaged(): FormatError {
  return new FormatError('the index is corrupt: it ends too early')
}
