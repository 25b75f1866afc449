import { describe, expect, test } from '@jest/globals'
import { createRandom } from '../../testing/annotated-vcf.js'
import { bamFile, readNames } from '../../testing/bam-file.js'
import { bgzfFile } from '../../testing/bgzf-file.js'
import { binningIndex, type IndexedRecord, type IndexKind } from '../../testing/binning-index-file.js'
import { joinParts, memoryFile, type MemoryFile } from '../../testing/memory-file.js'
import { openBam } from '../bam/open-bam.js'
import { findBlock, inflateBlocks } from '../bgzf.js'
import type { SliceableFile, SlicePart } from '../slice.js'
import { openVcf } from '../vcf/open-vcf.js'

const CONTIGS = ['c0', 'c1'].map((name) => ({ name, length: 2 ** 22 }))
const BLOCK_BYTES = 20_000
const PER_CONTIG = 6_000
const STEP = 60

const random = createRandom(4)
const whole = (below: number) => Math.floor(random() * below)

interface Place {
  readonly contig: number
  readonly start: number
  readonly span: number
  /** Says where it stands, and does not compress well, so that there is enough to be passed on as it is stored. */
  readonly name: string
}

const PLACES: readonly Place[] = [0, 1].flatMap((contig) =>
  Array.from({ length: PER_CONTIG }, (_, index) => {
    const name = `${contig}_${STEP * index}_${Array.from({ length: 90 }, () => whole(36).toString(36)).join('')}`
    return { contig, start: STEP * index, span: 1, name }
  }),
)

interface World {
  readonly file: MemoryFile
  readonly records: readonly IndexedRecord[]
  open(file: MemoryFile, index: MemoryFile): Promise<SliceableFile>
  names(answer: Buffer): readonly string[]
}

function bamWorld(): World {
  const { bytes, records } = bamFile({ text: '', references: CONTIGS }, PLACES, BLOCK_BYTES)
  return { file: memoryFile(bytes), records, open: openBam, names: readNames }
}

function vcfWorld(): World {
  const head = `##fileformat=VCFv4.3\n${CONTIGS.map(({ name }) => `##contig=<ID=${name}>\n`).join('')}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n`
  const lines = PLACES.map(({ contig, start, name }) => `c${contig}\t${start + 1}\t${name}\tA\tC\t.\t.\t.\n`)
  const bytes = bgzfFile(Buffer.from([head, ...lines].join('')), BLOCK_BYTES)
  const blocks: number[] = []
  for (let block = findBlock(bytes, 0); block; block = findBlock(bytes, block.to)) blocks.push(block.from)
  const offsetOf = (at: number) => blocks[Math.floor(at / BLOCK_BYTES)]! * 65_536 + (at % BLOCK_BYTES)
  let at = head.length
  const records = PLACES.map(({ contig, start }, index) => {
    const begin = offsetOf(at)
    at += lines[index]!.length
    return { contig, start, stop: start + 1, begin, end: offsetOf(at) }
  })
  const names = (answer: Buffer) =>
    inflateBlocks(answer)
      .content.toString()
      .split('\n')
      .flatMap((line) => line.split('\t')[2] ?? [])
  return { file: memoryFile(bytes), records, open: openVcf, names }
}

/** What an index says of records; the file stays as it is. */
const LIES: readonly (readonly [string, (records: readonly IndexedRecord[]) => readonly IndexedRecord[]])[] = [
  ['all stand before where they do', (records) => moved(records, -100_000)],
  ['all stand behind where they do', (records) => moved(records, 100_000)],
  ['stretches that end with the contig', (records) => widened(records, () => false, isLast)],
  ['stretches that begin with the contig', (records) => widened(records, isFirst, () => false)],
  ['one contig for the other', (records) => records.map((r) => ({ ...r, contig: 1 - r.contig }))],
  ['every record at the place of another', (records) => shuffled(records)],
  [
    'the last record of the region stands in the other contig',
    (records) =>
      records.map((r) =>
        r.start > 280_000 && r.start < 300_000 && r.contig === 0 ? { ...r, ...laterHalf(records, r) } : r,
      ),
  ],
]

