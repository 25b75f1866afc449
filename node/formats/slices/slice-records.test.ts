import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createRandom } from '../../testing/annotated-vcf.js'
import { bamFile, readNames, type MadeRead } from '../../testing/bam-file.js'
import { binningIndex } from '../../testing/binning-index-file.js'
import { joinParts, memoryFile } from '../../testing/memory-file.js'
import { openBam } from '../bam/open-bam.js'
import type { RecordEdit, Region, Selection } from '../slice.js'
import { mergeRegions } from './regions.js'
import { splitSelection } from './split-selection.js'

const CONTIGS = [
  { name: 'a', length: 2 ** 22 },
  { name: 'b', length: 2 ** 22 },
]
const BAI = { kind: 'bai' as const, minShift: 14, depth: 5 }
/** Changes nothing that is looked at here, but has every record decoded. */
const DECODED: RecordEdit = { notags: new Set(['XX']) }
const LOOKED_AT: RecordEdit = { looksAtAll: true }

interface World {
  readonly reads: readonly MadeRead[]
  readonly blockBytes: number
  readonly unplaced: number
}

const worlds: fc.Arbitrary<World> = fc.record({
  reads: fc
    .array(
      fc.record({
        contig: fc.nat(1),
        start: fc.oneof(fc.nat(200_000), fc.integer({ min: 50_000, max: 50_050 })),
        span: fc.oneof(fc.constant(-1), fc.nat(200), fc.nat(100_000)),
      }),
      { maxLength: 80 },
    )
    .map((reads) =>
      reads
        .sort((a, b) => a.contig - b.contig || a.start - b.start)
        .map((read, index) => ({ ...read, name: `r${index}` })),
    ),
  blockBytes: fc.integer({ min: 40, max: 4_000 }),
  unplaced: fc.nat(4),
})

const someRegions = fc.array(
  fc
    .record({
      contig: fc.constantFrom('a', 'b'),
      from: fc.nat(210_000),
      length: fc.oneof(fc.nat(300), fc.nat(100_000), fc.constant(Infinity)),
    })
    .map(({ contig, from, length }): Region => ({ contig, start: from, end: from + length })),
  { maxLength: 5 },
)

async function open({ reads, blockBytes, unplaced }: World) {
  const placeless = Array.from({ length: unplaced }, (_, index) => ({
    contig: -1,
    start: -1,
    span: -1,
    name: `u${index}`,
  }))
  const { bytes, records } = bamFile({ text: '', references: CONTIGS }, [...reads, ...placeless], blockBytes)
  const index = binningIndex(
    records.filter(({ contig }) => contig >= 0),
    { ...BAI, contigs: CONTIGS.length, hasWhole: true },
  )
  return { file: memoryFile(bytes), index }
}

function isOverlap({ contig, start, span }: MadeRead, region: Region): boolean {
  return CONTIGS[contig]!.name === region.contig && start < region.end && start + Math.max(span, 1) > region.start
}

test('of any sorted file, the reads that overlap any of the regions, each once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, someRegions, fc.boolean(), async (world, regions, unplaced) => {
      const { file, index } = await open(world)
      const bam = await openBam(file, memoryFile(index))
      const placed = world.reads.filter((read) =>
        regions.some((region) => region.start < region.end && isOverlap(read, region)),
      )
      const expected = placed.map(({ name }) => name)
      if (unplaced) for (let number = 0; number < world.unplaced; number++) expected.push(`u${number}`)
      const selection: Selection = { kind: 'some', regions, unplaced }
      for (const edit of [{}, DECODED])
        expect(readNames(await joinParts(file, bam.slice(selection, edit)))).toEqual(expected)
    }),
    { numRuns: 150 },
  )
})

/** In order, none touching another. */
function unite(regions: readonly Region[]): readonly Region[] {
  const numbered = regions.map((region) => ({
    ...region,
    contig: CONTIGS.findIndex(({ name }) => name === region.contig),
  }))
  return mergeRegions(numbered).map((region) => ({ ...region, contig: CONTIGS[region.contig]!.name }))
}

