import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  bcfRecord,
  END_INT8,
  floats,
  int16s,
  int32s,
  int8s,
  MISSING_INT8,
  NOTHING,
  text,
  type BcfRecord,
} from '../../testing/bcf-file.js'
import { FormatError } from '../format-error.js'
import { parseDictionary } from './bcf-header.js'
import { BcfTranslator } from './bcf-to-vcf.js'
import { formatFloat } from './typed-values.js'

const HEADER = `##fileformat=VCFv4.3
##FILTER=<ID=q10,Description="IDX=9, or not",IDX=1>
##contig=<ID=20,length=64444167,IDX=3>
##contig=<ID=X>
##INFO=<ID=END,Number=1,Type=Integer,Description="",IDX=70000>
##INFO=<ID=DB,Number=0,Type=Flag,Description="",IDX=3>
##INFO=<ID=AF,Number=A,Type=Float,Description="Type=Flag,",IDX=4>
##INFO=<ID=CSQ,Number=.,Type=String,Description="",IDX=5>
##FORMAT=<ID=GT,Number=1,Type=String,Description="",IDX=6>
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="",IDX=7>
##FORMAT=<ID=AF,Number=A,Type=Float,Description="",IDX=4>
##FORMAT=<ID=FT,Number=1,Type=String,Description="",IDX=8>`

const [GT, GQ, AF, FT] = [6, 7, 4, 8].map((key) => int8s([key])) as [Buffer, Buffer, Buffer, Buffer]
const join = (...buffers: readonly Buffer[]) => Buffer.concat(buffers)

function translate(record: BcfRecord | Buffer): string {
  const bytes = Buffer.isBuffer(record) ? record : bcfRecord({ contig: 3, ...record })
  const { content, damage } = new BcfTranslator(parseDictionary(HEADER), 3).translate(bytes)
  if (damage) throw damage
  return content.toString('utf8')
}

/** The columns from INFO on. */
const infoOf = (...info: readonly Buffer[]) => translate({ info, samples: 3 }).split('\t')[7]
const samplesOf = (...format: readonly Buffer[]) =>
  translate({ samples: 3, format }).trimEnd().split('\t').slice(8).join(' ')

describe('the dictionary', () => {
  test('numbers are those of IDX, else the next; PASS is 0, and one name has one number', () => {
    const { names, contigs, flags } = parseDictionary(HEADER)
    expect([...names]).toEqual([
      [0, 'PASS'],
      [1, 'q10'],
      [70000, 'END'],
      [3, 'DB'],
      [4, 'AF'],
      [5, 'CSQ'],
      [6, 'GT'],
      [7, 'GQ'],
      [8, 'FT'],
    ])
    expect([...contigs]).toEqual([
      [3, '20'],
      [4, 'X'],
    ])
    expect([...flags]).toEqual(['DB'])
    const bare =
      '##FORMAT=<ID=GT,x>\n##contig=<ID=1>\n##INFO=<ID=DP,x>\n##FORMAT=<ID=DP,x>\n##FILTER=<ID=PASS,x>\n##INFO=<ID=AC,x>'
    expect([...parseDictionary(bare).names.values()]).toEqual(['PASS', 'GT', 'DP', 'AC'])
  })

  test.each([
    ['##INFO=<ID=A,IDX=1>\n##INFO=<ID=B,IDX=1>', /A and B the same number IDX=1/],
    ['##INFO=<ID=A,IDX=1>\n##FORMAT=<ID=A,IDX=2>', /A two numbers, IDX=1 and IDX=2/],
    ['##INFO=<ID=A,IDX=0>', /PASS and A the same number IDX=0/],
    ['##contig=<length=5>', /has no ID/],
  ])('%j is refused', (header, message) => {
    expect(() => parseDictionary(header)).toThrow(FormatError)
    expect(() => parseDictionary(header)).toThrow(message)
  })
})

