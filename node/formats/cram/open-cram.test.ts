import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createRandom } from '../../testing/annotated-vcf.js'
import { makeCramWorld, REFERENCES, type CramWorld } from '../../testing/cram-world.js'
import { joinParts, memoryFile, openMemoryFile, type MemoryFile } from '../../testing/memory-file.js'
import { describeWithOracles, describeWithOraclesAndFiles, runTool } from '../../testing/oracles.js'
import { BGZF_EOF, inflateBlocks } from '../bgzf.js'
import { parseBamHeader } from '../bam/bam-header.js'
import { toBgzf } from '../bgzf/block-writer.js'
import { openFasta, type Fasta } from '../fasta.js'
import type { Region, Selection, SliceableFile } from '../slice.js'
import { buildCrai } from './build-crai.js'
import { readCramHeader, toCramHeader } from './cram-header.js'
import { cramEof } from './cram-version.js'
import { openCram } from './open-cram.js'
import { openCramAsBam } from './open-cram-as-bam.js'

const SEED = 52_026
const TEMPLATES = 600
const NO_EDIT = {}

/** How samtools writes a file: versions, codecs, and what is kept in a slice and in a container. */
const WAYS: readonly (readonly string[])[] = [
  ['version=3.0', 'seqs_per_slice=150', 'slices_per_container=3'],
  ['version=2.1', 'seqs_per_slice=200'],
  ['version=3.1', 'seqs_per_slice=400', 'archive'],
  ['version=3.1', 'seqs_per_slice=500', 'multi_seq_per_slice=1', 'slices_per_container=2'],
  ['version=3.0', 'embed_ref=1', 'seqs_per_slice=300'],
  ['version=3.0', 'no_ref=1', 'multi_seq_per_slice=1', 'seqs_per_slice=700'],
  ['version=3.0', 'use_bzip2=1', 'use_lzma=1', 'level=9'],
  ['version=3.1', 'store_md=1', 'store_nm=1', 'small'],
]

interface Written {
  readonly way: string
  readonly path: string
  readonly file: MemoryFile
}

function some(regions: readonly Region[], unplaced = false): Selection {
  return { kind: 'some', regions, unplaced }
}

function toRegionText({ contig, start, end }: Region): string {
  return `{${contig}}:${start + 1}-${end === Infinity ? '' : end}`
}

/** The records of a BAM file. */
function recordsOf(bam: Buffer): Buffer {
  const { content } = inflateBlocks(bam)
  return content.subarray(parseBamHeader(content)!.recordsStart)
}

