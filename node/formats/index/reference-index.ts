import { blockOf, readVirtualOffset, type VirtualOffset } from '../bgzf/virtual-offset.js'
import { FormatError } from '../format-error.js'

/** How an index cuts a contig into bins. */
export interface IndexLayout {
  /** Bits of the smallest bins' size. */
  readonly minShift: number
  /** Levels above the smallest bins; each bin has eight below it. */
  readonly depth: number
  /** CSI gives each bin the offset that BAI and TBI give each window of 16 kb. */
  readonly isCsi: boolean
}

/** A stretch [begin, end) of a file; both are boundaries of records. */
export interface Chunk {
  readonly begin: VirtualOffset
  readonly end: VirtualOffset
}

const CHUNK_BYTES = 16
const WINDOW_BYTES = 8
/** A bin's number and its place among the bins must fit one number of 53 bits, to be sorted fast. */
const ORDER_SPAN = 2 ** 22

/**
 * What an index says of one contig. Its tables are the bytes of the index and the bins in order; positions are 0-based.
 *
 * That bins of one level follow each other in the file as on the contig is what sorted files give.
 */
export class ReferenceIndex {
  readonly #bytes: Buffer
  readonly #layout: IndexLayout
  /** Ascending. */
  readonly #bins: Float64Array
  /** Where each stands in the index. */
  readonly #starts: Uint32Array
  /** Bytes of a bin before its chunks, the number of them last. */
  readonly #binBytes: number
  /** Where the windows stand; their number is the first. */
  readonly #windows: number
  /** The bin that is none: it tells where the contig's records stand (SAM specification 5.2). */
  readonly #whole: Chunk | undefined

  private constructor(bytes: Buffer, layout: IndexLayout, table: BinTable) {
    this.#bytes = bytes
    this.#layout = layout
    this.#binBytes = layout.isCsi ? 16 : 8
    this.#bins = table.bins
    this.#starts = table.starts
    this.#windows = table.end
    this.#whole = table.whole === undefined ? undefined : this.#readChunk(table.whole + this.#binBytes)
  }

  /**
   * @param start where the contig's bins begin in the index, which is known to be whole
   * @returns undefined: it has none
   * @throws FormatError damage
   */
  static open(bytes: Buffer, start: number, layout: IndexLayout): ReferenceIndex | undefined {
    const table = readBins(bytes, start, layout)
    return table.bins.length === 0 ? undefined : new ReferenceIndex(bytes, layout, table)
  }

