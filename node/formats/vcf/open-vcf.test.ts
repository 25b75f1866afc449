import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../testing/annotated-vcf.js'
import { bgzfFile } from '../../testing/bgzf-file.js'
import { joinParts, openMemoryFile, type MemoryFile } from '../../testing/memory-file.js'
import { describeWithOracles, runTool } from '../../testing/oracles.js'
import { FAR, makeVariants, VARIANT_CONTIGS, VARIANT_SAMPLES } from '../../testing/variant-world.js'
import { BcfHeaderReader } from '../bcf/bcf-header.js'
import { toBgzf } from '../bgzf/block-writer.js'
import { BGZF_EOF, inflateBlocks } from '../bgzf.js'
import { openSliceable } from '../open-sliceable.js'
import type { Region, Selection, SliceableFile } from '../slice.js'

const SEED = 4_711
const VARIANTS = 6_000

interface Opened {
  readonly file: MemoryFile
  readonly variants: SliceableFile
  /** Where bcftools reads it. */
  readonly path: string
  /** As they stand in the file, by ID. */
  readonly records: ReadonlyMap<string, Buffer>
}

/** Behind every contig's end. */
const LAST_PLACE = 2_000_000_000

function some(...regions: readonly Region[]): Selection {
  return { kind: 'some', regions, unplaced: false }
}

function linesOf(content: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>()
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(10, at) + 1
    if (content[at] !== 35) records.set(content.toString('latin1', at, end).split('\t')[2]!, content.subarray(at, end))
    at = end
  }
  return records
}

/** An ID of at most 14 bytes stands behind the fixed fields and a byte. */
function bcfRecordsOf(content: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>()
  for (let at = new BcfHeaderReader().push(content)!.recordsStart; at < content.length;) {
    const end = at + 8 + content.readUInt32LE(at) + content.readUInt32LE(at + 4)
    records.set(content.toString('latin1', at + 33, at + 33 + (content[at + 32]! >> 4)), content.subarray(at, end))
    at = end
  }
  return records
}