test('the columns of a site', () => {
  const record = {
    start: 99,
    id: text('rs1;rs2'),
    alleles: [text('ACGT'), text('A'), text('<DEL>')],
    filter: int16s([1, 0]),
    info: [join(int32s([70000]), int32s([150]))],
    samples: 3,
  }
  expect(translate(record)).toBe('20\t100\trs1;rs2\tACGT\tA,<DEL>\t.\tq10;PASS\tEND=150\t.\t.\t.\t.\n')
  expect(translate({ start: -1, alleles: [text('N')], filter: NOTHING, samples: 3 })).toBe(
    '20\t0\t.\tN\t.\t.\t.\t.\t.\t.\t.\t.\n',
  )
})

test.each<[string, Buffer, string]>([
  ['a flag as nothing', join(int8s([3]), NOTHING), 'DB'],
  ['a flag as 1', join(int8s([3]), int8s([1])), 'DB'],
  ['a missing value', join(int8s([4]), NOTHING), 'AF'],
  ['missing numbers', join(int8s([4]), floats([0.5, 0x7f800001n, 0x7f800002n])), 'AF=0.5,.'],
  [
    'integers',
    join(int32s([70000]), int32s([-2147483640, 0, 99, 100, 1234567890])),
    'END=-2147483640,0,99,100,1234567890',
  ],
  ['missing integers', join(int32s([70000]), int16s([-32768, 7, -32767])), 'END=.,7'],
  ['a long text', join(int8s([5]), text('å|'.repeat(40))), `CSQ=${'å|'.repeat(40)}`],
  ['a text with an end', join(int8s([5]), text('abc\0\0')), 'CSQ=abc'],
])('INFO: %s', (_, info, expected) => {
  expect(infoOf(info)).toBe(expected)
})

test.each<[string, readonly Buffer[], string]>([
  ['diploid', [join(GT, int8s([2, 4, 4, 5, 0, 0], 2))], 'GT 0/1 1|1 ./.'],
  ['allele 10 and more', [join(GT, int8s([22, 25, 2, 3, 26, 2], 2))], 'GT 10|11 0|0 12/0'],
  ['allele 300', [join(GT, int16s([602, 2, 2, 604, 0, 1], 2))], 'GT 300/0 0/301 .|.'],
  ['in 32 bits', [join(GT, int32s([2, 4, 4, 5, 0, 0], 2))], 'GT 0/1 1|1 ./.'],
  ['haploid', [join(GT, int8s([2, 4, 0], 1))], 'GT 0 1 .'],
  ['of different ploidies', [join(GT, int8s([2, 4, 4, 4, END_INT8, END_INT8, 0, 5, END_INT8], 3))], 'GT 0/1/1 1 .|1'],
  ['haploid among diploid', [join(GT, int8s([2, END_INT8, 4, 4, END_INT8, END_INT8], 2))], 'GT 0 1/1 .'],
  [
    'missing as a number',
    [join(GT, int8s([MISSING_INT8, MISSING_INT8, 2, MISSING_INT8, MISSING_INT8, END_INT8], 2))],
    'GT ./. 0/. .',
  ],
  ['nothing', [join(GT, NOTHING)], 'GT . . .'],
  [
    'with others',
    [
      join(GQ, int8s([99, MISSING_INT8, END_INT8], 1)),
      join(GT, int8s([2, 4, 4, 4, 0, 0], 2)),
      join(AF, floats([0.25, 0x7f800002n, 0x7f800001n, 0.95, 0x7f800001n, 0x7f800002n], 2)),
      join(FT, text('ok\0low\x07\0\0', 3)),
    ],
    'GQ:GT:AF:FT 99:0/1:0.25:ok .:1/1:.,0.95:low .:./.:.:.',
  ],
])('genotypes: %s', (_, format, expected) => {
  expect(samplesOf(...format)).toBe(expected)
})

