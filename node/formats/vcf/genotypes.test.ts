import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FormatError } from '../format-error.js'
import { ABSENT, createGenotypes, MISSING, readGenotypes } from './genotypes.js'
import { parseVcfRecord } from './record.js'

function lineOf(text: string) {
  const bytes = Buffer.from(`xx${text}`)
  return { bytes, start: 2, end: bytes.length, number: 1 }
}

function read(format: string, samples: readonly string[], alts = 'C,G,T', minimumGq = 20) {
  const line = lineOf(['1', '10', '.', 'A', alts, '.', 'PASS', '.', format, ...samples].join('\t'))
  const out = createGenotypes(samples.length)
  readGenotypes(line, parseVcfRecord(line, 9 + samples.length), minimumGq, out)
  return samples.map((_, index) => [out.first[index], out.second[index]])
}

describe('genotypes read from bytes', () => {
  test.each([
    ['0|1', [0, 1]],
    ['1/2', [1, 2]],
    ['.', [MISSING, ABSENT]],
    ['./.', [MISSING, MISSING]],
    ['./1', [MISSING, 1]],
    ['1/.', [1, MISSING]],
    ['1', [1, ABSENT]],
    ['10/0', [10, 0]],
    ['0/0/1', [MISSING, MISSING]],
  ])('%s', (text, expected) => {
    const alts = Array.from({ length: 12 }, (_, i) => 'C'.repeat(i + 1)).join(',')
    expect(read('GT', [text, '0/0', text], alts)).toEqual([expected, [0, 0], expected])
    expect(read('AD:GT:DP', [`1,2:${text}:9`, '.:0/0', `1,2:${text}`], alts)).toEqual([expected, [0, 0], expected])
  })

  test('a call below the GQ policy is missing; a missing GQ is no reason', () => {
    expect(read('GT:GQ', ['0/1:19', '0/1:20', '0/1:.', '0/1', '1:3', '0/1:19.9'])).toEqual([
      [MISSING, MISSING],
      [0, 1],
      [0, 1],
      [0, 1],
      [MISSING, ABSENT],
      [MISSING, MISSING],
    ])
    expect(read('GQ:GT', ['19:0/1', '99:0/1'])).toEqual([
      [MISSING, MISSING],
      [0, 1],
    ])
  })

  test('GT first, GQ after other fields: read where it is, and missing where the column is cut short', () => {
    const columns = [
      '0/1:3,4:7:19:9',
      '0/1:3,4:7:20',
      '1/1:3,4:7',
      '0/0:3,4:7:5:1,2',
      '0/1',
      '0/0:.:.:.',
      '0/1:3,4:7:1',
    ]
    const expected = [
      [MISSING, MISSING],
      [0, 1],
      [1, 1],
      [MISSING, MISSING],
      [0, 1],
      [0, 0],
      [MISSING, MISSING],
    ]
    expect(read('GT:AD:DP:GQ:PL', columns)).toEqual(expected)
  })

  test('those whose call is not two reference alleles are listed, also when the memory is used again', () => {
    const out = createGenotypes(40)
    const calls = fc.array(fc.constantFrom('0|0', '0|0', '0|0', '0/0', '0|1', '1|1', './.', '0', '.'), {
      ...{ minLength: 40, maxLength: 40 },
    })
    fc.assert(
      fc.property(calls, (gts) => {
        const line = lineOf(['1', '10', '.', 'A', 'C', '.', 'PASS', '.', 'GT', ...gts].join('\t'))
        readGenotypes(line, parseVcfRecord(line, 49), 20, out)
        const others = gts.flatMap((gt, column) => (/^0[|/]0$/.test(gt) ? [] : [column]))
        expect([...out.columns.subarray(0, out.listed)]).toEqual(others)
        for (const [column, gt] of gts.entries()) {
          const [a, b] = gt.split(/[/|]/).map((text) => (text === '.' ? MISSING : Number(text)))
          expect([out.first[column], out.second[column]]).toEqual([a, b ?? ABSENT])
        }
      }),
    )
  })

  test('no GT in FORMAT: nobody was called', () => {
    expect(read('DP', ['7'])).toEqual([[MISSING, MISSING]])
  })

  test.each([
    [['0/4'], /allele 4 does not exist/],
    [['0/x'], /is no genotype/],
    [['/1'], /is no genotype/],
    [['0/1x'], /is no genotype/],
    [['-1'], /is no genotype/],
    [[''], /is no genotype/],
  ])('%j is refused', (samples, message) => {
    expect(() => read('GT', samples)).toThrow(FormatError)
    expect(() => read('GT', samples)).toThrow(message)
  })

  test.each([
    [1, 11],
    [3, 9],
    [12, 9],
  ])('%i sample columns where the header has others', (samples, expected) => {
    const line = lineOf(
      ['1', '10', '.', 'A', 'C', '.', 'PASS', '.', 'GT', ...Array.from({ length: samples }, () => '0/1')].join('\t'),
    )
    const out = createGenotypes(2)
    expect(() => readGenotypes(line, parseVcfRecord(line, expected), 20, out)).toThrow(/columns but the header has 11/)
  })

  test('the other fields may hold any text and be cut short anywhere', () => {
    // A column may be longer than the window of 32 bytes that is looked at in one step, and GQ anywhere in it.
    const formats = fc.constantFrom('GT:AD:DP:GQ:PL', 'GT:GQ', 'GT:FT:GQ', 'GT:GQ:FT', 'GT:PGT:PID:PS:GQ', 'GT:DP')
    // Everything that is printed but the colon, and often what lies beside colon and tab.
    const letter = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('1', ',', ';', '9', 'I', ')', 'A') },
      { weight: 1, arbitrary: fc.integer({ min: 0x21, max: 0x7e }) },
    )
    const text = fc
      .oneof(fc.array(letter, { maxLength: 9 }), fc.array(letter, { maxLength: 70 }))
      .map((letters) => letters.map((one) => (typeof one === 'number' ? String.fromCharCode(one) : one)).join(''))
      .map((letters) => letters.replaceAll(':', ''))
    const column = fc.record({
      gt: fc.constantFrom('0/0', '0|0', '0/1', '1|1', './.', '0'),
      gq: fc.oneof(fc.nat({ max: 120 }).map(String), fc.constantFrom('.', '19.9', '20.1')),
      texts: fc.array(text, { minLength: 4, maxLength: 4 }),
      kept: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(formats, fc.array(column, { minLength: 1, maxLength: 12 }), (format, columns) => {
        const keys = format.split(':')
        const samples = columns.map(({ gt, gq, texts, kept }) =>
          keys
            .map((key, index) => (key === 'GT' ? gt : key === 'GQ' ? gq : texts[index - 1]!))
            .slice(0, kept)
            .join(':'),
        )
        const expected = columns.map(({ gt, gq, kept }) => {
          const place = keys.indexOf('GQ')
          const isLow = place >= 0 && place < kept && Number(gq) < 20
          const [a, b] = gt.split(/[/|]/).map((allele) => (allele === '.' || isLow ? MISSING : Number(allele)))
          return [a, b ?? ABSENT]
        })
        expect(read(format, samples)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('what is wrong is told of the first column that is, and of their number last', () => {
    const gts = fc.constantFrom(
      '0/0',
      '0|0',
      '0/0',
      '0/1',
      '2|1',
      './.',
      '0',
      '0/0/0',
      '0/3',
      '4|0',
      'x',
      '',
      '0/',
      '00/0',
      '0-1',
    )
    const rest = fc.constantFrom('', ':7', ':7:30', ':.:.', `:${'9,'.repeat(20)}9:30`, ':7:30:4', ':7:')
    const columns = fc.array(
      fc.tuple(gts, rest).map(([gt, fields]) => gt + fields),
      { minLength: 1, maxLength: 9 },
    )
    fc.assert(
      fc.property(columns, fc.integer({ min: 1, max: 9 }), (written, samples) => {
        const faults = written.slice(0, samples).flatMap((column, index) => {
          const gt = column.split(':')[0]!
          const alleles = gt.split(/[/|]/)
          const prefix = `sample column ${index + 1}: `
          const high = alleles.findIndex((allele) => Number(allele) > 2)
          const isWrong = !alleles.every((allele) => /^(\d{1,4}|\.)$/.test(allele))
          if (isWrong) return [`${prefix}"${gt}" is no genotype`]
          return high < 0 ? [] : [`${prefix}allele ${alleles[high]} does not exist, the record has 2 ALT`]
        })
        if (written.length !== samples)
          faults.push(`the line has ${written.length + 9} columns but the header has ${samples + 9}`)
        const line = lineOf(['1', '10', '.', 'A', 'C,G', '.', 'PASS', '.', 'GT:DP:GQ', ...written].join('\t'))
        const out = createGenotypes(samples)
        const record = parseVcfRecord(line, 9 + samples)
        const told = () => readGenotypes(line, record, 20, out)
        if (faults.length === 0) expect(told).not.toThrow()
        else expect(told).toThrow(new FormatError(faults[0]))
      }),
      { numRuns: 2_000 },
    )
  })

  test('a line of any length is read, and what a longer one before it held does not matter', () => {
    for (const samples of [3, 30_000, 5, 1]) {
      const columns = Array.from({ length: samples }, (_, index) => (index % 7 === 0 ? '0/1:12:99' : '0/0:12:99'))
      const expected = columns.map((column) => [0, Number(column[2])])
      expect(read('GT:DP:GQ', columns)).toEqual(expected)
    }
  })

  test('agrees with reading by splitting text, whatever stands around GT', () => {
    const allele = fc.constantFrom('.', '0', '1', '2', '3')
    const call = fc.oneof(
      allele,
      fc.tuple(allele, fc.constantFrom('/', '|'), allele).map((parts) => parts.join('')),
    )
    const formats = fc.constantFrom('GT', 'GT:DP', 'DP:GT', 'GT:GQ:PL', 'AD:GQ:GT')
    fc.assert(
      fc.property(
        formats,
        fc.array(fc.tuple(call, fc.nat({ max: 99 })), { minLength: 1, maxLength: 20 }),
        (format, calls) => {
          const keys = format.split(':')
          const samples = calls.map(([gt, gq]) =>
            keys.map((key) => (key === 'GT' ? gt : key === 'GQ' ? gq : '5')).join(':'),
          )
          const expected = calls.map(([gt, gq]) => {
            const [a, b] = gt.split(/[/|]/).map((text) => (text === '.' ? MISSING : Number(text)))
            const low = keys.includes('GQ') && gq < 20
            return [low ? MISSING : a, b === undefined ? ABSENT : low ? MISSING : b]
          })
          expect(read(format, samples)).toEqual(expected)
        },
      ),
    )
  })
})
