import { afterAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listIntervals } from '../variants/callable-regions.js'
import { readCallableRegions } from './bed.js'
import { IngestError } from './ingest-error.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-bed-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function read(text: string) {
  const path = join(directory, 'panel.bed')
  writeFileSync(path, text)
  return [...listIntervals(readCallableRegions(path, 'GRCh38'))].map(({ contig, start, end }) => [contig, start, end])
}

describe('a BED file', () => {
  test.each<[string, string, readonly (readonly number[])[]]>([
    ['of three columns', 'chr1\t0\t10\n', [[1, 0, 10]]],
    ['without a last line end', '1\t0\t10', [[1, 0, 10]]],
    [
      'of more columns, with CRLF',
      'chrX\t5\t6\tgene\t0\t+\r\nNC_000024.10\t7\t9\r\n',
      [
        [23, 5, 6],
        [24, 7, 9],
      ],
    ],
    ['separated by blanks', 'chrM 1 5\n', [[25, 1, 5]]],
    ['with heads', '# a panel\ntrack name="t"\nbrowser position chr1\n\n2\t1\t5\n', [[2, 1, 5]]],
    [
      'out of order, overlapping and touching',
      '1\t20\t30\n1\t0\t10\n1\t5\t12\n1\t12\t15\n',
      [
        [1, 0, 15],
        [1, 20, 30],
      ],
    ],
    ['with contigs that no node holds', 'chrUn_KI270302v1\t0\t5\n1\t1\t2\n', [[1, 1, 2]]],
    ['with an empty region', '1\t5\t5\n1\t7\t8\n', [[1, 7, 8]]],
    ['that reaches the end of a contig', 'MT\t0\t16569\n', [[25, 0, 16_569]]],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  test.each<[string, string, RegExp]>([
    ['two columns', '1\t5\n', /panel\.bed:1: a BED line is a contig, a start and an end/],
    ['a line that begins with a tab', '1\t1\t2\n\t1\t5\n', /:2: a BED line/],
    ['a start that is no number', '1\tx\t5\n', /:1: a BED line/],
    ['a negative start', '1\t-1\t5\n', /:1: a BED line/],
    ['an end before the start', '1\t1\t2\n1\t9\t5\n', /:2: a BED line/],
    ['an end behind the contig', 'chr21\t0\t46709984\n', /:1: the region ends behind 21 of GRCh38/],
    ['a contig of another assembly', 'NC_000001.10\t0\t5\n', /:1: contig NC_000001\.10 belongs to GRCh37/],
    ['no region', '# nothing\n', /the file has no region of GRCh38/],
    ['contigs that no node holds and nothing else', 'HLA-A\t0\t5\n', /the file has no region of GRCh38/],
  ])('with %s is refused', (_, text, message) => {
    expect(() => read(text)).toThrow(IngestError)
    expect(() => read(text)).toThrow(message)
  })

  test('that is not there is refused in one sentence', () => {
    const missing = () => readCallableRegions(join(directory, 'none.bed'), 'GRCh38')
    expect(missing).toThrow(new IngestError('none.bed', undefined, 'there is no such file'))
    expect(() => readCallableRegions(directory, 'GRCh38')).toThrow(/the file cannot be read \(EISDIR\)/)
  })
})
