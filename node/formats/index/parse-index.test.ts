import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { createRandom } from '../../testing/annotated-vcf.js'
import { bgzfFile } from '../../testing/bgzf-file.js'
import { binningIndex, type IndexedRecord, type IndexShape } from '../../testing/binning-index-file.js'
import { toVirtualOffset } from '../bgzf/virtual-offset.js'
import { parseIndex } from './parse-index.js'

const BAI = { minShift: 14, depth: 5 }

const shapes: fc.Arbitrary<IndexShape> = fc
  .record({
    kind: fc.constantFrom('bai' as const, 'tbi' as const, 'csi' as const),
    minShift: fc.integer({ min: 4, max: 16 }),
    depth: fc.integer({ min: 1, max: 7 }),
    hasWhole: fc.boolean(),
  })
  .map(({ kind, minShift, depth, hasWhole }) => ({
    kind,
    hasWhole,
    contigs: 3,
    ...(kind === 'csi' ? { minShift, depth } : BAI),
  }))

/** Lengths from a base to most of a contig, in blocks of about ten records. */
const worlds = shapes.chain((shape) => {
  const span = Math.min(2 ** (shape.minShift + 3 * shape.depth), 2 ** 24)
  const record = fc.tuple(
    fc.nat(1),
    fc.nat(span - 1),
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 1, max: 9_000 }),
  )
  return fc.record({
    shape: fc.constant({ ...shape }),
    span: fc.constant(span),
    drawn: fc.array(record, { maxLength: 60 }),
  })
})

function toRecords(drawn: readonly (readonly [number, number, number, number])[], span: number): IndexedRecord[] {
  const sorted = [...drawn].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  let block = 0
  let within = 0
  return sorted.map(([contig, start, exponent, bytes]) => {
    const begin = toVirtualOffset(block, within)
    within += bytes
    if (within > 0xffff) {
      block += 20_000
      within -= 0x10000
    }
    const stop = Math.min(start + 1 + Math.floor(2 ** exponent), span)
    return { contig, start, stop, begin, end: toVirtualOffset(block, within) }
  })
}

describe('of any sorted file', () => {
  test('the chunks of a region hold every record that overlaps it, in order and without overlap', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.nat(2 ** 24), fc.nat(2 ** 20), async ({ shape, drawn, span }, from, length) => {
        const records = toRecords(drawn, span)
        const index = await parseIndex(binningIndex(records, shape))
        const start = from % span
        const end = start + 1 + length
        for (let contig = 0; contig < shape.contigs; contig++) {
          const mine = records.filter((record) => record.contig === contig)
          const reference = index.reference(contig)
          expect(reference === undefined).toBe(mine.length === 0)
          if (!reference) continue
          const chunks = reference.chunks(start, end)
          for (const record of mine.filter((other) => other.start < end && other.stop > start)) {
            expect(chunks.some(({ begin, end: stop }) => begin <= record.begin && record.end <= stop)).toBe(true)
          }
          expect(chunks.every(({ begin }, at) => at === 0 || begin > chunks[at - 1]!.end)).toBe(true)
          expect([reference.first, reference.last]).toEqual([mine[0]!.begin, mine.at(-1)!.end])
        }
        expect(index.findLast()).toBe(records.at(-1)?.end ?? 0)
        expect(index.unplaced).toBe(3)
      }),
    )
  })

  test('the record that is known before the end of a region begins before it, as do all before', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.nat(2 ** 25), async ({ shape, drawn, span }, end) => {
        const records = toRecords(drawn, span)
        const index = await parseIndex(binningIndex(records, shape))
        for (let contig = 0; contig < shape.contigs; contig++) {
          const known = index.reference(contig)?.lastChunkBefore(end)?.begin
          if (known === undefined) continue
          const before = records.filter((record) => record.contig === contig && record.begin <= known)
          expect(before.every(({ start }) => start < end)).toBe(true)
          expect(before.at(-1)!.begin).toBe(known)
        }
      }),
    )
  })

  test('to the end of a contig it is of the last stretch', async () => {
    const records = toRecords([[0, 5, 3, 100], [0, 900, 15, 100], [0, 70_000, 2, 100], [1, 4, 1, 50]], 2 ** 24) // prettier-ignore
    const index = await parseIndex(binningIndex(records, { kind: 'bai', contigs: 2, hasWhole: false, ...BAI }))
    expect(index.reference(0)!.lastChunkBefore(Infinity)?.begin).toBe(records[2]!.begin)
  })
})

