import { toBgzf } from '../bgzf/block-writer.js'
import { blockOf, withinOf, type VirtualOffset } from '../bgzf/virtual-offset.js'
import { BGZF_EOF } from '../bgzf.js'
import { FormatError } from '../format-error.js'
import { int32, uint32, uint64 } from '../little-endian.js'

const MAGIC = Buffer.from('CSI\x01', 'latin1')
/** Windows of 16 kb, as BAI and samtools have them. */
const MIN_SHIFT = 14
const FEWEST_LEVELS = 5
const MOST_LEVELS = 9

/** tabix' settings of a VCF file: format, columns of name, start and end, the character of comments, lines to skip. */
const TABIX_VCF = [2, 1, 2, 0, 0x23, 0]

/** A record with a place. */
export interface IndexedRecord {
  readonly contig: number
  /** 0-based. */
  readonly start: number
  readonly stop: number
  readonly isUnmapped: boolean
  /** Where it begins and where the next one does. */
  readonly from: VirtualOffset
  readonly to: VirtualOffset
}

/** Makes a CSI index (https://samtools.github.io/hts-specs/CSIv1.pdf) of records that come in the order of their places. */
export class CsiWriter {
  readonly #depth: number
  readonly #contigs: (Buffer | undefined)[] = []
  #current: ContigBins | undefined
  #unplaced = 0

  /** @param longest bases that have to be covered */
  constructor(longest: number) {
    let depth = FEWEST_LEVELS
    while (2 ** (MIN_SHIFT + 3 * depth) < longest) depth++
    if (depth > MOST_LEVELS) throw new FormatError(`a contig of ${longest} bases cannot be indexed`)
    this.#depth = depth
  }

  /** @throws FormatError it stands before the one that was added last */
  add(record: IndexedRecord): void {
    if (this.#unplaced > 0) throw notSorted()
    if (this.#current?.contig !== record.contig) {
      this.#finishContig()
      if (this.#contigs[record.contig]) throw notSorted()
      this.#current = new ContigBins(record.contig, this.#depth)
    }
    this.#current.add(record)
  }

  addUnplaced(): void {
    this.#unplaced++
  }

  /**
   * @param references how many contigs it is to have, with those without records
   * @param names of a VCF file: its contigs by number
   * @returns the index as it is stored
   */
  async finish(references: number, names?: readonly string[]): Promise<Buffer> {
    this.#finishContig()
    const auxiliary = names ? toAuxiliary(names) : Buffer.alloc(0)
    const contigs = Array.from({ length: Math.max(references, this.#contigs.length) }, (_, contig) => {
      return this.#contigs[contig] ?? int32(0)
    })
    const header = [MAGIC, int32(MIN_SHIFT), int32(this.#depth), int32(auxiliary.length), auxiliary]
    const content = Buffer.concat([...header, int32(contigs.length), ...contigs, uint64(this.#unplaced)])
    return Buffer.concat([await toBgzf(content), BGZF_EOF])
  }

  #finishContig(): void {
    if (this.#current) this.#contigs[this.#current.contig] = this.#current.toBytes()
    this.#current = undefined
  }
}

/** The bins of one contig. */
class ContigBins {
  readonly contig: number
  readonly #depth: number
  /** By bin: where its chunks begin and end, in turn. */
  readonly #chunks = new Map<number, VirtualOffset[]>()
  /** By window: where the first record begins that overlaps it. */
  readonly #windows: (VirtualOffset | undefined)[] = []
  readonly #counts = { mapped: 0, unmapped: 0 }
  #first: VirtualOffset | undefined
  #last: VirtualOffset = 0
  #lastStart = 0
  #lastBin = -1

  constructor(contig: number, depth: number) {
    this.contig = contig
    this.#depth = depth
  }

  add({ start: stated, stop: statedStop, isUnmapped, from, to }: IndexedRecord): void {
    // What stands before the contig (POS 0 of a VCF file) or covers no base is on one.
    const start = Math.max(stated, 0)
    const stop = Math.max(statedStop, start + 1)
    if (start < this.#lastStart) throw notSorted()
    if (stop > 2 ** (MIN_SHIFT + 3 * this.#depth))
      throw new FormatError('a record reaches beyond the end of its contig')
    this.#lastStart = start
    const bin = toBin(start, stop, this.#depth)
    const chunks = this.#chunks.get(bin)
    if (!chunks) this.#chunks.set(bin, [from, to])
    else if (bin === this.#lastBin || blockOf(chunks.at(-1)!) === blockOf(from)) chunks[chunks.length - 1] = to
    else chunks.push(from, to)
    this.#lastBin = bin
    const lastWindow = toWindow(stop - 1)
    for (let window = toWindow(start); window <= lastWindow; window++) this.#windows[window] ??= from
    this.#counts[isUnmapped ? 'unmapped' : 'mapped']++
    this.#first ??= from
    this.#last = to
  }

  toBytes(): Buffer {
    let known = this.#first!
    // A window without records of its own: what overlaps the next one begins after the window before.
    for (let window = 0; window < this.#windows.length; window++) known = this.#windows[window] ??= known
    const parts = [int32(this.#chunks.size + 1)]
    for (const [bin, chunks] of [...this.#chunks].sort(([a], [b]) => a - b)) {
      parts.push(uint32(bin), virtualOffset(this.#windows[firstWindow(bin, this.#depth)]!), int32(chunks.length / 2))
      for (const offset of chunks) parts.push(virtualOffset(offset))
    }
    // The pseudo-bin: where the contig's records stand, and how many there are.
    parts.push(uint32(firstBin(this.#depth + 1) + 1), uint64(0), int32(2))
    parts.push(virtualOffset(this.#first!), virtualOffset(this.#last))
    parts.push(uint64(this.#counts.mapped), uint64(this.#counts.unmapped))
    return Buffer.concat(parts)
  }
}

/** Number of a level's first bin. Level 0 is the bin that covers all. */
function firstBin(level: number): number {
  return (8 ** level - 1) / 7
}

function toWindow(base: number): number {
  return Math.floor(base / 2 ** MIN_SHIFT)
}

/** The smallest bin that covers [start, stop). */
function toBin(start: number, stop: number, depth: number): number {
  for (let level = depth; level > 0; level--) {
    const size = 2 ** (MIN_SHIFT + 3 * (depth - level))
    const index = Math.floor(start / size)
    if (index === Math.floor((stop - 1) / size)) return firstBin(level) + index
  }
  return 0
}

/** The first window that a bin covers. */
function firstWindow(bin: number, depth: number): number {
  let level = 0
  while (level < depth && bin >= firstBin(level + 1)) level++
  return (bin - firstBin(level)) * 8 ** (depth - level)
}

function toAuxiliary(names: readonly string[]): Buffer {
  const text = Buffer.from(names.map((name) => `${name}\0`).join(''))
  return Buffer.concat([...TABIX_VCF.map(int32), int32(text.length), text])
}

function virtualOffset(offset: VirtualOffset): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(withinOf(offset))
  bytes.writeUIntLE(blockOf(offset), 2, 6)
  return bytes
}

function notSorted(): FormatError {
  return new FormatError(
    'the records are not in the order of their places, so that there can be no index: sort the file',
  )
}
