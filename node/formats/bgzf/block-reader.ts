import { setImmediate as nextTurn } from 'node:timers/promises'
import { findBlock, inflateBlocks } from '../bgzf.js'
import { FormatError } from '../format-error.js'
import type { RandomAccess } from '../random-access.js'

/** Room for two of the largest blocks, so that one is whole wherever the reading begins. */
const FIRST_READ_BYTES = 1 << 17
const MOST_READ_BYTES = 1 << 18
/** Content of the blocks that are decompressed in one go: half a millisecond. */
const GROUP_BYTES = 1 << 17

/** Where a block of a group begins. */
export interface GroupedBlock {
  /** In the file, bytes. */
  readonly block: number
  /** In the group's content. */
  readonly at: number
}

/** Some whole blocks that follow one another. */
export interface BlockGroup {
  readonly content: Buffer
  readonly blocks: readonly GroupedBlock[]
  /** Where the next block begins in the file. */
  readonly next: number
}

/** Decompresses blocks of a BGZF file, from anywhere; reads ahead, the further the longer it is read in order. */
export class BlockReader {
  readonly #file: RandomAccess
  readonly #end: number
  readonly #signal: AbortSignal | undefined
  #window: Buffer = Buffer.alloc(0)
  #windowStart = 0
  #readBytes = FIRST_READ_BYTES

  /** @param end where the blocks end in the file */
  constructor(file: RandomAccess, end: number, signal?: AbortSignal) {
    this.#file = file
    this.#end = end
    this.#signal = signal
  }

  /**
   * @param from where a block begins
   * @param until nothing from here on is needed: a hint, so that not much more is read
   * @returns undefined at the end
   * @throws FormatError there is no block, or it is damaged
   */
  async read(from: number, until = this.#end): Promise<BlockGroup | undefined> {
    if (from >= this.#end) return undefined
    // Decompression is synchronous: others get their turn between two groups.
    await nextTurn()
    let group = this.#findGroup(from)
    if (!group) {
      await this.#fetch(from, until)
      group = this.#findGroup(from)
    }
    if (!group) throw new FormatError('the BGZF data end inside a block: the file is truncated')
    const { content, damage } = inflateBlocks(group.bytes)
    if (damage) throw damage
    return { content, blocks: group.blocks, next: from + group.bytes.length }
  }

  #findGroup(from: number): { bytes: Buffer; blocks: GroupedBlock[] } | undefined {
    const start = from - this.#windowStart
    if (start < 0 || start >= this.#window.length) return undefined
    const blocks: GroupedBlock[] = []
    let at = start
    for (let content = 0; content < GROUP_BYTES;) {
      const block = findBlock(this.#window, at)
      if (!block) break
      blocks.push({ block: this.#windowStart + at, at: content })
      content += block.contentBytes
      at = block.to
    }
    return blocks.length === 0 ? undefined : { bytes: this.#window.subarray(start, at), blocks }
  }

  async #fetch(from: number, until: number): Promise<void> {
    const windowEnd = this.#windowStart + this.#window.length
    const goesOn = from >= this.#windowStart && from <= windowEnd
    this.#readBytes = goesOn ? Math.min(2 * this.#readBytes, MOST_READ_BYTES) : FIRST_READ_BYTES
    const kept = goesOn ? this.#window.subarray(from - this.#windowStart) : Buffer.alloc(0)
    const start = from + kept.length
    const wanted = Math.max(until, start + FIRST_READ_BYTES)
    const end = Math.min(start + this.#readBytes, wanted, this.#end)
    const bytes = await this.#file.read(start, end, this.#signal)
    this.#window = kept.length === 0 ? bytes : Buffer.concat([kept, bytes])
    this.#windowStart = from
  }
}