describeWithOracles('a CRAM file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-cram-'))
  const random = createRandom(SEED)
  const files: Written[] = []
  let world: CramWorld
  let fasta: Fasta

  beforeAll(() => {
    world = makeCramWorld(directory, random, TEMPLATES)
    fasta = openFasta(world.fasta)
    for (const [index, way] of WAYS.entries()) {
      const path = join(directory, `${index}.cram`)
      const options = way.flatMap((option) => ['--output-fmt-option', option])
      runTool('samtools', ['view', '-C', '--no-PG', '-T', world.fasta, ...options, '-o', path, world.sam])
      runTool('samtools', ['index', path])
      writeFileSync(`${path}.bam`, view('-b', path))
      runTool('samtools', ['index', `${path}.bam`])
      files.push({ way: way.join(', '), path, file: openMemoryFile(path) })
    }
  })
  afterAll(() => {
    fasta.close()
    rmSync(directory, { recursive: true })
  })

  const view = (...args: readonly string[]) => runTool('samtools', ['view', '--no-PG', '-T', world.fasta, ...args])
  const openBoth = async ({ file, path }: Written): Promise<{ cram: SliceableFile; bam: SliceableFile }> => ({
    cram: await openCram(file, openMemoryFile(`${path}.crai`)),
    bam: await openCramAsBam(file, openMemoryFile(`${path}.crai`), fasta),
  })

  function randomRegion(): Region {
    const { name, length } = REFERENCES[Math.floor(random() * REFERENCES.length)]!
    const start = Math.floor(random() * length)
    return { contig: name, start, end: random() < 0.1 ? Infinity : start + 1 + Math.floor(random() ** 3 * 20_000) }
  }

  test('decodes to the BAM that samtools makes of it, byte by byte', async () => {
    for (const written of files) {
      const { bam } = await openBoth(written)
      const all = await joinParts(written.file, bam.slice({ kind: 'all' }, NO_EDIT))
      const expected = readFileSync(`${written.path}.bam`)
      const isSame = inflateBlocks(all).content.equals(recordsOf(expected))
      expect({ way: written.way, isSame }).toEqual({ way: written.way, isSame: true })
      const { content } = inflateBlocks(expected)
      expect(bam.header.equals(content.subarray(0, parseBamHeader(content)!.recordsStart))).toBe(true)
    }
  })

  test('gives exactly the reads of regions as BAM', async () => {
    for (const written of files) {
      const { bam } = await openBoth(written)
      for (let round = 0; round < 3; round++) {
        const regions = Array.from({ length: 1 + Math.floor(random() * 3) }, randomRegion)
        const answer = await joinParts(written.file, bam.slice(some(regions), NO_EDIT))
        const bed = join(directory, 'regions.bed')
        writeFileSync(
          bed,
          regions.map(({ contig, start, end }) => `${contig}\t${start}\t${Math.min(end, 1e6)}\n`).join(''),
        )
        // Of BAM: of slices with several references, samtools 1.16 gives reads of other contigs for several regions of CRAM.
        const expected = recordsOf(view('-b', '-M', '-L', bed, `${written.path}.bam`))
        const isSame = inflateBlocks(answer).content.equals(expected)
        expect({ way: written.way, regions, isSame }).toEqual({ way: written.way, regions, isSame: true })
      }
      const unplaced = await joinParts(written.file, bam.slice(some([], true), NO_EDIT))
      expect(inflateBlocks(unplaced).content.equals(recordsOf(view('-b', written.path, '*')))).toBe(true)
    }
  })

  test('gives containers with all reads of regions, each container once, that samtools reads as a file', async () => {
    for (const written of files) {
      const { cram } = await openBoth(written)
      const { start, version } = await readCramHeader(written.file)
      for (const unplaced of [false, true]) {
        const regions = [randomRegion(), randomRegion()]
        const parts: (readonly [number, number])[] = []
        for await (const part of cram.slice(some(regions, unplaced), NO_EDIT)) {
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
      const answer = await joinParts(file, bam.slice(some([region]), NO_EDIT))
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

  test('names reads whose names were not kept, the same for both of a pair', async () => {
    const path = join(directory, 'lossy.cram')
    const options = ['--output-fmt-option', 'lossy_names=1', '--output-fmt-option', 'seqs_per_slice=300']
    runTool('samtools', ['view', '-C', '--no-PG', '-T', world.fasta, ...options, '-o', path, world.sam])
    const file = openMemoryFile(path)
    const bam = await openCramAsBam(file, undefined, fasta)
    const answer = join(directory, 'lossy.bam')
    const body = await joinParts(file, bam.slice({ kind: 'all' }, NO_EDIT))
    writeFileSync(answer, Buffer.concat([await toBgzf(bam.header), body, BGZF_EOF]))
    // htslib puts the name of the file there.
    expect(view(answer).toString()).toBe(view(path).toString().replaceAll('lossy.cram:', 'read:'))
  })

  test('has its header, contigs and people known', async () => {
    for (const written of files) {
      const { cram, bam } = await openBoth(written)
      expect(view('-H', written.path).toString()).toBe(cram.header.toString())
      expect(cram.contigs).toEqual(REFERENCES)
      expect(cram.samples).toEqual(['Eva', 'Adam'])
      expect([cram.format, bam.format]).toEqual(['CRAM', 'BAM'])
      expect(bam.contigs).toEqual(cram.contigs)
      expect(cram.bytes).toBeGreaterThan(cram.header.length)
    }
  })

  test('is whole without its end-of-file container, and refused when it is cut', async () => {
    const { file, path } = files[0]!
    const index = openMemoryFile(`${path}.crai`)
    const without = memoryFile(file.content.subarray(0, file.size - 38))
    const bam = await openCramAsBam(without, index, fasta)
    const all = await joinParts(without, bam.slice({ kind: 'all' }, NO_EDIT))
    expect(inflateBlocks(all).content.equals(recordsOf(readFileSync(`${path}.bam`)))).toBe(true)
    for (const cut of [1, 100, 5_000]) {
      const truncated = memoryFile(without.content.subarray(0, without.size - cut))
      await expect(openCram(truncated, index)).rejects.toThrow(/truncated/)
    }
  })

  describe('needs its reference', () => {
    test.each([
      ['none', () => undefined, /written over a reference, and there is none/],
      ['one of other contigs', () => ({ lengths: new Map(), read: () => '' }), /has no contig chr1/],
      [
        'one of other bases',
        () => ({ lengths: fasta.lengths, read: (_: string, from: number, to: number) => 'A'.repeat(to - from) }),
        /is not the one .*chr1:\d+-\d+ differs/,
      ],
    ])('and says so when there is %s', async (_, source, message) => {
      const { file } = files[0]!
      const bam = await openCramAsBam(file, undefined, source())
      const answer = joinParts(file, bam.slice({ kind: 'all' }, NO_EDIT))
      await expect(answer).rejects.toMatchObject({ name: 'MissingReferenceError' })
      await expect(joinParts(file, bam.slice({ kind: 'all' }, NO_EDIT))).rejects.toThrow(message)
    })

    test('unless it was written without one, or has it in itself', async () => {
      for (const { way, path, file } of files) {
        if (!/embed_ref|no_ref/.test(way)) continue
        const bam = await openCramAsBam(file, undefined, undefined)
        const all = await joinParts(file, bam.slice({ kind: 'all' }, NO_EDIT))
        expect(inflateBlocks(all).content.equals(recordsOf(readFileSync(`${path}.bam`)))).toBe(true)
      }
    })
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
        const answer = await joinParts(file, bam.slice(some([region]), NO_EDIT))
        expect(inflateBlocks(answer).content.equals(expected)).toBe(true)
      }
    })
  })

  test('is not asked of a contig that it does not have', async () => {
    const { cram, bam } = await openBoth(files[0]!)
    for (const opened of [cram, bam]) {
      expect(() => opened.slice(some([{ contig: 'chr2', start: 0, end: 5 }]), NO_EDIT)).toThrow(TypeError)
    }
  })

  test('whose bytes are changed anywhere is refused, never read otherwise', async () => {
    const path = join(directory, 'small.cram')
    const lines = readFileSync(world.sam, 'utf8').split('\n')
    const few = lines.filter((line, index) => line.startsWith('@') || (index > 1_000 && index < 1_060)).join('\n')
    runTool('samtools', ['view', '-C', '--no-PG', '-T', world.fasta, '-o', path, '-'], `${few}\n`)
    const file = openMemoryFile(path)
    const { start, end } = await readCramHeader(file)
    const expected = recordsOf(view('-b', path))
    const changed = Buffer.from(file.content)
    for (let round = 0; round < 100; round++) {
      const at = start + Math.floor(random() * (end - start))
      changed[at]! ^= 1 << Math.floor(random() * 8)
      const decode = async () => {
        const bam = await openCramAsBam(memoryFile(changed), undefined, fasta)
        const all = await joinParts(memoryFile(changed), bam.slice({ kind: 'all' }, NO_EDIT))
        return inflateBlocks(all).content.equals(expected)
      }
      await expect(decode()).rejects.toMatchObject({ name: 'FormatError' })
      changed[at] = file.content[at]!
    }
  })
})

