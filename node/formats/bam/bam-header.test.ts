import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseBamHeader, toBamHeader } from './bam-header.js'
import { formatSamHeader, parseSamHeader, readSampleNames } from './sam-header.js'

const references = fc.array(
  fc.record({
    name: fc.string({ minLength: 1, unit: fc.constantFrom('a', ':', '-', 'ö') }),
    length: fc.nat(0x7fffffff),
  }),
)

test('a BAM header is read as it was written, and not before it is whole', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('@', '\t', '\n', 'S', 'é') }),
      references,
      fc.nat(),
      (text, names, cut) => {
        const header = { text, references: names }
        const bytes = toBamHeader(header)
        const parsed = parseBamHeader(Buffer.concat([bytes, Buffer.from('records')]))
        expect(parsed).toEqual({ header, recordsStart: bytes.length })
        expect(parseBamHeader(bytes.subarray(0, cut % bytes.length))).toBeUndefined()
      },
    ),
  )
})

describe('a BAM header that is damaged is refused', () => {
  const good = toBamHeader({ text: '', references: [{ name: 'chr1', length: 5 }] })
  test.each([
    ['another magic', 0, /no BAM file/],
    ['a negative number of references', 11, /negative number/],
    ['a name without end', 20, /no end/],
  ])('%s', (_, at, reason) => {
    const bytes = Buffer.from(good)
    bytes[at] = 0xff
    expect(() => parseBamHeader(bytes)).toThrow(
      expect.objectContaining({ name: 'FormatError', message: expect.stringMatching(reason) }),
    )
  })
})

test('the zeros at the end of the text are none of it', () => {
  const padded = toBamHeader({ text: '@CO\tx\n\0\0', references: [] })
  expect(parseBamHeader(padded)!.header.text).toBe('@CO\tx\n')
})

const HEADER =
  '@HD\tVN:1.6\tSO:coordinate\n@RG\tID:1\tSM:Eva\tDS:a:b\n@RG\tID:2\n@RG\tID:3\tSM:Eva\n@PG\tID:x\tCL:run -f\n@CO\tany\tthing\n@CO\t\n'

test('a SAM header is written as it was read', () => {
  const lines = parseSamHeader(HEADER)
  expect(formatSamHeader(lines)).toBe(HEADER)
  expect(lines[1]!.fields.at(-1)).toEqual({ tag: 'DS', value: 'a:b' })
  expect(lines[5]).toEqual({ type: 'CO', fields: [], comment: 'any\tthing' })
  expect(readSampleNames(lines)).toEqual(['Eva'])
})

test('what is no header line is passed over', () => {
  expect(parseSamHeader('nonsense\n\n@HD\tVN:1.6\tbroken\r\n')).toEqual([
    { type: 'HD', fields: [{ tag: 'VN', value: '1.6' }] },
  ])
})
