import { afterAll, beforeAll, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createMutator, createRandom } from './support/mutate-vcf.js'
import { SHARED_DATA } from './support/paths.js'
import { mustRun, mustRunAll, run, runCommand } from './support/processes.js'
import { describeWithTools, describeWithToolsAndShared } from './support/tools.js'

const MINUTES = 60_000
/** Compressed, and as a pipe would have it. */
const FORMS = ['bgzf', 'raw'] as const

let directory: string
let home: string
let datasets = 0

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-bcf-'))
  home = join(directory, 'node')
  await mustRun('node/main.js', 'init', home, '--id', 'se.fyr.bcf', '--name', 'BCF')
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What a dataset's only segment holds, row for row, whatever its tables are: by table the number of rows and their digest. */
function dump(dataset: string): object {
  const files = readdirSync(join(home, 'datasets', dataset), { recursive: true, encoding: 'utf8' })
  const segments = files.filter((file) => file.endsWith('.sqlite'))
  expect(segments).toHaveLength(1)
  const db = new Database(join(home, 'datasets', dataset, segments[0]!), { readonly: true })
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all()
  const digests = tables.map((table) => {
    const digest = createHash('sha256')
    let rows = 0
    for (const row of db.prepare<[], unknown[]>(`SELECT * FROM "${table}"`).raw().iterate()) {
      rows++
      for (const value of row) digest.update(Buffer.isBuffer(value) ? value : `${typeof value}:${String(value)};`)
    }
    return [table, { rows, digest: digest.digest('hex') }]
  })
  db.close()
  return Object.fromEntries(digests) as object
}

function toAdd(dataset: string, assembly: string): readonly string[] {
  return ['dataset', 'add', home, dataset, '--name', 'D', '--assembly', assembly]
}

async function ingest(file: string, assembly: string, options: readonly string[]) {
  const dataset = `d${++datasets}`
  const [, json] = await mustRunAll('node/main.js', [
    toAdd(dataset, assembly),
    ['ingest', home, '--dataset', dataset, ...options, '--json', file],
  ])
  const { dataset: _, files: __, seconds: ___, ...report } = JSON.parse(json!) as Record<string, unknown>
  return { report, store: dump(dataset) }
}

async function toBcf(vcf: string, form: (typeof FORMS)[number]): Promise<string> {
  const bcf = join(directory, `${form}.bcf`)
  const { code, stderr } = await run('bcftools', ['view', '-Ob', '--no-version', '-o', bcf, vcf])
  if (code !== 0) throw new Error(stderr)
  if (form === 'raw') writeFileSync(bcf, gunzipSync(readFileSync(bcf)))
  return bcf
}

async function expectSameStore(
  vcf: string,
  assembly: string,
  options: readonly string[] = [],
  forms: readonly (typeof FORMS)[number][] = ['bgzf'],
): Promise<object> {
  const expected = await ingest(vcf, assembly, options)
  for (const form of forms) expect(await ingest(await toBcf(vcf, form), assembly, options)).toEqual(expected)
  return expected.report
}

/** Every tag is declared: bcftools makes up what is not. */
const HEADER = [
  '##fileformat=VCFv4.3',
  ...['LowQual', 'q10', 's50', 'pass'].map((id) => `##FILTER=<ID=${id},Description="with IDX=7, and ID=other">`),
  ...['1', '2', '4', '17', '21', '22', 'X', 'Y', 'MT', 'strange'].map((id) => `##contig=<ID=${id}>`),
  ...['CN0', 'CN1', 'CN2', 'CN3', 'CN4', 'INV', 'DEL', 'CNV'].map((id) => `##ALT=<ID=${id},Description="${id}">`),
  '##INFO=<ID=END,Number=1,Type=Integer,Description="End">',
  '##INFO=<ID=SVLEN,Number=.,Type=Integer,Description="Length">',
  '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type">',
  '##INFO=<ID=IMPRECISE,Number=0,Type=Flag,Description="Flag">',
  '##INFO=<ID=CHR2,Number=1,Type=String,Description="Contig">',
  '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
  '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">',
  '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
  '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">',
  '##FORMAT=<ID=AF,Number=A,Type=Float,Description="Fractions">',
  '##FORMAT=<ID=CN,Number=1,Type=Integer,Description="Copies">',
  '##FORMAT=<ID=XS,Number=1,Type=String,Description="Another">',
]