describe('an index', () => {
  const records = toRecords([[0, 5, 3, 100], [0, 900, 15, 9_000], [1, 70_000, 2, 100]], 2 ** 24) // prettier-ignore
  const shape = { contigs: 2, hasWhole: true, ...BAI }

  test('is read plain or compressed, and tabix names its contigs', async () => {
    const plain = binningIndex(records, { ...shape, kind: 'tbi' })
    for (const bytes of [plain, gzipSync(plain), bgzfFile(plain, 30)]) {
      const index = await parseIndex(bytes)
      expect(index.names).toEqual(['c0', 'c1'])
      expect(index.reference(1)!.chunks(70_001, 70_002)).toEqual([{ begin: records[2]!.begin, end: records[2]!.end }])
    }
  })

  test('of contigs beyond 512 Mb numbers what stands there', async () => {
    const start = 3_000_000_000
    const far = [{ contig: 0, start, stop: start + 9, begin: 0, end: 100 }]
    const index = await parseIndex(
      binningIndex(far, { kind: 'csi', minShift: 14, depth: 6, contigs: 1, hasWhole: true }),
    )
    expect(index.reference(0)!.chunks(start + 8, Infinity)).toEqual([{ begin: 0, end: 100 }])
    expect(index.reference(0)!.chunks(start + 2 ** 14, Infinity)).toEqual([])
  })

  const bai = binningIndex(records, { ...shape, kind: 'bai' })
  const csi = binningIndex(records, { ...shape, kind: 'csi' })
  const changed = (bytes: Buffer, at: number, value: number) => {
    const copy = Buffer.from(bytes)
    copy.writeInt32LE(value, at)
    return copy
  }
  test.each([
    ['nothing', Buffer.alloc(0), /ends too early/],
    ['another file', Buffer.from('CRAI'), /no BAI, TBI or CSI/],
    ['a cut one', bai.subarray(0, 60), /ends too early/],
    ['more contigs than bytes', changed(bai, 4, 0x7fffffff), /ends too early/],
    ['a negative number', changed(bai, 8, -1), /ends too early/],
    ['windows of no size', changed(csi, 4, 0), /levels/],
    ['levels without end', changed(csi, 8, 40), /levels/],
    ['what is no gzip', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), /cannot be decompressed/],
    ['the index of a SAM file', changed(binningIndex(records, { ...shape, kind: 'tbi' }), 8, 1), /no VCF/],
  ])('that is %s is refused', async (_, bytes, reason) => {
    await expect(parseIndex(bytes)).rejects.toThrow(
      expect.objectContaining({ name: 'FormatError', message: expect.stringMatching(reason) }),
    )
  })

  test('that is damaged anywhere is read or refused, at once', async () => {
    const random = createRandom(77)
    const whole = (below: number) => Math.floor(random() * below)
    let refused = 0
    for (let round = 0; round < 3_000; round++) {
      const bytes = Buffer.from(binningIndex(records, { ...shape, kind: (['bai', 'tbi', 'csi'] as const)[round % 3]! }))
      for (let change = whole(3); change >= 0; change--) bytes[whole(bytes.length)] = random() < 0.5 ? 0xff : whole(256)
      try {
        const index = await parseIndex(bytes.subarray(0, random() < 0.2 ? whole(bytes.length) : bytes.length))
        for (let contig = 0; contig < Math.min(index.references, 3); contig++) {
          const reference = index.reference(contig)
          reference?.chunks(whole(100_000), whole(100_000))
          reference?.lastChunkBefore(whole(100_000))
        }
        index.findLast()
      } catch (error) {
        expect(error).toMatchObject({ name: 'FormatError' })
        refused++
      }
    }
    expect(refused).toBeGreaterThan(500)
  })
})