describeWithOracles('a VCF or BCF file gives what bcftools gives', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-vcf-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const random = createRandom(SEED)

  async function open(path: string, index: string): Promise<Opened> {
    const file = openMemoryFile(path)
    const { content } = inflateBlocks(file.content)
    const records = path.endsWith('.bcf') ? bcfRecordsOf(content) : linesOf(content)
    return { file, path, records, variants: await openSliceable(file, openMemoryFile(index)) }
  }

  function expectedOf({ path, records }: Opened, regions: readonly Region[]): Buffer {
    const bed = join(directory, 'regions.bed')
    const rows = regions.map(({ contig, start, end }) => `${contig}\t${start}\t${Math.min(end, LAST_PLACE)}\n`)
    writeFileSync(bed, rows.join(''))
    // Not "query": it leaves INFO unread where it can, and with it END.
    const lines = runTool('bcftools', ['view', '-H', '-R', bed, path]).toString().split('\n').slice(0, -1)
    const ids = new Set(lines.map((line) => line.split('\t')[2]!))
    return Buffer.concat([...records].flatMap(([id, record]) => (ids.has(id) ? [record] : [])))
  }

  async function expectSame(opened: Opened, selection: Selection, expected: Buffer): Promise<void> {
    const answer = inflateBlocks(await joinParts(opened.file, opened.variants.slice(selection, {}))).content
    expect({ selection, isSame: answer.equals(expected) }).toEqual({ selection, isSame: true })
  }

  function randomRegion(far: boolean): Region {
    const contig = VARIANT_CONTIGS[Math.floor(random() * VARIANT_CONTIGS.length)]!
    const near = Math.floor(random() < 0.4 ? 49_900 + random() * 1_200 : random() * 310_000)
    const start = near + (far && contig === '2' ? FAR : 0)
    return { contig, start, end: random() < 0.1 ? Infinity : start + 1 + Math.floor(random() ** 3 * 200_000) }
  }

  const worlds = [
    { name: 'VCF with TBI', extension: 'vcf.gz', index: 'tbi', isEndDeclared: true, far: false, blockBytes: 0xff00 },
    {
      name: 'VCF with CSI, in small blocks',
      extension: 'vcf.gz',
      index: 'csi',
      isEndDeclared: true,
      far: true,
      blockBytes: 999,
    },
    {
      name: 'VCF without END in its header',
      extension: 'vcf.gz',
      index: 'tbi',
      isEndDeclared: false,
      far: false,
      blockBytes: 0xff00,
    },
    { name: 'BCF', extension: 'bcf', index: 'csi', isEndDeclared: true, far: true, blockBytes: 0xff00 },
    {
      name: 'BCF whose IDX is not the order, in small blocks',
      extension: 'bcf',
      index: 'csi',
      isEndDeclared: true,
      far: true,
      blockBytes: 777,
    },
  ]
  describe.each(worlds)('$name', ({ name, extension, index, isEndDeclared, far, blockBytes }) => {
    let opened: Opened

    beforeAll(async () => {
      const path = join(directory, `${name.replaceAll(/\W/g, '')}.${extension}`)
      const text = makeVariants(random, VARIANTS, isEndDeclared, far)
      if (extension === 'bcf') {
        const { content } = inflateBlocks(runTool('bcftools', ['view', '--no-version', '-Ob', '-'], text))
        // The same bytes, in which other contigs have the numbers.
        const swapped =
          blockBytes < 0xff00
            ? content.toString('latin1').replace(/(##contig=.*?,)IDX=0>(.*?)IDX=1>/s, '$1IDX=1>$2IDX=0>')
            : undefined
        writeFileSync(path, bgzfFile(swapped === undefined ? content : Buffer.from(swapped, 'latin1'), blockBytes))
      } else {
        writeFileSync(path, bgzfFile(Buffer.from(text), blockBytes))
      }
      runTool('bcftools', ['index', '-f', index === 'tbi' ? '-t' : '-c', path])
      opened = await open(path, `${path}.${index}`)
    })

    test('of one region', async () => {
      for (const contig of VARIANT_CONTIGS) {
        const whole = { contig, start: 0, end: Infinity }
        await expectSame(opened, some(whole), expectedOf(opened, [whole]))
      }
      for (let round = 0; round < 12; round++) {
        const region = randomRegion(far)
        await expectSame(opened, some(region), expectedOf(opened, [region]))
      }
    })

    test('of several regions, each variant once and in the order of the file', async () => {
      for (let round = 0; round < 4; round++) {
        const regions = Array.from({ length: 2 + Math.floor(random() * 4) }, () => randomRegion(far))
        await expectSame(opened, some(...regions), expectedOf(opened, regions))
      }
    })

    test('in parts of few regions, each variant once and in the order of the file', async () => {
      for (let round = 0; round < 3; round++) {
        const regions = VARIANT_CONTIGS.flatMap((contig) => {
          const starts = Array.from({ length: 30 }, () => randomRegion(far && contig === '2').start % 310_000)
          const offset = far && contig === '2' ? FAR : 0
          const sorted = [...new Set(starts)].sort((a, b) => a - b)
          return sorted.map((start, index) => {
            const most = (sorted[index + 1] ?? Infinity) - start - 1
            return {
              contig,
              start: offset + start,
              end: offset + start + Math.min(most, 1 + Math.floor(random() * 400)),
            }
          })
        }).filter(({ start, end }) => start < end)
        const parts = opened.variants.split({ kind: 'some', regions, unplaced: false }, 1 + Math.floor(random() * 9))
        expect(parts.flatMap((part) => part.regions)).toHaveLength(regions.length)
        const contents = []
        for (const part of parts)
          contents.push(inflateBlocks(await joinParts(opened.file, opened.variants.slice(part, {}))).content)
        const expected = expectedOf(opened, regions)
        expect(expected.length).toBeGreaterThan(1_000)
        expect({ regions, isSame: Buffer.concat(contents).equals(expected) }).toEqual({ regions, isSame: true })
      }
    })

    test('of all, as a file that bcftools reads', async () => {
      await expectSame(opened, { kind: 'all' }, Buffer.concat([...opened.records.values()]))
      const path = join(directory, `answer.${extension}`)
      const { file, variants } = opened
      const body = await joinParts(file, variants.slice({ kind: 'all' }, {}))
      writeFileSync(path, Buffer.concat([await toBgzf(variants.header), body, BGZF_EOF]))
      const read = (from: string) => runTool('bcftools', ['view', '--no-version', from])
      expect(read(path).equals(read(opened.path))).toBe(true)
    })

    test('its contigs and people are known', () => {
      expect(opened.variants.contigs.map((contig) => contig.name)).toEqual(VARIANT_CONTIGS)
      expect(opened.variants.samples).toEqual(VARIANT_SAMPLES)
    })
  })

  test('contigs that only the index has can be asked for', async () => {
    const path = join(directory, 'bare.vcf.gz')
    const text = makeVariants(random, 50, true, false).replaceAll(/##contig.*\n/g, '')
    writeFileSync(path, bgzfFile(Buffer.from(text), 0xff00))
    runTool('tabix', ['-p', 'vcf', path])
    const bare = await open(path, `${path}.tbi`)
    expect(bare.variants.contigs).toEqual([{ name: '2' }, { name: 'HLA-A*01' }, { name: 'X' }])
    const region = { contig: 'X', start: 0, end: 100_000 }
    await expectSame(bare, some(region), expectedOf(bare, [region]))
    expect(readFileSync(path).equals(bare.file.content)).toBe(true)
  })
})
