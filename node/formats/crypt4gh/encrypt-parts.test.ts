import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toCrypt4gh } from '../../testing/crypt4gh-file.js'
import { collect, streamedFile } from '../../testing/streamed-file.js'
import { describeWithFiles } from '../../testing/real-files.js'
import { type SlicePart } from '../slice.js'
import { encryptParts, type Edges } from './encrypt-parts.js'
import { encryptStream } from './encrypt-stream.js'
import { createKeyPair } from './key-exchange.js'
import { parsePublicKey, parseSecretKey } from './key-files.js'
import { openCrypt4gh, type Crypt4ghFile } from './open-crypt4gh.js'

const SEGMENT = 65_536
const server = createKeyPair()
const client = createKeyPair()
const bytes = randomBytes(400_000)

async function assemble(file: Crypt4ghFile, parts: readonly SlicePart[]): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (const part of parts)
    pieces.push(part.kind === 'made' ? part.bytes : await file.stored.read(part.start, part.end))
  return Buffer.concat(pieces)
}

async function decrypt(file: Buffer): Promise<Buffer> {
  const opened = await openCrypt4gh(streamedFile(file), client)
  return opened.read(0, opened.size)
}

/** Ascending stretches of a file, some of them touching, with made pieces between. */
const script = fc.array(
  fc.record({
    skip: fc.oneof(fc.constantFrom(0, 1, SEGMENT), fc.nat(150_000)),
    take: fc.oneof(fc.constantFrom(0, 1, SEGMENT, 2 * SEGMENT), fc.nat(200_000)),
    made: fc.oneof(fc.constant(0), fc.nat(300), fc.constantFrom(SEGMENT, SEGMENT + 1)),
  }),
  { maxLength: 6 },
)