function laterHalf(records: readonly IndexedRecord[], { start }: IndexedRecord) {
  const { begin, end } = records[PER_CONTIG + Math.floor(start / STEP)]!
  return { begin, end }
}

function moved(records: readonly IndexedRecord[], by: number): readonly IndexedRecord[] {
  return records.map((r) => ({ ...r, start: r.start + by, stop: r.stop + by })).filter(({ start }) => start >= 0)
}

function isFirst({ start }: IndexedRecord): boolean {
  return start === 0
}

function isLast({ start }: IndexedRecord): boolean {
  return start === STEP * (PER_CONTIG - 1)
}

/** Every stretch begins, or ends, where one record of its contig does. */
function widened(
  records: readonly IndexedRecord[],
  isBegin: (record: IndexedRecord) => boolean,
  isEnd: (record: IndexedRecord) => boolean,
): readonly IndexedRecord[] {
  return records.map((r) => {
    const same = records.slice(r.contig * PER_CONTIG, (r.contig + 1) * PER_CONTIG)
    const [first, last] = [same[0]!, same.at(-1)!]
    return { ...r, begin: isBegin(first) ? first.begin : r.begin, end: isEnd(last) ? last.end : r.end }
  })
}

function shuffled(records: readonly IndexedRecord[]): readonly IndexedRecord[] {
  const places = records.map(({ start, stop, contig }) => ({ start, stop, contig }))
  for (let index = places.length - 1; index > 0; index--) {
    const other = whole(index + 1)
    ;[places[index], places[other]] = [places[other]!, places[index]!]
  }
  return records.map((record, index) => ({ ...record, ...places[index]! }))
}

const REGION = { contig: 'c0', start: 50_000, end: 300_000 }

function isIn(name: string): boolean {
  const [contig, start] = name.split('_')
  return contig === '0' && Number(start) >= REGION.start && Number(start) < REGION.end
}

describe.each<[string, IndexKind, () => World]>([
  ['BAM', 'bai', bamWorld],
  ['BAM', 'csi', bamWorld],
  ['VCF', 'tbi', vcfWorld],
])('%s with %s', (_format, kind, create) => {
  const world = create()
  const shape = { kind, minShift: 14, depth: 5, contigs: 2, hasWhole: true }
  const slice = async (records: readonly IndexedRecord[], edit: { looksAtAll?: true }) => {
    const opened = await world.open(world.file, memoryFile(binningIndex(records, shape)))
    return opened.slice({ kind: 'some', regions: [REGION], unplaced: false }, edit)
  }
  const wanted = PLACES.map(({ name }) => name).filter(isIn)

  test('an honest index gives all, of which most is passed on as it is stored, or nothing', async () => {
    for (const edit of [{}, { looksAtAll: true as const }]) {
      const parts = await collect(await slice(world.records, edit))
      expect(parts.some((part) => part.kind === 'stored')).toBe(edit.looksAtAll === undefined)
      const answer = await joinParts(world.file, toAsync(parts))
      expect(world.names(answer)).toEqual(wanted)
    }
  })

  test.each(LIES)('%s: nothing of another place leaves', async (_lie, lie) => {
    for (const edit of [{}, { looksAtAll: true as const }]) {
      const sent: Buffer[] = []
      try {
        for await (const part of await slice(lie(world.records), edit)) {
          sent.push(part.kind === 'made' ? part.bytes : world.file.content.subarray(part.start, part.end))
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'FormatError' })
      }
      expect(world.names(Buffer.concat(sent)).filter((name) => !isIn(name))).toEqual([])
    }
  })
})

async function collect(parts: AsyncIterable<SlicePart>): Promise<readonly SlicePart[]> {
  const collected: SlicePart[] = []
  for await (const part of parts) collected.push(part)
  return collected
}

async function* toAsync<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values
}
