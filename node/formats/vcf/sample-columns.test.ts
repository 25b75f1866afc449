import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../testing/annotated-vcf.js'
import { bgzfFile } from '../../testing/bgzf-file.js'
import { joinParts, openMemoryFile, type MemoryFile } from '../../testing/memory-file.js'
import { describeWithOracles, runTool } from '../../testing/oracles.js'
import { toBcfHeader } from '../bcf/bcf-header.js'
import { toBgzf } from '../bgzf/block-writer.js'
import { BGZF_EOF } from '../bgzf.js'
import { openSliceable } from '../open-sliceable.js'
import type { SliceableFile } from '../slice.js'
import { isCountedOverPeople } from './cohort-fields.js'
import { formatVcfHeaderText, parseVcfHeaderText } from './header-text.js'
import { createVcfSampleEdit } from './sample-columns.js'

const SAMPLES = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const COUNTED = ['MAC', 'AC_Het', 'EAS_AF', 'DP', 'ExcHet']

function makeCohort(lines: number): string {
  const random = createRandom(11)
  const whole = (below: number) => Math.floor(random() * below)
  const records = Array.from({ length: lines }, (_, index) => {
    const alts = ['C', 'G', '<DEL>'].slice(0, 1 + whole(3))
    const allele = () => (random() < 0.15 ? '.' : String(random() < 0.5 ? 0 : whole(alts.length + 1)))
    const genotype = () => {
      const shape = random()
      if (shape < 0.1) return allele()
      return [allele(), allele()].join(shape < 0.5 ? '|' : '/')
    }
    const info = [
      'NOTE=x',
      'AC=1',
      'AN=2',
      'MAC=3',
      'AF=0.5',
      'NS=9',
      'AC_Het=2',
      'EAS_AF=0.25',
      'SOMATIC',
      'DP=77',
      'ExcHet=1',
    ]
    const cells = SAMPLES.map(() => `${genotype()}:${whole(300)}:${['low', '.', 'a,b'][whole(3)]!}`)
    return [
      '20',
      100 + index,
      `v${index}`,
      'A',
      alts.join(','),
      '30',
      'PASS',
      info.join(';'),
      'GT:DP:FT',
      ...cells,
    ].join('\t')
  })
  const bare = ['20\t9000\tnone\tA\tC\t.\t.\tAC=3;NOTE=y\tDP', ...SAMPLES.map((_, index) => String(index))].join('\t')
  const declared = ['AC', 'AN', 'NS', 'MAC', 'AC_Het', 'DP'].map(
    (key) => `##INFO=<ID=${key},Number=.,Type=Integer,Description="n">`,
  )
  const header = [
    '##fileformat=VCFv4.3',
    '##contig=<ID=20>',
    ...declared,
    ...['AF', 'EAS_AF', 'ExcHet'].map((key) => `##INFO=<ID=${key},Number=.,Type=Float,Description="f">`),
    '##INFO=<ID=NOTE,Number=1,Type=String,Description="note">',
    '##INFO=<ID=SOMATIC,Number=0,Type=Flag,Description="flag">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
    '##FORMAT=<ID=FT,Number=1,Type=String,Description="Filter">',
    ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...SAMPLES].join('\t'),
  ]
  return [...header, ...records, bare, ''].join('\n')
}

