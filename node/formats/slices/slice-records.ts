import { blockOf, type VirtualOffset } from '../bgzf/virtual-offset.js'
import { FormatError } from '../format-error.js'
import type { BinningIndex } from '../index/parse-index.js'
import type { ReferenceIndex } from '../index/reference-index.js'
import type { RandomAccess } from '../random-access.js'
import { NO_RECORD, UNPLACED, type RecordFormat } from './record-format.js'
import { RecordScanner } from './record-scanner.js'
import type { NumberedRegion } from './regions.js'
import type { Piece } from './to-parts.js'

/** A BGZF file of records in the order of their places, and its index. */
export interface IndexedRecords {
  readonly file: RandomAccess
  readonly format: RecordFormat
  readonly index: BinningIndex
  /** Where the first record begins. */
  readonly first: VirtualOffset
  /** In the file: where the end-of-file block begins, or the file's end. */
  readonly end: number
}

/** How the wanted records are given. */
export type Granularity =
  /** Whole blocks untouched where all in them is wanted; a record may begin in one piece and end in the next. */
  | 'blocks'
  /** Content alone, each piece of whole records. */
  | 'records'

/** So many bytes of wanted blocks are worth two cuts; fewer are decompressed and put into blocks again. */
const LEAST_STORED_BYTES = 1 << 17
/** The largest block. */
const MOST_BLOCK_BYTES = 1 << 16

/**
 * The records that overlap the regions, in the file's order, each once.
 *
 * The records of [start, end) in a sorted file are some that begin before `start` and reach into it, and then, without a gap, all that begin in
 * it. The index bounds where the former can stand; of the latter it knows one that is close to the end, so that only what is
 * before the first and from that one on is read. Both are looked at: with a file in order, all between are wanted, whatever the
 * index says.
 *
 * @param regions merged
 * @throws FormatError the file or the index is damaged, or one is not of the other
 */
export async function* sliceRegions(
  records: IndexedRecords,
  regions: readonly NumberedRegion[],
  granularity: Granularity,
  signal?: AbortSignal,
): AsyncGenerator<Piece, void> {
  const scanner = new RecordScanner(records.file, records.end, signal)
  for (const { region, index } of inFileOrder(records.index, regions)) {
    yield* new RegionSlice(records, scanner, region, index, granularity).pieces()
  }
}

/**
 * Everything from a record on to the file's end.
 *
 * @param isUnplaced no record there has a place
 */
export async function* sliceRest(
  { file, format, end }: IndexedRecords,
  from: VirtualOffset,
  granularity: Granularity,
  isUnplaced: boolean,
  signal?: AbortSignal,
): AsyncGenerator<Piece, void> {
  const scanner = new RecordScanner(file, end, signal)
  await scanner.seek(from)
  for (let isFirst = true; ;) {
    const kept = new KeptRecords()
    for (;;) {
      const to = format.endOf(scanner.bytes, scanner.at, scanner.isLast)
      if (to === undefined) break
      const contig = format.contigOf(scanner.bytes, scanner.at, to)
      if (isUnplaced && contig !== UNPLACED) throw unfit('a record with a place stands where there is none')
      if (isFirst && granularity === 'blocks') return yield* blocksToEnd(scanner, end)
      isFirst = false
      if (contig !== NO_RECORD) kept.add(scanner.at, to)
      scanner.at = to
    }
    yield kept.take(scanner.bytes)
    if (!(await scanner.fill())) break
  }
  if (scanner.at < scanner.bytes.length) throw endsInside()
}

function* blocksToEnd(scanner: RecordScanner, end: number): Generator<Piece, void> {
  const next = restOfBlock(scanner)
  yield { kind: 'content', bytes: scanner.bytes.subarray(scanner.at, next.at) }
  yield { kind: 'stored', start: next.block, end }
}

/** The first block with nothing but what stands from `at` on. */
function restOfBlock(scanner: RecordScanner) {
  const { at, nextBlock } = scanner
  return scanner.blockStart === at ? { block: blockOf(scanner.offset), at } : nextBlock
}

/** Contigs stand in a file in the order of its index, which is that of a BCF header only where it was sorted so. */
function inFileOrder(index: BinningIndex, regions: readonly NumberedRegion[]) {
  return regions
    .flatMap((region) => {
      const reference = index.reference(region.contig)
      return reference ? [{ region, index: reference, first: reference.first }] : []
    })
    .sort((a, b) => a.first - b.first)
}

class RegionSlice {
  readonly #records: IndexedRecords
  readonly #scanner: RecordScanner
  readonly #region: NumberedRegion
  readonly #index: ReferenceIndex
  readonly #granularity: Granularity
  /** Start of the record before. */
  #position = -1

  constructor(
    records: IndexedRecords,
    scanner: RecordScanner,
    region: NumberedRegion,
    index: ReferenceIndex,
    granularity: Granularity,
  ) {
    this.#records = records
    this.#scanner = scanner
    this.#region = region
    this.#index = index
    this.#granularity = granularity
  }