  /** Where the contig's first record begins. */
  get first(): VirtualOffset {
    if (this.#whole) return this.#whole.begin
    return this.#starts.reduce((least, start) => Math.min(least, this.#firstChunk(start)?.begin ?? least), Infinity)
  }

  /** Where its last record ends. */
  get last(): VirtualOffset {
    const ends = this.#starts.reduce((most, start) => Math.max(most, this.#lastChunk(start)?.end ?? most), 0)
    return Math.max(this.#whole?.end ?? 0, ends)
  }

  /**
   * Where all records that overlap [start, end) stand, in the file's order; others stand there too. The last chunk's end is where
   * the first record from `end` on begins, or before it.
   *
   * @throws FormatError damage
   */
  chunks(start: number, end: number): Chunk[] {
    const { minShift, depth } = this.#layout
    const stop = Math.min(end, this.#span)
    if (start >= stop) return []
    const least = this.#leastOffset(start)
    const most = this.#offsetBehind(stop)
    const found: Chunk[] = []
    for (let level = 0; level <= depth; level++) {
      const size = 2 ** (minShift + 3 * (depth - level))
      const first = firstBin(level)
      const to = first + Math.floor((stop - 1) / size)
      for (let index = this.#find(first + Math.floor(start / size)); this.#bins[index]! <= to; index++) {
        for (const chunk of this.#chunksOf(this.#starts[index]!)) {
          if (chunk.end > least && chunk.begin < most) {
            found.push({ begin: Math.max(chunk.begin, least), end: Math.min(chunk.end, most) })
          }
        }
      }
    }
    return mergeChunks(found)
  }

  /**
   * The last stretch of records that all begin before `end`, and with them all that stand before it: the latest that the index
   * knows.
   *
   * @returns undefined: it knows none
   */
  lastChunkBefore(end: number): Chunk | undefined {
    const { minShift, depth } = this.#layout
    const stop = Math.min(end, this.#span)
    let found: Chunk | undefined
    for (let level = 0; level <= depth; level++) {
      const size = 2 ** (minShift + 3 * (depth - level))
      const first = firstBin(level)
      // The nearest bin that ends at `stop` or before.
      const index = this.#find(first + Math.floor(stop / size)) - 1
      if (index < 0 || this.#bins[index]! < first) continue
      const chunk = this.#lastChunk(this.#starts[index]!)
      if (chunk && chunk.begin > (found?.begin ?? -1)) found = chunk
    }
    return found
  }

  /** Bases that the bins cover. */
  get #span(): number {
    return 2 ** (this.#layout.minShift + 3 * this.#layout.depth)
  }

  /** Nothing that overlaps `start` or what is right of it stands before. */
  #leastOffset(start: number): VirtualOffset {
    const { minShift, depth, isCsi } = this.#layout
    if (!isCsi) {
      const windows = this.#bytes.readInt32LE(this.#windows)
      let window = Math.min(Math.floor(start / 2 ** minShift), windows - 1)
      for (; window >= 0; window--) {
        const offset = readVirtualOffset(this.#bytes, this.#windows + 4 + window * WINDOW_BYTES)
        if (offset > 0) return offset
      }
      return 0
    }
    let least = 0
    for (let level = 0; level <= depth; level++) {
      const first = firstBin(level)
      const index = this.#find(first + Math.floor(start / 2 ** (minShift + 3 * (depth - level))) + 1) - 1
      if (index < 0 || this.#bins[index]! < first) continue
      least = Math.max(least, readVirtualOffset(this.#bytes, this.#starts[index]! + 4))
    }
    return least
  }

  /** No record before `end` stands from here on: the first record of a bin that lies wholly behind. */
  #offsetBehind(end: number): VirtualOffset {
    const { minShift, depth } = this.#layout
    let most = Infinity
    for (let level = 1; level <= depth; level++) {
      const index = this.#find(firstBin(level) + Math.ceil(end / 2 ** (minShift + 3 * (depth - level))))
      if (!(this.#bins[index]! < firstBin(level + 1))) continue
      most = Math.min(most, this.#firstChunk(this.#starts[index]!)?.begin ?? most)
    }
    return most
  }

  /** Place of the first bin that is `bin` or more. */
  #find(bin: number): number {
    let low = 0
    let high = this.#bins.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#bins[middle]! < bin) low = middle + 1
      else high = middle
    }
    return low
  }

  #chunkCount(start: number): number {
    return this.#bytes.readInt32LE(start + this.#binBytes - 4)
  }

  *#chunksOf(start: number): Generator<Chunk> {
    const count = this.#chunkCount(start)
    for (let index = 0; index < count; index++) yield this.#readChunk(start + this.#binBytes + index * CHUNK_BYTES)
  }

  #firstChunk(start: number): Chunk | undefined {
    return this.#chunkCount(start) === 0 ? undefined : this.#readChunk(start + this.#binBytes)
  }

  #lastChunk(start: number): Chunk | undefined {
    const count = this.#chunkCount(start)
    return count === 0 ? undefined : this.#readChunk(start + this.#binBytes + (count - 1) * CHUNK_BYTES)
  }

  #readChunk(at: number): Chunk {
    const begin = readVirtualOffset(this.#bytes, at)
    const end = readVirtualOffset(this.#bytes, at + 8)
    if (end < begin) throw new FormatError('the index is corrupt: a chunk ends before it begins')
    return { begin, end }
  }
}

/** Number of a level's first bin. Level 0 is the bin that covers all. */
function firstBin(level: number): number {
  return (8 ** level - 1) / 7
}

interface BinTable {
  readonly bins: Float64Array
  readonly starts: Uint32Array
  /** Where the pseudo-bin stands. */
  readonly whole: number | undefined
  readonly end: number
}

function readBins(bytes: Buffer, start: number, { depth, isCsi }: IndexLayout): BinTable {
  const count = bytes.readInt32LE(start)
  if (count >= ORDER_SPAN) throw new FormatError(`the index is corrupt: a contig has ${count} bins`)
  const limit = firstBin(depth + 1)
  const binBytes = isCsi ? 16 : 8
  const order = new Float64Array(count)
  const found = new Uint32Array(count)
  let kept = 0
  let whole: number | undefined
  let at = start + 4
  for (let index = 0; index < count; index++) {
    const bin = bytes.readUInt32LE(at)
    const chunks = bytes.readInt32LE(at + binBytes - 4)
    if (bin < limit) {
      found[kept] = at
      order[kept] = bin * ORDER_SPAN + kept
      kept++
    } else if (bin === limit + 1 && chunks > 0) {
      whole = at
    }
    at += binBytes + chunks * CHUNK_BYTES
  }
  const sorted = order.subarray(0, kept).sort()
  const bins = sorted.map((packed) => Math.floor(packed / ORDER_SPAN))
  if (bins.some((bin, index) => bin === bins[index - 1]))
    throw new FormatError('the index is corrupt: a bin stands twice')
  return { bins, starts: Uint32Array.from(sorted, (packed) => found[packed % ORDER_SPAN]!), whole, end: at }
}

/** Sorted, and one for those that overlap, touch or share a block. */
function mergeChunks(chunks: Chunk[]): Chunk[] {
  const merged: Chunk[] = []
  for (const chunk of chunks.sort((a, b) => a.begin - b.begin)) {
    const last = merged.at(-1)
    if (!last || blockOf(chunk.begin) > blockOf(last.end)) merged.push(chunk)
    else if (chunk.end > last.end) merged[merged.length - 1] = { begin: last.begin, end: chunk.end }
  }
  return merged
}