describeWithOracles('columns that are left out', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-columns-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const vcf = join(directory, 'cohort.vcf.gz')
  const bcf = join(directory, 'cohort.bcf')
  const plain = join(directory, 'plain.vcf')

  beforeAll(() => {
    writeFileSync(vcf, bgzfFile(Buffer.from(makeCohort(400)), 5_000))
    writeFileSync(bcf, runTool('bcftools', ['view', '--no-version', '-Ob', vcf]))
    runTool('bcftools', ['index', '-t', vcf])
    runTool('bcftools', ['index', '-c', bcf])
  })

  async function read(file: MemoryFile, opened: SliceableFile, samples: readonly string[]): Promise<string[]> {
    const isBcf = opened.format === 'BCF'
    const text = opened.header.toString('utf8', isBcf ? 9 : 0, opened.header.length - (isBcf ? 1 : 0))
    const kept = opened.samples.filter((name) => samples.includes(name))
    const header = formatVcfHeaderText({ ...parseVcfHeaderText(text), samples: kept, hasFormat: kept.length > 0 })
    const head = isBcf ? toBcfHeader(header) : Buffer.from(header)
    const path = join(directory, 'answer')
    const body = await joinParts(file, opened.slice({ kind: 'all' }, { samples }))
    writeFileSync(path, Buffer.concat([await toBgzf(head), body, BGZF_EOF]))
    return linesOf(path)
  }

  function linesOf(path: string): string[] {
    return runTool('bcftools', ['view', '--no-version', '-H', path]).toString().split('\n').slice(0, -1)
  }

  describe.each([
    ['VCF', vcf, 'tbi'],
    ['BCF', bcf, 'csi'],
  ])('%s', (_, path, index) => {
    test.each([[['a']], [['b', 'c', 'g']], [['g', 'a']], [['a', 'b', 'd', 'e', 'f', 'g']]])(
      '%s stay: what bcftools makes of them, counted anew',
      async (samples) => {
        const kept = SAMPLES.filter((name) => samples.includes(name))
        const removed = COUNTED.map((key) => `INFO/${key}`).join(',')
        const chosen = runTool('bcftools', ['view', '--no-version', '-s', kept.join(','), vcf])
        const without = runTool('bcftools', ['annotate', '--no-version', '-x', removed, '-'], chosen)
        writeFileSync(plain, without)
        writeFileSync(plain, runTool('bcftools', ['plugin', 'fill-tags', '--no-version', plain, '--', '-t', 'AF,NS']))
        const file = openMemoryFile(path)
        const lines = await read(file, await openSliceable(file, openMemoryFile(`${path}.${index}`)), samples)
        // Without genotypes bcftools has nothing to count, and leaves the old numbers.
        expect(lines.slice(0, -1)).toEqual(linesOf(plain).slice(0, -1))
        const cells = kept.map((name) => SAMPLES.indexOf(name))
        expect(lines.at(-1)).toBe(['20\t9000\tnone\tA\tC\t.\t.\tNOTE=y\tDP', ...cells].join('\t'))
      },
    )

    test('nobody stays: the sites', async () => {
      const file = openMemoryFile(path)
      const lines = await read(file, await openSliceable(file, openMemoryFile(`${path}.${index}`)), [])
      const sites = linesOf(path).map((line) => line.split('\t').slice(0, 7).join('\t'))
      expect(lines.map((line) => line.split('\t').slice(0, 7).join('\t'))).toEqual(sites)
      expect(lines.every((line) => line.split('\t').length === 8)).toBe(true)
      const zeros = 'NOTE=x;AC=0;AN=0;AF=.;NS=0;SOMATIC'
      expect(
        lines[0]!
          .split('\t')[7]!
          .replace(/AC=[0,]+/, 'AC=0')
          .replace(/AF=[.,]+/, 'AF=.'),
      ).toBe(zeros)
    })

    test('all stay: stored bytes', async () => {
      const file = openMemoryFile(path)
      const opened = await openSliceable(file, openMemoryFile(`${path}.${index}`))
      const all = await joinParts(file, opened.slice({ kind: 'all' }, {}))
      expect((await joinParts(file, opened.slice({ kind: 'all' }, { samples: SAMPLES }))).equals(all)).toBe(true)
    })

    test('a column that the file does not have is asked for by mistake', async () => {
      const opened = await openSliceable(openMemoryFile(path), openMemoryFile(`${path}.${index}`))
      expect(() => opened.slice({ kind: 'all' }, { samples: ['a', 'z'] })).toThrow(TypeError)
    })
  })
})

describe('a line', () => {
  const edit = createVcfSampleEdit(['a', 'b'], ['a'])!
  test.each([
    ['has a column too few, which would shift people', '1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\n'],
    ['has a column too many', '1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/0\t1/1\n'],
    ['has an allele that there is not', '1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/2\t0/0\n'],
    ['has a genotype that is none', '1\t5\t.\tA\tC\t.\t.\t.\tGT\tx\t0/0\n'],
  ])('that %s is damaged', (_, line) => {
    expect(() => edit(Buffer.from(line))).toThrow(expect.objectContaining({ name: 'FormatError' }))
  })

  test('with three copies has three alleles', () => {
    const line = '1\t5\t.\tA\tC,G\t.\t.\tAC=9;AN=9;AF=9;NS=9\tGT\t0/1/2\t1/1\n'
    expect(edit(Buffer.from(line)).toString()).toContain('AC=1,1;AN=3;AF=0.333333,0.333333;NS=1\tGT\t0/1/2\n')
  })

  test('keeps its line end', () => {
    const line = (end: string) => Buffer.from(`1\t5\t.\tA\tC\t.\t.\tAC=9\tGT\t0/1\t1/1${end}`)
    for (const end of ['', '\n', '\r\n']) {
      expect(edit(line(end)).toString()).toBe(`1\t5\t.\tA\tC\t.\t.\tAC=1\tGT\t0/1${end}`)
    }
  })
})

test.each([
  [true, ['AC', 'AN', 'AF', 'NS', 'MAF', 'AC_Het', 'AC_Hemi', 'EUR_AF', 'AF_popmax', 'nhomalt', 'HWE', 'DP', 'MLEAC']],
  [false, ['END', 'SVTYPE', 'SVLEN', 'CSQ', 'ANN', 'CLNSIG', 'ACMG', 'CANDIDATE', 'MQ', 'SOMATIC', 'AFFECTED']],
])('by its name a field is counted over people: %s', (expected, keys) => {
  for (const key of keys) expect([key, isCountedOverPeople(key)]).toEqual([key, expected])
})