test('a number of single precision becomes the shortest text that is it again', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = formatFloat(value)
      expect(Math.fround(Number(text))).toBe(value === 0 ? Math.fround(Number(text)) : value)
    }),
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 8 }), (digits, point) => {
      // What was written with at most six digits comes back as it was.
      expect(Number(formatFloat(Math.fround(digits / 10 ** point)))).toBe(Number((digits / 10 ** point).toPrecision(6)))
    }),
  )
})

describe('what is damaged is refused, and what stands before it is given', () => {
  const good = bcfRecord({ contig: 3, samples: 3 })
  const bad = (change: (bytes: Buffer) => void, from: BcfRecord = {}) => {
    const bytes = bcfRecord({ contig: 3, samples: 3, ...from })
    change(bytes)
    return bytes
  }
  const none = () => undefined
  test.each<[string, Buffer, RegExp]>([
    ['an unknown contig', bad(none, { contig: 0 }), /no contig of the number 0/],
    ['a position before the telomere', bad(none, { start: -2 }), /POS -1 is no position/],
    ['no REF', bad(none, { alleles: [] }), /no REF/],
    ['an unknown FILTER', bad(none, { filter: int8s([2]) }), /no FILTER, INFO or FORMAT of the number 2/],
    ['a FILTER of text', bad(none, { filter: text('q10') }), /FILTER is no list of numbers/],
    [
      'a key that is missing',
      bad(none, { info: [join(int8s([MISSING_INT8]), NOTHING)] }),
      /a number is missing or negative/,
    ],
    ['a key that is negative', bad(none, { info: [join(int8s([-3]), NOTHING)] }), /a number is missing or negative/],
    ['an unknown type', bad(none, { info: [join(int8s([4]), Buffer.of(0x14, 1))] }), /no type 4/],
    [
      'a value that is longer than the record',
      bad(none, { info: [join(int8s([5]), text('abc', 14))] }),
      /a value ends behind it/,
    ],
    ['a site that is longer', bad(none, { info: [join(int8s([3]), NOTHING, NOTHING)] }), /site is longer/],
    ['samples that are longer', bad(none, { format: [join(GQ, int8s([1, 2, 3, 4], 1))] }), /samples are longer/],
    ['samples that are shorter', bad(none, { format: [join(GQ, int8s([1, 2], 1))] }), /a value ends behind it/],
    ['other samples than the header', bad(none, { samples: 2 }), /has 2 samples but the header has 3/],
    ['a tab in a text', bad(none, { id: text('rs1\tA') }), /has the character 9/],
    ['a line end in a text', bad(none, { info: [join(int8s([5]), text('x\n20'))] }), /has the character 10/],
    ['another INFO field in a text', bad(none, { info: [join(int8s([5]), text('x;END=5'))] }), /has the character 59/],
    ['another field in a sample', bad(none, { format: [join(FT, text('a:bcde', 2))] }), /has the character 58/],
    ['another allele in an allele', bad(none, { alleles: [text('A'), text('C,G')] }), /has the character 44/],
    ['an allele that is a number', bad(none, { alleles: [text('A'), int8s([5])] }), /a text is none/],
    ['GT of text', bad(none, { format: [join(GT, text('0/10/10/1', 3))] }), /GT is no list of numbers/],
    [
      'a genotype of no allele',
      bad(none, { format: [join(GT, int8s([2, -4, 2, 2, 2, 2], 2))] }),
      /-4 is the code of no allele/,
    ],
  ])('%s', (_, bytes, message) => {
    const { content, damage } = new BcfTranslator(parseDictionary(HEADER), 3).translate(join(good, good, bytes, good))
    expect(damage).toBeInstanceOf(FormatError)
    expect(damage!.message).toMatch(message)
    expect(content.toString()).toBe('20\t100\t.\tA\tC\t.\tPASS\t.\t.\t.\t.\t.\n'.repeat(2))
  })
})
