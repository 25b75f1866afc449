import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createRandom } from '../../testing/annotated-vcf.js'
import { bgzfFile } from '../../testing/bgzf-file.js'
import { openMemoryFile, memoryFile } from '../../testing/memory-file.js'
import { describeWithOracles, describeWithOraclesAndFiles, runTool } from '../../testing/oracles.js'
import { CONTIGS, makeReads } from '../../testing/read-world.js'
import { readTruth } from '../../testing/truth.js'
import { openSliceable } from '../open-sliceable.js'
import { buildCsi } from './build-csi.js'

type Format = Parameters<typeof buildCsi>[1]

const random = createRandom(20_262)
const below = (limit: number) => Math.floor(random() * limit)

/** Variants of all lengths, with ENDs, on contigs with and without a length, one of them far beyond what BAI and TBI can index. */
function makeVariants(count: number): string {
  const contigs = [
    { name: 'chr2', length: 600_000_000 },
    { name: 'HLA02', length: 90_000 },
    { name: 'bare', length: undefined },
  ]
  const records = Array.from({ length: count }, () => {
    const contig = below(contigs.length)
    const position = 1 + below(random() < 0.5 ? 40_000 : (contigs[contig]!.length ?? 3_000_000) - 30_000)
    const info = random() < 0.1 ? `END=${position + below(25_000)}` : 'DP=3'
    return {
      contig,
      position,
      text: `${contigs[contig]!.name}\t${position}\t.\t${'A'.repeat(1 + below(9))}\tC\t.\t.\t${info}\n`,
    }
  }).sort((a, b) => a.contig - b.contig || a.position - b.position)
  const header = [
    '##fileformat=VCFv4.2',
    '##INFO=<ID=END,Number=1,Type=Integer,Description="End">',
    '##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">',
    '##contig=<ID=unused,length=1000>',
    ...contigs.map(({ name, length }) => `##contig=<ID=${name}${length === undefined ? '' : `,length=${length}`}>`),
    '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO',
    '',
  ]
  return header.join('\n') + records.map(({ text }) => text).join('')
}

