import { describe, expect, test } from '@jest/globals'
import { FormatError } from '../format-error.js'
import { parseAltKind, parseVcfRecord } from './record.js'
import { parseStructuralAlt, readEnd, type StructuralAlt } from './structural-alt.js'

/** Of the ALT with this index in a record at POS 100. */
function parse(alts: string, info: string, index = 0): StructuralAlt | undefined {
  const bytes = Buffer.from(`yy${['chr1', '100', '.', 'G', alts, '.', 'PASS', info, 'GT', '0/1'].join('\t')}`)
  const line = { bytes, start: 2, end: bytes.length, number: 1 }
  const record = parseVcfRecord(line, 10)
  for (const alt of record.alts) parseAltKind(alt)
  return parseStructuralAlt(line, record, index)
}

describe('a symbolic ALT begins behind the base at POS', () => {
  test.each<[string, string, number, StructuralAlt | undefined]>([
    ['<DEL>', 'END=150', 0, { type: 'DEL', start: 100, end: 150 }],
    ['<del>', 'SVTYPE=DEL;END=150;SVLEN=-50', 0, { type: 'DEL', start: 100, end: 150 }],
    // The end alone is stated, or the length alone; VCF 4.4 writes lengths without a sign.
    ['<DEL>', 'END=150;SVLEN=-51', 0, { type: 'DEL', start: 100, end: 150 }],
    ['<DEL>', 'SVLEN=-50', 0, { type: 'DEL', start: 100, end: 150 }],
    ['<DEL>', 'SVLEN=50', 0, { type: 'DEL', start: 100, end: 150 }],
    ['<DUP:TANDEM>', 'END=150;SVLEN=+100', 0, { type: 'DUP:TANDEM', start: 100, end: 150, length: 100 }],
    ['<INV>', 'CIEND=-5,5;END=150', 0, { type: 'INV', start: 100, end: 150 }],
    ['<INS>', 'END=100;SVLEN=300', 0, { type: 'INS', start: 100, end: 100, length: 300 }],
    ['<INS:ME:ALU>', 'END=160', 0, { type: 'INS:ME:ALU', start: 100, end: 100 }],
    ['<INSX>', 'END=160', 0, { type: 'INSX', start: 100, end: 160 }],
    ['<CN0>,<CN12>', 'END=150', 1, { type: 'CNV:ALLELE', start: 100, end: 150, copyNumber: 12 }],
    ['<CNV>', 'END=150', 0, { type: 'CNV', start: 100, end: 150 }],
    ['A,<DEL>', 'SVLEN=.,-7', 1, { type: 'DEL', start: 100, end: 107 }],
    ['<DEL>,<DUP>', 'SVLEN=-7,9', 1, { type: 'DUP', start: 100, end: 109 }],
    ['<DEL>', 'CHR2=1;END=150', 0, { type: 'DEL', start: 100, end: 150 }],
    ['<DEL>', 'END=100', 0, { type: 'DEL', start: 100, end: 100 }],
    // Nothing says where it ends, or what says so is before it or on another contig.
    ['<DEL>', '.', 0, undefined],
    ['<DEL>', 'END=.;SVLEN=.', 0, undefined],
    ['<DEL>', 'XEND=150;ENDX=150', 0, undefined],
    ['<DEL>', 'END=99', 0, undefined],
    ['<TRA>', 'CHR2=chr7;END=150', 0, undefined],
  ])('%s %s (%i)', (alts, info, index, expected) => {
    expect(parse(alts, info, index)).toEqual(expected)
  })
})

describe('a breakend stands on its own base, and its mate is kept with its joint', () => {
  const mate = { bracket: ']', chrom: '17', position: 198_982, isBefore: true, inserted: '' }
  test.each<[string, StructuralAlt['mate']]>([
    ['G]17:198982]', mate],
    [']13:123456]AGTNG', { ...mate, chrom: '13', position: 123_456, isBefore: false, inserted: 'AGTN' }],
    ['GCA[2:321682[', { ...mate, bracket: '[', chrom: '2', position: 321_682, inserted: 'CA' }],
    ['[17:198983[G', { ...mate, bracket: '[', position: 198_983, isBefore: false }],
    ['G]<CTG1>:329]', { ...mate, chrom: '<CTG1>', position: 329 }],
    ['G]HLA-A*01:01:01:77]', { ...mate, chrom: 'HLA-A*01:01:01', position: 77 }],
    ['.[13:123457[', { ...mate, bracket: '[', chrom: '13', position: 123_457 }],
    ['GT.', { bracket: '', chrom: '', position: 0, isBefore: true, inserted: 'T' }],
    ['.TG', { bracket: '', chrom: '', position: 0, isBefore: false, inserted: 'T' }],
  ])('%s', (alt, expected) => {
    expect(parse(alt, 'SVTYPE=BND;END=7')).toEqual({ type: 'BND', start: 99, end: 100, mate: expected })
  })
})

describe('what cannot be read is refused', () => {
  test.each<[string, string, RegExp]>([
    ['<DEL>', 'END=12x', /INFO END "12x" is no position/],
    ['<DEL>', 'END=-5', /INFO END "-5" is no position/],
    ['<DEL>', 'END=99999999999', /is no position/],
    ['<DEL>', 'SVLEN=1e5', /INFO SVLEN "1e5" is no length/],
    ['<INS>', 'SVLEN=many', /INFO SVLEN "many" is no length/],
    ['G]17]', '.', /ALT "G\]17\]" is no breakend/],
    ['G]17:x]', '.', /is no breakend/],
    ['G]17:198982[', '.', /is no breakend/],
    ['G]17:198982]G', '.', /is no breakend/],
    [']17:198982]', '.', /is no breakend/],
    ['<DEL', '.', /ALT "<DEL" is no allele/],
    ['<>', '.', /is no allele/],
  ])('%s %s', (alt, info, message) => {
    expect(() => parse(alt, info)).toThrow(FormatError)
    expect(() => parse(alt, info)).toThrow(message)
  })
})

test('the END of a block is the last base in it', () => {
  const bytes = Buffer.from('1\t100\t.\tG\t.\t.\t.\tDP=3;END=105;MQ=60\tGT\t0/0')
  const line = { bytes, start: 0, end: bytes.length, number: 1 }
  expect(readEnd(line, parseVcfRecord(line, 10))).toBe(105)
})
