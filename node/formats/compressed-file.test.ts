import { afterAll, describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { bgzfBlock, bgzfFile } from '../testing/bgzf-file.js'
import { BGZF_EOF, inflateBlocks } from './bgzf.js'
import { inflatePiece, openInputPieces } from './compressed-file.js'
import { FormatError } from './format-error.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-formats-'))
afterAll(() => rmSync(directory, { recursive: true }))

async function readAll(bytes: Buffer, pieceBytes: number) {
  const path = join(directory, 'file')
  writeFileSync(path, bytes)
  const contents: Buffer[] = []
  let position = 0
  for await (const piece of openInputPieces(path, pieceBytes).pieces) {
    expect(piece.position).toBeGreaterThanOrEqual(position)
    position = piece.position
    contents.push(inflatePiece(piece).content)
  }
  expect(position).toBe(bytes.length)
  return { content: Buffer.concat(contents), largest: Math.max(...contents.map(({ length }) => length)) }
}

describe('a file in pieces', () => {
  // Poorly compressible, so that the file is larger than what is read at once, and its blocks lie across two reads.
  const content = Buffer.from(randomBytes(1_300_000).toString('base64'))

  test.each([
    ['plain', content, 100_000],
    ['gzip', gzipSync(content), 100_000],
    ['BGZF', bgzfFile(content, 60_000), 160_000],
  ])(
    '%s: joined they are the whole, and none is larger than asked for by more than a block',
    async (_, bytes, most) => {
      const whole = await readAll(bytes, 100_000)
      expect(whole.content.equals(content)).toBe(true)
      expect(whole.largest).toBeLessThanOrEqual(most)
      expect((await readAll(bytes, 64)).content.equals(content)).toBe(true)
    },
  )

  test('BGZF: pieces begin small, and none is small because of how much is read at once', async () => {
    // Of a file that is read in three times, blocks and pieces end nowhere near where a read does.
    const path = join(directory, 'sizes')
    writeFileSync(path, bgzfFile(Buffer.from(randomBytes(2_000_000).toString('base64')), 60_000))
    const sizes: number[] = []
    for await (const piece of openInputPieces(path, 500_000).pieces) sizes.push(inflatePiece(piece).content.length)
    expect(sizes.slice(0, 4)).toEqual([120_000, 180_000, 300_000, 540_000])
    for (const size of sizes.slice(3, -1)) expect(size).toBeGreaterThanOrEqual(500_000)
  })

  const gzip = gzipSync(content)
  test.each([
    ['cut short', gzip.subarray(0, -2), /ends too early/],
    ['of a wrong checksum', Buffer.concat([gzip.subarray(0, -8), Buffer.alloc(8)]), /is corrupt/],
  ])('gzip that is %s: what stands before the fault comes, however slowly it is taken', async (_, bytes, reason) => {
    const path = join(directory, 'fault')
    writeFileSync(path, bytes)
    const lengths: number[] = []
    for (const pauseMs of [0, 20]) {
      let length = 0
      const reading = (async () => {
        for await (const piece of openInputPieces(path, 300_000).pieces) {
          length += piece.bytes.length
          await setTimeout(pauseMs)
        }
      })()
      await expect(reading).rejects.toThrow(reason)
      lengths.push(length)
    }
    expect(lengths[1]).toBe(lengths[0])
    expect(lengths[0]).toBeGreaterThanOrEqual(1_500_000)
  })

  test('a piece owns its memory, so that another thread can have it', async () => {
    for (const bytes of [content, gzipSync(content), bgzfFile(content, 60_000)]) {
      const path = join(directory, 'owned')
      writeFileSync(path, bytes)
      const memories = new Set<ArrayBuffer>()
      let pieces = 0
      for await (const piece of openInputPieces(path, 70_000).pieces) {
        memories.add(piece.bytes.buffer)
        pieces++
      }
      expect(pieces).toBeGreaterThan(2)
      expect(memories.size).toBe(pieces)
    }
  })
})

describe('BGZF blocks', () => {
  const blocks = ['first', 'second', 'third'].map((text) => bgzfBlock(Buffer.from(text)))

  test('empty blocks are nothing', () => {
    const { content, damage } = inflateBlocks(Buffer.concat([BGZF_EOF, blocks[0]!, BGZF_EOF, blocks[1]!]))
    expect([String(content), damage]).toEqual(['firstsecond', undefined])
    expect(inflateBlocks(BGZF_EOF)).toEqual({ content: Buffer.alloc(0) })
  })

  test.each([
    ['a wrong checksum', -8, /fails its checksum/],
    ['a wrong size', -4, /fails its checksum/],
    ['data that are no deflate stream', 18, /cannot be decompressed|fails its checksum/],
  ])('%s: what stands before the block is given, and the reason', (_, offset, reason) => {
    const bad = Buffer.from(blocks[1]!)
    const at = offset < 0 ? bad.length + offset : offset
    bad[at] = bad[at]! ^ 0x07
    const { content, damage } = inflateBlocks(Buffer.concat([blocks[0]!, bad, blocks[2]!]))
    expect(String(content)).toBe('first')
    expect(damage).toBeInstanceOf(FormatError)
    expect(damage!.message).toMatch(reason)
  })

  test.each([
    ['an end-of-file block that is no deflate stream', BGZF_EOF, [18, 0xfc], /cannot be decompressed/],
    ['an end-of-file block with a wrong checksum', BGZF_EOF, [20, 0xff], /fails its checksum/],
    ['a block whose size says that it is empty', blocks[0]!, [blocks[0]!.length - 4, 0], /fails its checksum/],
  ])('%s is damaged, alone as among others', (_, block, [at, byte], reason) => {
    const bad = Buffer.from(block)
    bad[at!] = byte!
    for (const before of [Buffer.alloc(0), blocks[1]!]) {
      const { content, damage } = inflateBlocks(Buffer.concat([before, bad]))
      expect(String(content)).toBe(before.length === 0 ? '' : 'second')
      expect(damage?.message).toMatch(reason)
    }
  })

  test('a block whose damaged size takes in another with the same content does not hide it', () => {
    const bad = Buffer.from(blocks[0]!)
    bad.writeUInt16LE(2 * bad.length - 1, 16)
    const { content, damage } = inflateBlocks(Buffer.concat([bad, blocks[0]!]))
    expect(content).toHaveLength(0)
    expect(damage?.message).toMatch(/has another size/)
  })

  test('a block that claims to hold gigabytes takes no such memory', () => {
    const bad = Buffer.from(blocks[0]!)
    bad.writeUInt32LE(0xffff_ffff, bad.length - 4)
    expect(inflateBlocks(bad)).toMatchObject({ content: Buffer.alloc(0), damage: expect.any(FormatError) })
  })
})
