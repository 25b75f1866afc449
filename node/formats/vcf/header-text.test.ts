import { describe, expect, test } from '@jest/globals'
import { BcfHeaderReader, toBcfHeader } from '../bcf/bcf-header.js'
import { formatVcfHeaderText, parseStructuredLine, parseVcfHeaderText, readContigs } from './header-text.js'

const COLUMNS = '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO'
const LINES = ['##fileformat=VCFv4.3', '##contig=<ID=chr1,length=5>', '##contig=<ID=HLA:1>', '##source=any']
const HEADER = [...LINES, `${COLUMNS}\tFORMAT\tEva\tAdam`, ''].join('\n')

test('a header is written as it was read, with other columns where others are given', () => {
  const header = parseVcfHeaderText(HEADER)
  expect(header).toEqual({ lines: LINES, samples: ['Eva', 'Adam'], hasFormat: true })
  expect(formatVcfHeaderText(header)).toBe(HEADER)
  expect(formatVcfHeaderText({ ...header, samples: ['Adam'] }).endsWith('INFO\tFORMAT\tAdam\n')).toBe(true)
  expect(formatVcfHeaderText({ ...header, samples: [], hasFormat: false }).endsWith('INFO\n')).toBe(true)
  expect(parseVcfHeaderText(HEADER.replaceAll('\n', '\r\n'))).toEqual(header)
})

describe('a header that is none is refused', () => {
  test.each([
    ['nothing', '', /fileformat/],
    ['another file', '##gff-version 3\n', /fileformat/],
    ['no columns', `${LINES.join('\n')}\n`, /#CHROM/],
    ['other columns', `${LINES[0]}\n#CHROM\tPOS\n`, /#CHROM/],
    ['a line that is none', `${LINES[0]}\nx\n${COLUMNS}\n`, /no header line/],
    ['samples without FORMAT', `${LINES[0]}\n${COLUMNS}\tEva\tAdam\n`, /FORMAT/],
    ['a sample twice', `${LINES[0]}\n${COLUMNS}\tFORMAT\tEva\tEva\n`, /two columns/],
  ])('%s', (_, text, reason) => {
    expect(() => parseVcfHeaderText(text)).toThrow(
      expect.objectContaining({ name: 'FormatError', message: expect.stringMatching(reason) }),
    )
  })
})

test('contigs have the lengths that are stated', () => {
  expect(readContigs(LINES)).toEqual([{ name: 'chr1', length: 5 }, { name: 'HLA:1' }])
})

test('a quoted text may hold what looks like fields', () => {
  const line = '##INFO=<ID=END,Number=1,Type=Integer,Description="End, ID=x, \\"Type=String\\"",IDX=4>'
  const { key, fields } = parseStructuredLine(line)!
  expect(key).toBe('INFO')
  expect([...fields.keys()]).toEqual(['ID', 'Number', 'Type', 'Description', 'IDX'])
  expect([fields.get('ID'), fields.get('Type'), fields.get('IDX')]).toEqual(['END', 'Integer', '4'])
  expect(parseStructuredLine('##source=any')).toBeUndefined()
})

test('a BCF header is read as it was written', () => {
  const bytes = toBcfHeader(HEADER)
  const { text, recordsStart } = new BcfHeaderReader().push(bytes)!
  expect([text.toString(), recordsStart]).toEqual([HEADER, bytes.length])
})