function toVcfText(samples: readonly string[], lines: readonly string[]): string {
  const columns = ['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT', ...samples].join('\t')
  return [...HEADER, columns, ...lines, ''].join('\n')
}

const PEOPLE = ['a', 'b', 'c', 'd']
const PED = 'F a 0 0 1 0\nF b 0 0 2 0\nG c 0 0 1 0\n'
/** By hand: what is written in a way of its own in BCF. */
const LINES = [
  // Haploid, diploid, triploid, half and not called in one record: vectors that end early.
  '1 1000000 rs1;rs2 A C . PASS . GT:GQ 0/1:99 1:20 0/1/1:99 ./1:19',
  '1 1000001 . A C,G 30 . . GT 0|1 2|1 .|. .',
  '1 1000002 . A C 1e-7 q10;s50 . GT:GQ 0/1:. 1/1:255 0/0:70000 1|0:300',
  // Twelve alleles, so that codes need two digits; and none.
  '1 1000003 . A C,G,T,AA,CA,GA,TA,AC,AG,AT,CC,CT . pass . GT 0/11 10/12 9/9 ./12',
  '1 1000004 . A C,G,T,AA,CA,GA,TA,AC,AG,AT,CC,CT . PASS . GT 0/11 10/12 9/9 ./12',
  '1 1000005 . A . . PASS END=1000050 GT 0/0 0/0 ./. 0',
  '1 1000006 . A C . PASS . DP 30 . 31 32',
  '1 1000007 . ACGT A,* . PASS . XS:GT a:0/1 .:1/2 long-text:0/2 b:./.',
  '2 1000000 . N <DEL> . PASS IMPRECISE;END=1100000;SVLEN=-100000;SVTYPE=DEL GT 0/1 0/0 1/1 ./.',
  '2 1200000 . N <DEL>,<CN0> . PASS SVLEN=-70000,300 GT 0/1 0/2 1/2 ./.',
  '2 1300000 . N <INV> . PASS END=1300100;CHR2=2 GT 0/1 0/0 0/0 0/0',
  '2 1400000 . N <CNV> . PASS END=1450000 GT:CN:GQ ./.:3:99 ./.:2:99 ./.:.:99 ./.:0:19',
  '4 1000000 . G G]17:198982] . PASS SVTYPE=BND GT 0/1 0/0 0/0 0/0',
  'X 50000000 . A G . PASS . GT 1/1 0/1 0 1',
  'Y 57000000 . A T . PASS . GT 0/1 0/0 0/0 0/0',
  // 0.95 in single precision is a little less than 0.95.
  'MT 3243 . A G . PASS . GT:AF 1/1:0.95 1/1:0.9499 1:0.949999 0/1:0.3',
  'MT 3244 . A G . PASS . GT:AD 1/1:5,95 1/1:6,94 1:. ./.:0,0',
  'MT 9000 . A G,T . PASS . GT:AF:AD 2/2:0.01,0.99:1,1,98 1/1:.:10,90,0 1/1:.,.:.,.,. 0/0',
  // As fractions of tumours are kept: at borders of steps, with more digits than single precision has, and none.
  '1 1000008 . A C,G . PASS . GT:AF:AD 0/1:0.0025,0:1,1,0 1/2:0.00249999999,0.997499999:1,1,1 0/2:.:57,0,43 1/2:1.5,-1:1,0,3',
  'strange 5 . A C . PASS . GT 0/1 0/0 0/0 0/0',
].map((line) => line.replaceAll(' ', '\t'))

