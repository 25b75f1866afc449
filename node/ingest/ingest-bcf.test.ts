import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bcfFile, bcfRecord, END_INT8, int16s, int8s, MISSING_INT8 } from '../testing/bcf-file.js'
import { bgzfFile } from '../testing/bgzf-file.js'
import { createNodeFixture, type NodeFixture } from '../testing/node-fixture.js'
import { IngestError } from './ingest-error.js'

const SAMPLES = ['a', 'b', 'c']
const HEADER = [
  '##fileformat=VCFv4.3',
  '##FILTER=<ID=low,Description="">',
  '##contig=<ID=1>',
  '##FORMAT=<ID=GT,Number=1,Type=String,Description="">',
  '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="">',
  `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${SAMPLES.join('\t')}`,
]
const RECORDS = 200

/** The numbers of the calls of a record, as text and as BCF has them. */
const CALLS: readonly (readonly [texts: readonly string[], codes: readonly number[], qualities: readonly number[]])[] =
  [
    [
      ['0/1:99', '1|1:30', '0/0:.'],
      [2, 4, 4, 5, 2, 2],
      [99, 30, MISSING_INT8],
    ],
    [
      ['1:20', './.:99', '0/1:19'],
      [4, END_INT8, 0, 0, 2, 4],
      [20, 99, 19],
    ],
    [
      ['./1:50', '.:50', '0|0:50'],
      [0, 4, 0, END_INT8, 2, 3],
      [50, 50, 50],
    ],
  ]

const lineOf = (index: number) =>
  `1\t${1000 + index}\t.\tA\tC\t.\t${index % 7 === 0 ? 'low' : 'PASS'}\t.\tGT:GQ\t${CALLS[index % 3]![0].join('\t')}`

function recordOf(index: number): Buffer {
  const [, codes, qualities] = CALLS[index % 3]!
  return bcfRecord({
    start: 999 + index,
    filter: int8s([index % 7 === 0 ? 1 : 0]),
    samples: SAMPLES.length,
    format: [
      Buffer.concat([int8s([2]), int8s(codes, 2)]),
      Buffer.concat([int8s([3]), int16s(qualities.map(widen), 1)]),
    ],
  })
}

/** The same special number in two bytes. */
const widen = (value: number) => (value === MISSING_INT8 ? -0x8000 : value)

const indexes = Array.from({ length: RECORDS }, (_, index) => index)
const VCF = `${[...HEADER, ...indexes.map(lineOf)].join('\n')}\n`
const records = indexes.map(recordOf)
const BCF = bcfFile(`${HEADER.join('\n')}\n`, records)

const SCANS = [
  { workers: 0, pieceBytes: 1 << 24 },
  { workers: 0, pieceBytes: 64 },
  { workers: 2, pieceBytes: 500 },
]

let fixture: NodeFixture
let datasets = 0
beforeAll(() => {
  fixture = createNodeFixture()
})
afterAll(() => fixture.remove())

async function ingest(content: string | Buffer, scan = SCANS[0]!) {
  const id = `d${++datasets}`
  fixture.addDataset(id)
  const { seconds: _, dataset: __, files: ___, ...report } = await fixture.ingest(id, [content], undefined, { scan })
  return report
}

describe('an ingest of BCF', () => {
  test.each([
    ['uncompressed', BCF],
    ['BGZF', bgzfFile(BCF, 700)],
    ['of version 2.1', bcfFile(HEADER.join('\n'), records, 1)],
    [
      'with a header longer than a piece',
      bcfFile(HEADER.join('\n').replace('##FILTER', `##x=${'y'.repeat(200_000)}\n##FILTER`), records),
    ],
  ])('%s: the report is that of VCF, with threads or without, in pieces of any size', async (_, bytes) => {
    const expected = await ingest(VCF)
    expect(expected).toMatchObject({ records: RECORDS, alleles: RECORDS, individuals: 3, filteredRecords: 29 })
    for (const scan of SCANS) expect(await ingest(bytes, scan)).toEqual(expected)
  })

  const damaged = (at: number) =>
    bcfFile(HEADER.join('\n'), [...records.slice(0, at), bcfRecord({ contig: 5, samples: 3 }), ...records])
  const contradictory = (at: number) =>
    bcfFile(HEADER.join('\n'), [
      ...records.slice(0, at),
      bcfRecord({ start: 2 ** 30, samples: 3 }),
      bcfRecord({ contig: 5, samples: 3 }),
    ])
  test.each<[string, Buffer, RegExp]>([
    ['a damaged first record', damaged(0), /\.vcf: record 1: the header has no contig of the number 5$/],
    ['a damaged second record', damaged(1), /\.vcf: record 2: the header has no contig of the number 5$/],
    ['a damaged record', damaged(150), /\.vcf: record 151: the header has no contig of the number 5$/],
    ['a wrong record before a damaged one', contradictory(120), /\.vcf: record 121: POS 1073741825 lies outside/],
    ['an end inside a record', BCF.subarray(0, -3), /\.vcf: record 199: the BCF data end inside a record/],
    ['an end inside the header', BCF.subarray(0, 100), /\.vcf: the file ends inside the BCF header: it is truncated$/],
    ['an end inside the magic', BCF.subarray(0, 4), /\.vcf: the file ends inside the BCF header: it is truncated$/],
    [
      'another version',
      bcfFile(HEADER.join('\n'), [], 3),
      /\.vcf: BCF of version 2\.3 cannot be read, only 2\.1 and 2\.2$/,
    ],
    ['a header without #CHROM', bcfFile(HEADER.slice(0, -1).join('\n'), []), /ends before the #CHROM header line/],
    ['a header that is none', bcfFile('no header', []), /\.vcf:1: this is no VCF file/],
  ])('%s is told with its record, and nothing is stored', async (_, bytes, message) => {
    for (const scan of SCANS) {
      await expect(ingest(bytes, scan)).rejects.toThrow(IngestError)
      await expect(ingest(bytes, scan)).rejects.toThrow(message)
    }
  })
})