interface Query {
  readonly file: string
  readonly referenceName: string
  readonly start: number | null
  readonly end: number | null
  readonly records: number
  readonly sha256: string
}

describeWithOraclesAndFiles('data/htsget', 'real CRAM files', (folder) => {
  const { queries } = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as { queries: readonly Query[] }
  const ofCram = queries.filter(({ file }) => file.endsWith('.cram'))
  /** Some of each file: every one decodes a slice of ten thousand reads. */
  const MOST_QUERIES = 10
  const fasta = openFasta(join(folder, 'hts-specs-cram/ce.fa'))
  afterAll(() => fasta.close())

  test.each([...new Set(ofCram.map(({ file }) => file))])('%s gives the known answers as BAM', async (name) => {
    const file = openMemoryFile(join(folder, name))
    const bam = await openCramAsBam(file, openMemoryFile(join(folder, `${name}.crai`)), fasta)
    const header = await toBgzf(bam.header)
    for (const query of ofCram.filter((query) => query.file === name).slice(0, MOST_QUERIES)) {
      const region = { contig: query.referenceName, start: query.start ?? 0, end: query.end ?? Infinity }
      if (query.referenceName !== '*' && !bam.contigs.some(({ name }) => name === query.referenceName)) {
        expect(query.records).toBe(0)
        continue
      }
      const selection = query.referenceName === '*' ? some([], true) : some([region])
      const body = await joinParts(file, bam.slice(selection, NO_EDIT))
      const lines = runTool('samtools', ['view', '-'], Buffer.concat([header, body, BGZF_EOF]))
      const sha256 = createHash('sha256').update(lines).digest('hex')
      expect({ ...query, sha256 }).toEqual(query)
    }
  })
})