  async *pieces(): AsyncGenerator<Piece, void> {
    const scanner = this.#scanner
    const chunks = this.#index.chunks(this.#region.start, this.#region.end)
    const limit = chunks.at(-1)?.end ?? 0
    for (const { begin, end } of chunks) {
      // What is behind the scanner began before an earlier region's end: if it overlaps this region, it overlaps that one too, and was given.
      if (scanner.placeOf(begin) > scanner.at) await scanner.seek(begin)
      const found = yield* this.#scan(end, false)
      if (found === 'behind') return
      if (found === 'inside') {
        if (this.#granularity === 'blocks') yield* this.#skipBlocks()
        yield* this.#scan(limit, true)
        return
      }
    }
  }

  /**
   * Gives what is wanted of the records up to `limit`.
   *
   * @param isInside all from here on begin in the region or behind it
   * @returns where it stopped: before the first that begins in the region, before the first that begins behind it, or at the limit
   */
  async *#scan(limit: VirtualOffset, isInside: boolean): AsyncGenerator<Piece, 'inside' | 'behind' | 'limit'> {
    const scanner = this.#scanner
    const until = blockOf(limit) + MOST_BLOCK_BYTES
    for (;;) {
      const kept = new KeptRecords()
      const found = this.#scanBuffered(kept, scanner.placeOf(limit), isInside)
      yield kept.take(scanner.bytes)
      if (found !== 'more') return found
      if (await scanner.fill(until)) continue
      if (scanner.at < scanner.bytes.length) throw endsInside()
      if (blockOf(limit) > this.#records.file.size) throw unfit('the file ends before')
      return 'limit'
    }
  }

  #scanBuffered(kept: KeptRecords, limit: number, isInside: boolean): 'inside' | 'behind' | 'limit' | 'more' {
    const scanner = this.#scanner
    const { format } = this.#records
    const { bytes } = scanner
    const { contig, start, end, from = 0 } = this.#region
    for (let at = scanner.at; ; scanner.at = at) {
      if (at >= limit) return 'limit'
      const to = format.endOf(bytes, at, scanner.isLast)
      if (to === undefined) return 'more'
      if (to > limit) throw unfit('a stretch ends inside a record')
      const found = format.contigOf(bytes, at, to)
      if (found === contig) {
        const position = format.startOf(bytes, at, to)
        if (position < this.#position) throw new FormatError('the records are not in the order of their places')
        this.#position = position
        if (position >= end) return 'behind'
        if (position >= start && position >= from && !isInside) return 'inside'
        if (position >= from && (isInside || format.stopOf(bytes, at, to) > start)) kept.add(at, to)
      } else if (found !== NO_RECORD) {
        throw unfit('a record stands on another contig')
      }
      at = to
    }
  }

  /**
   * All before a record that begins in the region is wanted: blocks up to it need not be read. That it begins there is seen in the
   * record; the index only says where it stands.
   */
  async *#skipBlocks(): AsyncGenerator<Piece, void> {
    const scanner = this.#scanner
    const chunk = this.#index.lastChunkBefore(this.#region.end)
    const next = restOfBlock(scanner)
    const isLong = (offset: VirtualOffset) => blockOf(offset) - next.block >= LEAST_STORED_BYTES
    if (!chunk || !isLong(chunk.end)) return
    // Behind the stretch is a record that may begin in the region as well; else its first one does, if the index is right.
    const isEndInside = await this.#isInside(chunk.end)
    const stated = isEndInside ? chunk.end : chunk.begin
    if (!isLong(stated)) return
    if (!isEndInside && !(await this.#isInside(stated))) {
      throw unfit('a record of another place stands where one of the region should')
    }
    yield { kind: 'content', bytes: Buffer.from(scanner.bytes.subarray(scanner.at, next.at)) }
    yield { kind: 'stored', start: next.block, end: blockOf(stated) }
    await scanner.seek(stated)
    // What was stored ends with the block before.
    yield { kind: 'content', bytes: Buffer.from(scanner.bytes.subarray(scanner.blockStart, scanner.at)) }
  }

  /** Whether the next record from an offset on begins in the region, seen without moving on. */
  async #isInside(offset: VirtualOffset): Promise<boolean> {
    const { format, end: endOfRecords } = this.#records
    const { contig, end } = this.#region
    if (blockOf(offset) >= endOfRecords) return false
    const scanner = this.#scanner.another()
    await scanner.seek(offset)
    for (;;) {
      const to = format.endOf(scanner.bytes, scanner.at, scanner.isLast)
      if (to === undefined) {
        if (await scanner.fill()) continue
        if (scanner.at < scanner.bytes.length) throw endsInside()
        return false
      }
      const found = format.contigOf(scanner.bytes, scanner.at, to)
      if (found !== NO_RECORD) {
        const position = found === contig ? format.startOf(scanner.bytes, scanner.at, to) : Infinity
        return position >= this.#position && position < end
      }
      scanner.at = to
    }
  }
}

/** Stretches of records that are wanted, of one stretch of bytes. */
class KeptRecords {
  readonly #stretches: { from: number; to: number }[] = []

  add(from: number, to: number): void {
    const last = this.#stretches.at(-1)
    if (last?.to === from) last.to = to
    else this.#stretches.push({ from, to })
  }

  /** A copy, so that it does not keep all the bytes in memory. */
  take(bytes: Buffer): Piece {
    return { kind: 'content', bytes: Buffer.concat(this.#stretches.map(({ from, to }) => bytes.subarray(from, to))) }
  }
}

function unfit(why: string): FormatError {
  return new FormatError(`the index does not fit the file: ${why}`)
}

function endsInside(): FormatError {
  return new FormatError('the data end inside a record: the file is truncated')
}
