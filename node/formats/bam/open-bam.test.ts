import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../testing/annotated-vcf.js'
import { bgzfFile } from '../../testing/bgzf-file.js'
import { joinParts, memoryFile, openMemoryFile, type MemoryFile } from '../../testing/memory-file.js'
import { describeWithOracles, runTool } from '../../testing/oracles.js'
import { CONTIGS, makeReads } from '../../testing/read-world.js'
import { toBgzf } from '../bgzf/block-writer.js'
import { BGZF_EOF, inflateBlocks } from '../bgzf.js'
import type { Region, Selection, SliceableFile, SlicePart } from '../slice.js'
import { parseBamHeader } from './bam-header.js'
import { openBam } from './open-bam.js'

const SEED = 20_261
const READS = 9_000

function some(regions: readonly Region[], unplaced = false): Selection {
  return { kind: 'some', regions, unplaced }
}

function toRegionText({ contig, start, end }: Region): string {
  return `${contig}:${start + 1}-${end === Infinity ? '' : end}`
}

interface Opened {
  /** Of the file and its index. */
  readonly name: string
  readonly file: MemoryFile
  readonly bam: SliceableFile
}

describeWithOracles('a BAM file gives what samtools gives', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-bam-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const random = createRandom(SEED)
  const large = join(directory, 'large.bam')
  /** In blocks that most records lie across. */
  const small = join(directory, 'small.bam')
  const opened: Opened[] = []
  /** By the name of the read. */
  const records = new Map<string, Buffer>()

  beforeAll(async () => {
    writeFileSync(large, runTool('samtools', ['view', '-b', '--no-PG', '-'], makeReads(random, READS)))
    const { content } = inflateBlocks(readFileSync(large))
    writeFileSync(small, bgzfFile(content, 1_777))
    for (let at = parseBamHeader(content)!.recordsStart; at < content.length;) {
      const end = at + 4 + content.readUInt32LE(at)
      records.set(content.toString('latin1', at + 36, content.indexOf(0, at + 36)), content.subarray(at, end))
      at = end
    }
    for (const path of [large, small]) {
      runTool('samtools', ['index', '-b', path])
      runTool('samtools', ['index', '-c', '-m', '12', path])
      for (const index of ['bai', 'csi']) {
        const file = openMemoryFile(path)
        const name = `${path}.${index}`
        opened.push({ file, name, bam: await openBam(file, openMemoryFile(name)) })
      }
    }
  })

  /** The records that samtools finds in any of the regions, as they stand in the file. */
  function expectedOf(...regions: readonly string[]): Buffer {
    const lines = regions.flatMap((region) => runTool('samtools', ['view', large, region]).toString().split('\n'))
    const names = new Set(lines.map((line) => line.slice(0, line.indexOf('\t'))))
    return Buffer.concat([...records].flatMap(([name, record]) => (names.has(name) ? [record] : [])))
  }

  async function expectSame(selection: Selection, expected: Buffer): Promise<void> {
    for (const { file, bam, name } of opened) {
      const answer = await joinParts(file, bam.slice(selection, {}))
      const isSame = inflateBlocks(answer).content.equals(expected)
      expect({ name, selection, isSame }).toEqual({ name, selection, isSame: true })
    }
  }

  function randomRegion(): Region {
    const contig = CONTIGS[Math.floor(random() * CONTIGS.length)]!.name
    const start = Math.floor(random() < 0.4 ? 39_900 + random() * 1_200 : random() * 400_000)
    const end = random() < 0.1 ? Infinity : start + 1 + Math.floor(random() ** 4 * 300_000)
    return { contig, start, end }
  }

  test('of one region', async () => {
    for (const { name } of CONTIGS) {
      await expectSame(some([{ contig: name, start: 0, end: Infinity }]), expectedOf(`${name}:1-`))
    }
    for (let round = 0; round < 20; round++) {
      const region = randomRegion()
      await expectSame(some([region]), expectedOf(toRegionText(region)))
    }
  })

  test('of several regions, each read once and in the order of the file', async () => {
    for (let round = 0; round < 8; round++) {
      const regions = Array.from({ length: 2 + Math.floor(random() * 7) }, randomRegion)
      await expectSame(some(regions), expectedOf(...regions.map(toRegionText)))
    }
  })

  test('of the reads without a place, alone and behind others', async () => {
    const unplaced = expectedOf('*')
    expect(unplaced.length).toBeGreaterThan(0)
    await expectSame(some([], true), unplaced)
    const region = { contig: 'chr3', start: 0, end: 300 }
    await expectSame(some([region], true), Buffer.concat([expectedOf('chr3:1-300'), unplaced]))
  })

  test('of all, of no region, and of an empty one', async () => {
    await expectSame({ kind: 'all' }, Buffer.concat([...records.values()]))
    await expectSame(some([]), Buffer.alloc(0))
    await expectSame(some([{ contig: 'chr1', start: 40_000, end: 40_000 }]), Buffer.alloc(0))
  })

  test('samtools reads header, answer and end as a whole file', async () => {
    const region = { contig: 'HLA:01', start: 40_200, end: 300_500 }
    for (const { file, bam } of opened) {
      const body = await joinParts(file, bam.slice(some([region]), {}))
      const path = join(directory, 'answer.bam')
      writeFileSync(path, Buffer.concat([await toBgzf(bam.header), body, BGZF_EOF]))
      runTool('samtools', ['quickcheck', path])
      const expected = runTool('samtools', ['view', '--no-PG', '-h', large, toRegionText(region)])
      expect(runTool('samtools', ['view', '--no-PG', '-h', path]).equals(expected)).toBe(true)
    }
  })

  test('what is large is passed on in stored blocks, few parts, and hardly read', async () => {
    const { file, bam } = opened[0]!
    const before = file.bytesRead
    const parts: SlicePart[] = []
    const selection = some([{ contig: 'chr1', start: 39_000, end: 300_500 }])
    for await (const part of bam.slice(selection, {})) parts.push(part)
    expect(parts.map(({ kind }) => kind)).toEqual(['made', 'stored', 'made'])
    expect(file.bytesRead - before).toBeLessThan(file.size / 2)
  })

  test('its header, contigs and people are known', () => {
    const { bam } = opened[0]!
    expect(bam.contigs).toEqual(CONTIGS)
    expect(bam.samples).toEqual(['Eva', 'Adam'])
    expect(bam.bytes).toBeGreaterThan(bam.header.length)
  })

  test('nothing is asked of a contig that the file does not have', () => {
    const { bam } = opened[0]!
    expect(() => bam.slice(some([{ contig: 'chr2', start: 0, end: 5 }]), {})).toThrow(TypeError)
  })

  test('a file without its end-of-file block is whole, a cut one is refused', async () => {
    const { file, name } = opened[0]!
    const index = openMemoryFile(name)
    const without = memoryFile(file.content.subarray(0, file.size - BGZF_EOF.length))
    const all = await joinParts(without, (await openBam(without, index)).slice({ kind: 'all' }, {}))
    expect(inflateBlocks(all).content.equals(Buffer.concat([...records.values()]))).toBe(true)
    for (const cut of [1, 100, 100_000]) {
      const truncated = memoryFile(without.content.subarray(0, without.size - cut))
      await expect(openBam(truncated, index)).rejects.toThrow(/truncated/)
    }
  })
})
