import { describe, expect, test } from '@jest/globals'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { memoryFile } from '../../testing/memory-file.js'
import { readCramHeader, toCramHeader } from './cram-header.js'
import { cramEof, type CramVersion } from './cram-version.js'

const VERSIONS: readonly CramVersion[] = [
  { major: 2, minor: 1 },
  { major: 3, minor: 0 },
  { major: 3, minor: 1 },
]

describe('a SAM header', () => {
  test('is read as it was written, small and large, in every version', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'å', '\t', ':', '1') }).map((text) => `@CO\t${text}\n`)
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.nat(5_000), fc.constantFrom(...VERSIONS), async (lines, times, version) => {
        const text = lines.join('') + '@CO\tthe same again\n'.repeat(times)
        const header = await toCramHeader(version, text)
        const file = memoryFile(Buffer.concat([header, cramEof(version)]))
        expect(await readCramHeader(file)).toEqual({ version, text, start: header.length, end: header.length })
      }),
      { numRuns: 30 },
    )
  })

  test('is whole where the length of its container is told too short, as the first writers of 2.1 did', async () => {
    const version = { major: 2, minor: 1 } as const
    const header = await toCramHeader(version, '@HD\tVN:1.0\n')
    header.writeInt32LE(header.readInt32LE(26) - 2, 26)
    const file = memoryFile(Buffer.concat([header, cramEof(version)]))
    expect(await readCramHeader(file)).toMatchObject({
      text: '@HD\tVN:1.0\n',
      start: header.length,
      end: header.length,
    })
  })

  test('comes without the name of the file that it was in', async () => {
    const header = await toCramHeader({ major: 3, minor: 0 }, '')
    expect(header.subarray(6, 26)).toEqual(Buffer.alloc(20))
  })
})

/** Changes bytes of a block and puts its checksum right. */
async function withBlock(change: (block: Buffer) => void): Promise<Buffer> {
  const version = { major: 3, minor: 0 } as const
  const header = await toCramHeader(version, '@HD\tVN:1.6\n')
  const blockStart = 26 + 4 + 9 + 4
  const block = header.subarray(blockStart, -4)
  change(block)
  header.writeUInt32LE(crc32(block), header.length - 4)
  return Buffer.concat([header, cramEof(version)])
}

async function withByte(at: number, value: number): Promise<Buffer> {
  const bytes = Buffer.concat([await toCramHeader({ major: 3, minor: 0 }, '@HD\tVN:1.6\n'), Buffer.alloc(40)])
  bytes[at] = value
  return bytes
}

describe('what is no CRAM file is refused', () => {
  test.each<[string, () => Promise<Buffer>, RegExp]>([
    ['nothing', async () => Buffer.alloc(0), /no CRAM file/],
    ['something else', async () => Buffer.alloc(100, 'x'), /no CRAM file/],
    ['version 1', () => withByte(4, 1), /version 1\.0 is not supported/],
    ['version 4', () => withByte(4, 4), /version 4\.0 is not supported/],
    ['version 3.2', () => withByte(5, 2), /version 3\.2 is not supported/],
    ['only its first bytes', async () => (await withByte(4, 3)).subarray(0, 30), /truncated/],
    ['a container longer than the file', () => withByte(28, 9), /checksum|truncated/],
    ['a container header that was changed', () => withByte(31, 1), /container header fails its checksum/],
    ['a block that was changed', () => withByte(60, 1), /block fails its checksum/],
    [
      'a header compressed by bzip2',
      () => withBlock((block) => (block[0] = 2)),
      /compressed by bzip2 is not supported/,
    ],
    ['a header compressed otherwise', () => withBlock((block) => (block[0] = 11)), /method 11 is not supported/],
    [
      'a header that is not gzip though it says so',
      () => withBlock((block) => (block[0] = 1)),
      /cannot be decompressed/,
    ],
    ['slices in place of a header', () => withBlock((block) => (block[1] = 4)), /no SAM header/],
    ['a text longer than its block', () => withBlock((block) => (block[6] = 9)), /end too early/],
  ])('%s', async (_, make, message) => {
    await expect(readCramHeader(memoryFile(await make()))).rejects.toThrow(message)
  })
})