describeWithTools(['bcftools'], 'a BCF file made of a VCF file', () => {
  test(
    'by hand: the same store and report, compressed or not',
    async () => {
      const vcf = join(directory, 'hand.vcf')
      const ped = join(directory, 'hand.ped')
      writeFileSync(vcf, toVcfText(PEOPLE, LINES))
      writeFileSync(ped, PED)
      const report = await expectSameStore(vcf, 'GRCh38', ['--ped', ped, '--absent', 'unknown'], FORMS)
      expect(report).toMatchObject({ records: LINES.length, individuals: 4, filteredRecords: 2, referenceRecords: 1 })
      await expectSameStore(vcf, 'GRCh38', ['--origin', 'somatic'])
    },
    10 * MINUTES,
  )

  test(
    'cut short or damaged anywhere: one sentence, and nothing is stored',
    async () => {
      const vcf = join(directory, 'bad.vcf')
      const many = Array.from({ length: 300 }, (_, row) => LINES[0]!.replace('1000000', String(1000 + row)))
      writeFileSync(vcf, toVcfText(PEOPLE, many))
      const dataset = `d${++datasets}`
      await mustRun('node/main.js', ...toAdd(dataset, 'GRCh38'))
      const cases: [form: (typeof FORMS)[number], change: (path: string, bytes: Buffer) => void, message: RegExp][] = [
        [
          'raw',
          (path, { length }) => truncateSync(path, length - 5),
          /record 299: the BCF data end inside a record: the file is truncated/,
        ],
        ['raw', (path) => truncateSync(path, 700), /the file ends inside the BCF header: it is truncated/],
        [
          'bgzf',
          (path, { length }) => truncateSync(path, length - 28),
          /end-of-file marker is missing: the file is truncated/,
        ],
        [
          'bgzf',
          (path, { length }) => truncateSync(path, length - 100),
          /the BGZF data ends inside a block: the file is truncated/,
        ],
        [
          'raw',
          (path, bytes) => writeFileSync(path, Buffer.concat([Buffer.from('BCF\x04'), bytes.subarray(4)])),
          /BCF of version 4\.\d+ cannot be read, only 2\.1 and 2\.2/,
        ],
        [
          'raw',
          (path, bytes) => writeFileSync(path, Buffer.concat([Buffer.from('BAM\x01'), bytes.subarray(4)])),
          /this is no VCF file/,
        ],
        [
          'raw',
          (path, bytes) => writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(40, 0xff)])),
          /record 300: the BCF data are corrupt: a record claims \d+ bytes/,
        ],
      ]
      for (const [form, change, message] of cases) {
        const bcf = await toBcf(vcf, form)
        change(bcf, readFileSync(bcf))
        const finished = await runCommand('node/main.js', 'ingest', home, '--dataset', dataset, bcf)
        expect(finished).toMatchObject({ code: 1, stdout: '' })
        expect(finished.stderr).toMatch(/^fyr-node: (bgzf|raw)\.bcf(:1)?: [^\n]*\n$/)
        expect(finished.stderr).toMatch(message)
      }
      const listed = JSON.parse(await mustRun('node/main.js', 'dataset', 'list', home, '--json')) as {
        id: string
        segments: []
      }[]
      expect(listed.find(({ id }) => id === dataset)?.segments).toEqual([])
    },
    10 * MINUTES,
  )
})

const THOUSAND_GENOMES = 'htsget/derived/1000G_htsnexus.vcf.gz'

describeWithToolsAndShared(['bcftools'], ['data/htsget'], 'a BCF file made of a file of the wild', () => {
  test.each([
    [THOUSAND_GENOMES, 'GRCh37'],
    ['htsget/gmod-tabix-js/raw.g.vcf.gz', 'GRCh37'],
    ['htsget/igv.js/TSVC.vcf.gz', 'GRCh37'],
  ])(
    '%s: the same store and report',
    async (file, assembly) => {
      await expectSameStore(join(SHARED_DATA, file), assembly, ['--absent', 'unknown'])
    },
    10 * MINUTES,
  )

  test(
    '1000 Genomes, mutated: the same store and report',
    async () => {
      const [header, ...lines] = gunzipSync(readFileSync(join(SHARED_DATA, THOUSAND_GENOMES)))
        .toString('latin1')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('##'))
      const samples = 40
      const { mutate } = createMutator(createRandom(20_261_122))
      const mutated = lines
        .filter((_, index) => index % 16 === 0)
        .flatMap((line) => mutate(line.split('\t').slice(0, 9 + samples)))
      const vcf = join(directory, 'mutated.vcf')
      writeFileSync(vcf, toVcfText(header!.split('\t').slice(9, 9 + samples), mutated))
      await expectSameStore(vcf, 'GRCh37')
    },
    10 * MINUTES,
  )
})
