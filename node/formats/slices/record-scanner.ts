import { BlockReader, type GroupedBlock } from '../bgzf/block-reader.js'
import { blockOf, toVirtualOffset, withinOf, type VirtualOffset } from '../bgzf/virtual-offset.js'
import { FormatError } from '../format-error.js'
import type { RandomAccess } from '../random-access.js'
import { MOST_RECORD_BYTES } from './record-format.js'

/**
 * Holds a stretch of decompressed records that moves forward along a file: `bytes` from `at` on are next, and each place in them
 * has its virtual offset.
 */
export class RecordScanner {
  bytes: Buffer = Buffer.alloc(0)
  /** In `bytes`. */
  at = 0
  readonly #reader: BlockReader
  readonly #file: RandomAccess
  readonly #end: number
  readonly #signal: AbortSignal | undefined
  #blocks: GroupedBlock[] = []
  /** In the file: the first block that is not in `bytes`. */
  #next: number

  /** @param end where the blocks with records end in the file */
  constructor(file: RandomAccess, end: number, signal?: AbortSignal) {
    this.#reader = new BlockReader(file, end, signal)
    this.#file = file
    this.#signal = signal
    this.#end = end
    this.#next = 0
  }

  /** A scanner of the same records, that stands at none yet. */
  another(): RecordScanner {
    return new RecordScanner(this.#file, this.#end, this.#signal)
  }

  /** Whether nothing follows `bytes`. */
  get isLast(): boolean {
    return this.#next >= this.#end
  }

  get offset(): VirtualOffset {
    const { block, at } = this.#blockAt(this.at)
    return toVirtualOffset(block, this.at - at)
  }

  /** Where the block with `at` begins in `bytes`. */
  get blockStart(): number {
    return this.#blockAt(this.at).at
  }

  /** Where the block after the one with `at` begins, in `bytes` and in the file. */
  get nextBlock(): GroupedBlock {
    const { block } = this.#blockAt(this.at)
    return this.#blocks.find((other) => other.block > block) ?? { block: this.#next, at: this.bytes.length }
  }

  /** @returns the place in `bytes`; Infinity where it is not decompressed yet, -Infinity where it is left behind */
  placeOf(offset: VirtualOffset): number {
    const block = blockOf(offset)
    if (block >= this.#next) return block === this.#next && withinOf(offset) === 0 ? this.bytes.length : Infinity
    const index = this.#blocks.findLastIndex((other) => other.block <= block)
    const found = this.#blocks[index]
    if (!found) return -Infinity
    const place = found.at + withinOf(offset)
    if (found.block !== block || place > (this.#blocks[index + 1]?.at ?? this.bytes.length)) {
      throw new FormatError('the index does not fit the file: it names a place that there is not')
    }
    return place
  }

  /**
   * Goes on at a virtual offset that is not before `at`.
   *
   * @throws FormatError no record can begin there
   */
  async seek(offset: VirtualOffset): Promise<void> {
    if (this.placeOf(offset) === Infinity) {
      if (blockOf(offset) > this.#end) throw new FormatError('the index does not fit the file: the file ends before')
      this.bytes = Buffer.alloc(0)
      this.at = 0
      this.#blocks = []
      this.#next = blockOf(offset)
      await this.fill()
    }
    const place = this.placeOf(offset)
    if (place === Infinity) throw new FormatError('the index does not fit the file: a block ends before')
    this.at = place
  }

  /**
   * Decompresses more, and forgets what stands before `at`.
   *
   * @param until nothing from here on in the file is needed: a hint
   * @returns false: nothing follows
   * @throws FormatError damage, or a record that has no end
   */
  async fill(until?: number): Promise<boolean> {
    const waiting = this.bytes.length - this.at
    if (waiting > MOST_RECORD_BYTES) throw new FormatError('the data are corrupt: a record has no end')
    const contents: Buffer[] = [this.bytes.subarray(this.at)]
    const kept = this.#blocks.filter(({ at }) => at >= this.at)
    const current = this.#blocks.findLast(({ at }) => at < this.at)
    // Counted from `at` on; the block that it lies in begins before.
    const blocks = [...(current ? [current] : []), ...kept].map(({ block, at }) => ({ block, at: at - this.at }))
    // A long record is put together once, not again with each stretch.
    let added = 0
    while (!this.isLast && added <= waiting) {
      const group = await this.#reader.read(this.#next, until)
      if (!group) break
      for (const { block, at } of group.blocks) blocks.push({ block, at: waiting + added + at })
      contents.push(group.content)
      added += group.content.length
      this.#next = group.next
    }
    this.bytes = contents.length === 2 && waiting === 0 ? contents[1]! : Buffer.concat(contents)
    this.at = 0
    this.#blocks = blocks
    return added > 0
  }

  #blockAt(at: number): GroupedBlock {
    // Empty blocks begin where the next one does: a place is in the last of them.
    if (at >= this.bytes.length) return { block: this.#next, at: this.bytes.length }
    return this.#blocks.findLast((block) => block.at <= at)!
  }
}