test('a selection in several parts gives what the whole gives, each read once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      someRegions,
      fc.boolean(),
      fc.integer({ min: 1, max: 3 }),
      async (world, regions, unplaced, most) => {
        const { file, index } = await open(world)
        const bam = await openBam(file, memoryFile(index))
        const whole = { kind: 'some' as const, regions: unite(regions), unplaced }
        const expected = readNames(await joinParts(file, bam.slice(whole, {})))
        const parts = splitSelection(whole, most)
        expect(parts.flatMap((part) => part.regions)).toEqual(whole.regions)
        for (const edit of [{}, DECODED, LOOKED_AT]) {
          const names = []
          for (const part of parts) names.push(...readNames(await joinParts(file, bam.slice(part, edit))))
          expect(names).toEqual(expected)
        }
      },
    ),
    { numRuns: 200 },
  )
})

describe('a file and an index that are damaged, or not of each other', () => {
  const random = createRandom(9)
  const whole = (below: number) => Math.floor(random() * below)
  const reads = Array.from({ length: 400 }, (_, index) => ({
    contig: index < 200 ? 0 : 1,
    start: 300 * (index % 200),
    span: 1 + whole(9_000),
    name: `r${index}`,
  }))
  const world = { reads, blockBytes: 700, unplaced: 5 }
  const region = { contig: 'a', start: 20_000, end: 40_000 }
  const overlapping = reads.filter((read) => isOverlap(read, region)).map(({ name }) => name)
  const selection: Selection = { kind: 'some', regions: [region], unplaced: true }

  test('never give a read that was not asked for, and give no other error than FormatError', async () => {
    const { file, index } = await open(world)
    let refused = 0
    for (let round = 0; round < 800; round++) {
      const changed = { content: Buffer.from(file.content), index: Buffer.from(index) }
      const target = round % 2 === 0 ? changed.content : changed.index
      for (let change = whole(3); change >= 0; change--) target[whole(target.length)] = whole(256)
      const damaged = memoryFile(changed.content)
      try {
        const bam = await openBam(damaged, memoryFile(changed.index))
        const names = readNames(await joinParts(damaged, bam.slice(selection, round % 3 === 0 ? DECODED : {})))
        const wrong = names.filter((name) => !overlapping.includes(name) && !name.startsWith('u'))
        expect(wrong).toEqual([])
      } catch (error) {
        expect(error).toMatchObject({ name: 'FormatError' })
        refused++
      }
    }
    expect(refused).toBeGreaterThan(200)
  })

  test.each([
    [
      'the index of another file',
      async () => [(await open(world)).file, (await open({ ...world, blockBytes: 650 })).index],
      /index does not fit|no block header/,
    ],
    [
      'reads out of order',
      async () => {
        const swapped = [...reads]
        ;[swapped[80], swapped[90]] = [reads[90]!, reads[80]!]
        const { file } = await open({ ...world, reads: swapped })
        return [file, (await open(world)).index]
      },
      /not in the order/,
    ],
    [
      'an index of more contigs',
      async () => {
        const { file } = await open(world)
        return [file, binningIndex([], { ...BAI, contigs: 3, hasWhole: false })]
      },
      /of another file/,
    ],
  ] as const)('%s', async (_, make, reason) => {
    const [file, index] = (await make()) as [ReturnType<typeof memoryFile>, Buffer]
    const read = async () => joinParts(file, (await openBam(file, memoryFile(index))).slice(selection, {}))
    await expect(read()).rejects.toThrow(
      expect.objectContaining({ name: 'FormatError', message: expect.stringMatching(reason) }),
    )
  })

  test('an answer that nobody waits for ends', async () => {
    const { file, index } = await open(world)
    const bam = await openBam(file, memoryFile(index))
    await expect(joinParts(file, bam.slice(selection, {}, AbortSignal.abort()))).rejects.toThrow(/aborted/)
  })
})