describe.each<Edges>(['cut', 'whole'])('parts of a stored file with edges %s', (edges) => {
  test('reach the reader as the bytes they stand for, in whole segments of the stored object', async () => {
    const size = fc.oneof(fc.constantFrom(0, SEGMENT, 3 * SEGMENT), fc.nat(bytes.length))
    const edit = fc.option(fc.array(fc.nat(150_000), { minLength: 1, maxLength: 6 }), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(size, edit, script, fc.constantFrom(1, 2), async (size, edits, script, keys) => {
        const dataKeys = Array.from({ length: keys }, () => randomBytes(32))
        const stored = toCrypt4gh(bytes.subarray(0, size), server.publicKey, dataKeys, edits)
        const file = await openCrypt4gh(streamedFile(stored), server)
        const parts: SlicePart[] = []
        let at = 0
        for (const { skip, take, made } of script) {
          const start = Math.min(file.size, at + skip)
          at = Math.min(file.size, start + take)
          parts.push({ kind: 'stored', start, end: at })
          if (made > 0) parts.push({ kind: 'made', bytes: bytes.subarray(0, made) })
        }
        const sent = await encryptParts(file, parts, client.publicKey, edges)
        expect(
          (await decrypt(await assemble(file, sent))).equals(await assemble({ ...file, stored: file }, parts)),
        ).toBe(true)
        for (const part of sent) {
          if (part.kind !== 'stored') continue
          expect((part.start - file.headerSize) % 65_564).toBe(0)
          expect(part.end === stored.length || (part.end - file.headerSize) % 65_564 === 0).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})

async function openPlain(size: number): Promise<Crypt4ghFile> {
  return openCrypt4gh(streamedFile(toCrypt4gh(bytes.subarray(0, size), server.publicKey, [randomBytes(32)])), server)
}

describe('an answer', () => {
  test('never has a segment that holds more than was asked, unless it was said to', async () => {
    const file = await openPlain(400_000)
    const parts: SlicePart[] = [{ kind: 'stored', start: SEGMENT - 1, end: 3 * SEGMENT + 1 }]
    const at = (segment: number) => file.headerSize + segment * 65_564
    expect((await encryptParts(file, parts, client.publicKey)).map(toExtent)).toEqual([
      'made',
      'made',
      [at(1), at(3)],
      'made',
    ])
    expect((await encryptParts(file, parts, client.publicKey, 'whole')).map(toExtent)).toEqual(['made', [at(0), at(4)]])
  })

  test('of a whole file is a new header and the stored segments, without an edit list', async () => {
    const file = await openPlain(100_000)
    const sent = await encryptParts(file, [{ kind: 'stored', start: 0, end: 100_000 }], client.publicKey)
    expect(sent.map(toExtent)).toEqual(['made', [file.headerSize, file.stored.size]])
    expect((sent[0] as { bytes: Buffer }).bytes).toHaveLength(16 + 108)
  })

  test('has no key of the stored file unless it has segments of it', async () => {
    const file = await openPlain(1_000)
    const sent = await encryptParts(file, [{ kind: 'stored', start: 5, end: 10 }], client.publicKey)
    const { dataKeys } = await openCrypt4gh(streamedFile(await assemble(file, sent)), client)
    expect(dataKeys).toHaveLength(1)
    expect(file.dataKeys).not.toContainEqual(dataKeys[0])
  })

  test.each([0, 1, SEGMENT, 200_001])('of a stream of %d bytes is a file of them', async (size) => {
    const stream = streamedFile(bytes.subarray(0, size), 7_777).stream(0, size)
    const file = await collect(encryptStream(stream, client.publicKey))
    expect((await decrypt(file)).equals(bytes.subarray(0, size))).toBe(true)
    await expect(openCrypt4gh(streamedFile(file), server)).rejects.toThrow(/not encrypted for this key/)
  })
})

function toExtent(part: SlicePart): 'made' | readonly [number, number] {
  return part.kind === 'made' ? 'made' : [part.start, part.end]
}

const FOLDER = 'data/htsget/htsget-rs'

describeWithFiles(FOLDER, [], 'the files of htsget-rs', (folder) => {
  const readShared = (path: string) => readFileSync(join(folder, path))
  const bob = parseSecretKey(readShared('c4gh/keys/bob.sec').toString())
  const alice = parseSecretKey(readShared('c4gh/keys/alice.sec').toString())

  test('have keys that belong together', () => {
    expect(parsePublicKey(readShared('c4gh/keys/alice.pub').toString())).toEqual(alice.publicKey)
    expect(parsePublicKey(readShared('c4gh/keys/bob.pub').toString())).toEqual(bob.publicKey)
  })

  test.each([
    ['htsnexus_test_NA12878.bam', 'bam'],
    ['htsnexus_test_NA12878.cram', 'cram'],
    ['spec-v4.3.bcf', 'bcf'],
    ['spec-v4.3.vcf.gz', 'vcf'],
    ['sample1-bcbio-cancer.vcf.gz', 'vcf'],
  ])('%s is its plain file', async (name, plain) => {
    const file = await openCrypt4gh(streamedFile(readShared(`c4gh/${name}.c4gh`)), bob)
    expect((await file.read(0, file.size)).equals(readShared(`${plain}/${name}`))).toBe(true)
  })

  test('a region of a BAM is known ranges of the stored object and a known edit list', async () => {
    const stored = streamedFile(readShared('c4gh/htsnexus_test_NA12878.bam.c4gh'))
    const file = await openCrypt4gh(stored, bob)
    // The blocks of 11:5015000-5050000 with header and end-of-file block.
    const parts: SlicePart[] = [
      { kind: 'stored', start: 0, end: 4_668 },
      { kind: 'stored', start: 256_721, end: 647_346 },
      { kind: 'stored', start: 2_596_771, end: 2_596_799 },
    ]
    const sent = await encryptParts(file, parts, alice.publicKey, 'whole')
    expect(sent.slice(1).map(toExtent)).toEqual([
      [124, 65_688],
      [196_816, 655_764],
      [2_557_120, 2_598_043],
    ])
    const answer = await openCrypt4gh(streamedFile(await assemble(file, sent)), alice)
    const kept = [0, 4_668, 4_668 + 120_981, 4_668 + 120_981 + 390_625]
    expect(answer.kept).toEqual([
      { start: kept[0], end: kept[1] },
      { start: kept[2], end: kept[3] },
      { start: kept[3]! + 48_881, end: kept[3]! + 48_881 + 28 },
    ])
  })
})

describeWithFiles(FOLDER, ['crypt4gh'], 'the reference implementation', (folder) => {
  const readShared = (path: string) => readFileSync(join(folder, path))
  const bob = parseSecretKey(readShared('c4gh/keys/bob.sec').toString())
  const alice = parsePublicKey(readShared('c4gh/keys/alice.pub').toString())
  const run = (input: Buffer) =>
    execFileSync('crypt4gh', ['decrypt', '--sk', join(folder, 'c4gh/keys/alice.sec')], {
      input,
      maxBuffer: 1 << 24,
      stdio: 'pipe',
    })

  test.each<Edges>(['cut', 'whole'])('decrypts parts with edges %s', async (edges) => {
    const file = await openCrypt4gh(streamedFile(readShared('c4gh/htsnexus_test_NA12878.bam.c4gh')), bob)
    const parts: SlicePart[] = [
      { kind: 'made', bytes: Buffer.from('a header of our own') },
      { kind: 'stored', start: 256_721, end: 647_346 },
      { kind: 'stored', start: 1_000_000, end: 1_000_001 },
      { kind: 'stored', start: 2_500_000, end: file.size },
      { kind: 'made', bytes: Buffer.from('an end') },
    ]
    const sent = await assemble(file, await encryptParts(file, parts, alice, edges))
    expect(run(sent).equals(await assemble({ ...file, stored: file }, parts))).toBe(true)
  })

  test('decrypts a stream, and an answer of nothing', async () => {
    const stream = streamedFile(bytes).stream(0, bytes.length)
    expect(run(await collect(encryptStream(stream, alice))).equals(bytes)).toBe(true)
    const file = await openPlain(1_000)
    expect(run(await assemble(file, await encryptParts(file, [], alice)))).toHaveLength(0)
  })
})