describeWithOracles('an index that is built', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-csi-'))
  afterAll(() => rmSync(directory, { recursive: true }))

  /** Two copies of a file: one with our index, one with htslib's. */
  async function indexBoth(name: string, content: Buffer, format: Format): Promise<readonly [string, string]> {
    const ours = join(directory, `ours-${name}`)
    const theirs = join(directory, `theirs-${name}`)
    writeFileSync(ours, content)
    copyFileSync(ours, theirs)
    writeFileSync(`${ours}.csi`, await buildCsi(memoryFile(content), format))
    if (format === 'BAM') runTool('samtools', ['index', '-c', theirs])
    else runTool('bcftools', ['index', '-c', theirs])
    return [ours, theirs]
  }

  const files: [name: string, format: Format, make: () => Buffer][] = [
    ['a.bam', 'BAM', () => runTool('samtools', ['view', '-b', '--no-PG', '-'], makeReads(random, 6_000))],
    ['a.vcf.gz', 'VCF', () => runTool('bgzip', ['-c'], makeVariants(8_000))],
    ['small-blocks.vcf.gz', 'VCF', () => bgzfFile(Buffer.from(makeVariants(3_000)), 333)],
    ['a.bcf', 'BCF', () => runTool('bcftools', ['view', '-Ob', '--no-version', '-'], makeVariants(8_000))],
  ]

  describe.each(files)('of %s', (name, format, make) => {
    let ours = ''
    let theirs = ''
    beforeAll(async () => {
      ;[ours, theirs] = await indexBoth(name, make(), format)
    })

    const find = (path: string, region: string): string =>
      format === 'BAM'
        ? runTool('samtools', ['view', path, region]).toString()
        : runTool('bcftools', ['view', '-H', '-r', region, path]).toString()

    test('finds for htslib what its own finds', () => {
      const contigs = format === 'BAM' ? CONTIGS.map(({ name: contig }) => contig) : ['chr2', 'HLA02', 'bare', 'unused']
      const found = contigs.flatMap((contig) => {
        const regions = Array.from({ length: 12 }, () => {
          const start = 1 + below(random() < 0.6 ? 45_000 : 400_000)
          return `${format === 'BAM' && contig.includes(':') ? `{${contig}}` : contig}:${start}-${start + below(20_000)}`
        })
        return regions.map((region) => {
          const expected = find(theirs, region)
          expect({ region, found: find(ours, region) }).toEqual({ region, found: expected })
          return expected.length
        })
      })
      expect(found.filter((length) => length > 0).length).toBeGreaterThan(15)
    })

    test('counts what its own counts', () => {
      const count = (path: string) =>
        format === 'BAM' ? runTool('samtools', ['idxstats', path]) : runTool('bcftools', ['index', '--stats', path])
      expect(count(ours).toString()).toBe(count(theirs).toString())
    })

    test('finds for us what its own finds', async () => {
      const [mine, other] = await Promise.all(
        [ours, theirs].map((path) => openSliceable(openMemoryFile(path), openMemoryFile(`${path}.csi`))),
      )
      const lengthOf = async (file: typeof mine, contig: string, start: number, end: number) => {
        let made = 0
        const selection = { kind: 'some', regions: [{ contig, start, end }], unplaced: false } as const
        const parts = []
        for await (const part of file!.slice(selection, {})) parts.push(part)
        for (const part of parts) made += part.kind === 'made' ? part.bytes.length : part.end - part.start
        return made
      }
      for (const { name: contig } of mine!.contigs) {
        for (let query = 0; query < 10; query++) {
          const start = below(60_000)
          const end = start + below(30_000)
          const expected = await lengthOf(other, contig, start, end)
          expect({ contig, start, end, length: await lengthOf(mine, contig, start, end) }).toEqual({
            contig,
            start,
            end,
            length: expected,
          })
        }
      }
    })
  })

  test('of files without records is one', async () => {
    const header = makeReads(random, 0)
    const empty = runTool('samtools', ['view', '-b', '--no-PG', '-H', '-'], header)
    const [ours, theirs] = await indexBoth('empty.bam', empty, 'BAM')
    const count = (path: string) => runTool('samtools', ['idxstats', path]).toString()
    expect(count(ours)).toBe(count(theirs))
  })

  test.each<readonly [string, Format, () => Buffer]>([
    [
      'reads by name',
      'BAM',
      () => {
        const lines = makeReads(random, 300).split('\n')
        const header = lines.filter((line) => line.startsWith('@'))
        const reads = lines.filter((line) => line !== '' && !line.startsWith('@')).reverse()
        return runTool('samtools', ['view', '-b', '--no-PG', '-'], [...header, ...reads, ''].join('\n'))
      },
    ],
    [
      'variants backwards',
      'VCF',
      () => bgzfFile(Buffer.from(`${VCF_HEADER}1\t5\t.\tA\tC\t.\t.\t.\n1\t4\t.\tA\tC\t.\t.\t.\n`), 999),
    ],
    [
      'a contig twice',
      'VCF',
      () =>
        bgzfFile(
          Buffer.from(`${VCF_HEADER}1\t5\t.\tA\tC\t.\t.\t.\n2\t4\t.\tA\tC\t.\t.\t.\n1\t6\t.\tA\tC\t.\t.\t.\n`),
          999,
        ),
    ],
  ])('cannot be of %s', async (_, format, make) => {
    await expect(buildCsi(memoryFile(make()), format)).rejects.toThrow('not in the order of their places')
  })

  test('cannot be of a file that was cut off', async () => {
    const whole = runTool('samtools', ['view', '-b', '--no-PG', '-'], makeReads(random, 2_000))
    await expect(buildCsi(memoryFile(whole.subarray(0, whole.length >> 1)), 'BAM')).rejects.toThrow('truncated')
  })
})

const VCF_HEADER = '##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'

describeWithOraclesAndFiles('data/htsget', 'an index that is built of real files', (folder) => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-csi-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const queries = readTruth(folder)
  const MOST_QUERIES = 8
  const files = [...new Set(queries.map(({ file }) => file))].filter((file) => /\.(bam|vcf\.gz|bcf)$/.test(file))

  test.each(files)('%s finds the records of each region', async (file) => {
    const format: Format = file.endsWith('.bam') ? 'BAM' : file.endsWith('.bcf') ? 'BCF' : 'VCF'
    const copy = join(directory, basename(file))
    copyFileSync(join(folder, file), copy)
    writeFileSync(`${copy}.csi`, await buildCsi(openMemoryFile(copy), format))
    expect(existsSync(`${copy}.bai`)).toBe(false)
    for (const { referenceName, start, end, records } of queries
      .filter((query) => query.file === file)
      .slice(0, MOST_QUERIES)) {
      if (referenceName === '*' && format !== 'BAM') continue
      const name = format === 'BAM' && referenceName.includes(':') ? `{${referenceName}}` : referenceName
      const region = `${name}${start === null && end === null ? '' : `:${(start ?? 0) + 1}-${end ?? ''}`}`
      const args = format === 'BAM' ? ['view', copy, region] : ['view', '-H', '-r', region, copy]
      const lines =
        runTool(format === 'BAM' ? 'samtools' : 'bcftools', args)
          .toString()
          .split('\n').length - 1
      expect({ region, lines }).toEqual({ region, lines: records })
    }
  })
})
