import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { memoryFile } from '../../testing/memory-file.js'
import { findBlock, inflateBlocks } from '../bgzf.js'
import { BlockReader } from './block-reader.js'
import { BLOCK_CONTENT_BYTES, BlockWriter, toBgzf } from './block-writer.js'

function blocksOf(bytes: Buffer): { from: number; contentBytes: number }[] {
  const blocks = []
  for (let block = findBlock(bytes, 0); block; block = findBlock(bytes, block.to)) blocks.push(block)
  return blocks
}

test.each([
  ['nothing', 0],
  ['a byte', 1],
  ['a full block', BLOCK_CONTENT_BYTES],
  ['a byte more', BLOCK_CONTENT_BYTES + 1],
  ['many', 12 * BLOCK_CONTENT_BYTES + 77],
])('%s comes back, in full blocks, even when it cannot be compressed', async (_, length) => {
  for (const content of [randomBytes(length), Buffer.alloc(length, 'ACGT')]) {
    const bytes = await toBgzf(content)
    expect(inflateBlocks(bytes).content.equals(content)).toBe(true)
    const sizes = blocksOf(bytes).map(({ contentBytes }) => contentBytes)
    expect(sizes.slice(0, -1).every((size) => size === BLOCK_CONTENT_BYTES)).toBe(true)
    expect(sizes.every((size) => size > 0)).toBe(true)
  }
})

test('what is written piece by piece is the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(150_000), { maxLength: 12 }), async (lengths) => {
      const content = Buffer.alloc(
        lengths.reduce((sum, length) => sum + length, 0),
        'some text that repeats ',
      )
      const writer = new BlockWriter()
      const written: Buffer[] = []
      let at = 0
      for (const length of lengths) written.push(await writer.write(content.subarray(at, (at += length))))
      written.push(await writer.finish())
      expect(Buffer.concat(written).equals(await toBgzf(content))).toBe(true)
    }),
    { numRuns: 15 },
  )
})

test('blocks are read from wherever one begins, each at its place', async () => {
  const content = randomBytes(40 * BLOCK_CONTENT_BYTES)
  const bytes = await toBgzf(content)
  const blocks = blocksOf(bytes)
  const reader = new BlockReader(memoryFile(bytes), bytes.length)
  for (const start of [0, 7, 39, 3]) {
    const parts: Buffer[] = []
    for (let from = blocks[start]!.from; ;) {
      const group = await reader.read(from)
      if (!group) break
      for (const { block, at } of group.blocks) {
        const index = blocks.findIndex((other) => other.from === block)
        const expected = content.subarray(index * BLOCK_CONTENT_BYTES, index * BLOCK_CONTENT_BYTES + 9)
        expect(group.content.subarray(at, at + 9).equals(expected)).toBe(true)
      }
      parts.push(group.content)
      from = group.next
    }
    expect(Buffer.concat(parts).equals(content.subarray(start * BLOCK_CONTENT_BYTES))).toBe(true)
  }
})

test('what is no block, or none that is whole, is refused', async () => {
  const bytes = await toBgzf(randomBytes(100_000))
  const read = (file: Buffer, from: number) => new BlockReader(memoryFile(file), file.length).read(from)
  await expect(read(bytes, 5)).rejects.toThrow(/no block header/)
  await expect(read(bytes.subarray(0, 60_000), 0)).rejects.toThrow(/truncated/)
  const damaged = Buffer.from(bytes)
  damaged[30_000]! ^= 1
  await expect(read(damaged, 0)).rejects.toThrow(/corrupt/)
})
