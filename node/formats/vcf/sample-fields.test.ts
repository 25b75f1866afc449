import { describe, expect, test } from '@jest/globals'
import { parseVcfRecord } from './record.js'
import { readAlleleFractions, readSampleField } from './sample-fields.js'

function recordOf(format: string, samples: readonly string[]) {
  const text = ['MT', '10', '.', 'A', 'C,G', '.', 'PASS', '.', format, ...samples].join('\t')
  // A line stands between others in its bytes.
  const bytes = Buffer.from(`1:2\t${text}\r\n3:4\t5`)
  const line = { bytes, start: 4, end: 4 + text.length, number: 1 }
  return { line, record: parseVcfRecord(line, 9 + samples.length) }
}

describe('a field of each sample', () => {
  test.each<[string, readonly string[], string, readonly string[] | undefined]>([
    ['GT:CN', ['0/1:3', './.:.', '0/0'], 'CN', ['3', '.', '']],
    ['CN:GT', ['3:0/1', '2', ''], 'CN', ['3', '2', '']],
    ['GT:CN:DP', ['0/1:3:4', '0/1::4'], 'CN', ['3', '']],
    ['CN', ['12'], 'CN', ['12']],
    ['GT:CNQ', ['0/1:3'], 'CN', undefined],
  ])('%s %j: %s', (format, samples, key, expected) => {
    const { line, record } = recordOf(format, samples)
    expect(readSampleField(line, record, key)).toEqual(expected)
  })
})

describe('the fraction of reads with each ALT', () => {
  test.each<[string, string, readonly number[] | undefined]>([
    ['GT:AF', '1:0.25,0.5', [0.25, 0.5]],
    ['GT:VAF', '1:1e-3,1', [0.001, 1]],
    ['HF:GT', '0.7,.:1', [0.7, NaN]],
    ['GT:AD', '1:10,30,60', [0.3, 0.6]],
    ['GT:AD', '1:0,0,0', [NaN, NaN]],
    ['GT:AD', '1:.,30,60', [NaN, NaN]],
    ['GT:AD', '1:10,30', [0.75, NaN]],
    ['GT:AD', '1:.', [NaN, NaN]],
    // The caller's own number goes before depths; depths where it gave none.
    ['GT:AD:AF', '1:10,30,60:0.9,.', [0.9, 0.6]],
    ['GT:AF:AD', '1:.:10,30,60', [0.3, 0.6]],
    ['GT:AF:AD', '1', [NaN, NaN]],
    // One value for two ALTs does not say which, and what is not between 0 and 1 is no fraction.
    ['GT:AF', '1:0.3', [NaN, NaN]],
    ['GT:AF:AD', '1:0.3:10,30,60', [0.3, 0.6]],
    ['GT:AF', '1:-0.1,1.5', [NaN, NaN]],
    ['GT:AF:AD', '1:25,0.5:10,30,60', [0.3, 0.5]],
    ['GT:AF', '1:nan,inf', [NaN, NaN]],
    ['GT:AD', '1:10,-5,5', [NaN, 0.5]],
    ['GT:DP', '1:30', undefined],
  ])('%s %s', (format, sample, expected) => {
    const { line, record } = recordOf(format, ['.', sample])
    const fractionOf = readAlleleFractions(line, record)
    expect(fractionOf && [fractionOf(1, 1), fractionOf(1, 2)]).toEqual(expected)
  })
})
