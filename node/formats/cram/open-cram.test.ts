import { afterAll, describe, expect, test } from '@jest/globals'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  makeCramFiles,
  randomRegion,
  recordsOf,
  someRegions,
  toRegionText,
  type CramFile,
} from '../../testing/cram-files.js'
import { REFERENCES } from '../../testing/cram-world.js'
import { joinParts, memoryFile, openMemoryFile } from '../../testing/memory-file.js'
import { describeWithOracles, runTool } from '../../testing/oracles.js'
import { inflateBlocks } from '../bgzf.js'
import { buildCrai } from './build-crai.js'
import { readCramHeader, toCramHeader } from './cram-header.js'
import { cramEof } from './cram-version.js'
import { openCram } from './open-cram.js'
import { openCramAsBam } from './open-cram-as-bam.js'

const NO_EDIT = {}

describeWithOracles('a CRAM file', () => {
  const { directory, random, files, fasta, view } = makeCramFiles()
  afterAll(() => {
    fasta.close()
    rmSync(directory, { recursive: true })
  })

  const open = ({ file, path }: CramFile) => openCram(file, openMemoryFile(`${path}.crai`))

  test('gives containers with all reads of regions, each container once, that samtools reads as a file', async () => {
    for (const written of files) {
      const cram = await open(written)
      const { start, version } = await readCramHeader(written.file)
      for (const unplaced of [false, true]) {
        const regions = [randomRegion(random), randomRegion(random)]
        const parts: (readonly [number, number])[] = []
        for await (const part of cram.slice(someRegions(regions, unplaced), NO_EDIT)) {
          if (part.kind === 'stored') parts.push([part.start, part.end])
        }
        expect(parts.every(([from, to], index) => from < to && (index === 0 || from > parts[index - 1]![1]))).toBe(true)
        const bytes = parts.map(([from, to]) => written.file.content.subarray(from, to))
        const answer = join(directory, 'answer.cram')
        writeFileSync(answer, Buffer.concat([written.file.content.subarray(0, start), ...bytes, cramEof(version)]))
        runTool('samtools', ['quickcheck', answer])
        runTool('samtools', ['index', answer])
        const wanted = [...regions.map(toRegionText), ...(unplaced ? ['*'] : [])]
        for (const region of wanted) expect(view(answer, region).equals(view(written.path, region))).toBe(true)
      }
    }
  })

  test('has the index that samtools makes, built from it alone, and is read by it', async () => {
    for (const { way, path, file } of files) {
      const expected = gunzipSync(readFileSync(`${path}.crai`)).toString()
      expect({ way, index: gunzipSync(await buildCrai(file)).toString() }).toEqual({ way, index: expected })
      const region = { contig: 'chr3', start: 4_000, end: 6_000 }
      const bam = await openCramAsBam(file, undefined, fasta)
      const answer = await joinParts(file, bam.slice(someRegions([region]), NO_EDIT))
      expect(inflateBlocks(answer).content.equals(recordsOf(view('-b', path, 'chr3:4001-6000')))).toBe(true)
    }
  })

  test('gets another header, and samtools reads its containers behind it', async () => {
    for (const { path, file } of files) {
      const { version, text, start } = await readCramHeader(file)
      const lines = text.replaceAll('Eva', 'P-1').replaceAll('Adam', 'P-2').replace('@CO\tmade up\n', '')
      const answer = join(directory, 'renamed.cram')
      writeFileSync(answer, Buffer.concat([await toCramHeader(version, lines), file.content.subarray(start)]))
      runTool('samtools', ['quickcheck', answer])
      expect(view('-H', answer).toString()).toBe(lines)
      expect(view(answer).equals(view(path))).toBe(true)
      runTool('samtools', ['index', answer])
      expect(view(answer, 'chr3:4001-6000').equals(view(path, 'chr3:4001-6000'))).toBe(true)
    }
  })

  test('has its header, contigs and people known', async () => {
    for (const written of files) {
      const cram = await open(written)
      expect(view('-H', written.path).toString()).toBe(cram.header.toString())
      expect(cram.contigs).toEqual(REFERENCES)
      expect(cram.samples).toEqual(['Eva', 'Adam'])
      expect(cram.format).toBe('CRAM')
      expect(cram.bytes).toBeGreaterThan(cram.header.length)
    }
  })

  describe('is not opened by an index', () => {
    const rows = (path: string) =>
      gunzipSync(readFileSync(`${path}.crai`))
        .toString()
        .trimEnd()
        .split('\n')
    test.each([
      ['without its last container', (lines: string[]) => lines.slice(0, -6), /does not have all containers/],
      ['without its first container', (lines: string[]) => lines.slice(3), /does not have all containers/],
      ['that is empty', () => [], /does not have all containers/],
      ['of a longer file', (lines: string[]) => [...lines, '0\t1\t1\t999999999\t1\t1'], /of another file/],
      ['that starts in the header', (lines: string[]) => ['0\t1\t1\t5\t1\t1', ...lines], /of another file/],
      ['with words', (lines: string[]) => [lines[0]!, 'a\tb\tc\td\te\tf'], /line 2 .*is none/],
      ['with too few columns', () => ['0\t1\t1\t999'], /line 1 .*is none/],
      ['with too many columns', () => ['0\t1\t1\t999\t1\t1\t1'], /line 1 .*is none/],
      ['with a negative offset', () => ['0\t1\t1\t-9\t1\t1'], /line 1 .*is none/],
    ])('%s', async (_, change, message) => {
      const { file, path } = files[0]!
      const index = memoryFile(Buffer.from(change(rows(path)).join('\n')))
      await expect(openCram(file, index)).rejects.toThrow(message)
    })

    test('but by one in any order, with other line ends, not compressed, or without stretches', async () => {
      const { file, path } = files[3]!
      const region = { contig: 'HLA:01', start: 10_000, end: 12_000 }
      const expected = recordsOf(view('-b', path, '{HLA:01}:10001-12000'))
      const lines = rows(path)
      const withoutStretch = lines.map((line) => line.replace(/^(\d+)\t\d+\t\d+/, '$1\t0\t0'))
      for (const text of [lines.toReversed().join('\n'), lines.join('\r\n'), withoutStretch.join('\n')]) {
        const bam = await openCramAsBam(file, memoryFile(Buffer.from(text)), fasta)
        const answer = await joinParts(file, bam.slice(someRegions([region]), NO_EDIT))
        expect(inflateBlocks(answer).content.equals(expected)).toBe(true)
      }
    })
  })

  test('is not asked of a contig that it does not have', async () => {
    const cram = await open(files[0]!)
    expect(() => cram.slice(someRegions([{ contig: 'chr2', start: 0, end: 5 }]), NO_EDIT)).toThrow(TypeError)
  })
})
