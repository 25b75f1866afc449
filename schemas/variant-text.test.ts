import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ASSEMBLY_IDS, CONTIGS, type AssemblyId } from './assembly.js'
import { parseVariantText, type VariantText } from './variant-text.js'

const BRCA1 = {
  kind: 'allele',
  referenceName: 'refseq:NC_000017.11',
  start: 43_045_711,
  referenceBases: 'T',
  alternateBases: 'C',
}
const GENE = { kind: 'range', referenceName: 'refseq:NC_000017.11', start: 43_044_294, end: 43_170_245 }

describe('text of an allele', () => {
  test.each([
    '17-43045712-T-C',
    '  17-43045712-T-C\n',
    'chr17:43045712:T:C',
    'chr17:43045712-T-C',
    '17:43045712T>C',
    '17:43045712:T>C',
    '17:43,045,712 T>C',
    '17:43 045 712 T>C',
    '17-43045712-T/C',
    '17 43045712 T C',
    '17\t43045712\tT\tC',
    'CHR17-43045712-t-c',
    'NC_000017.11:43045712:T:C',
    'refseq:NC_000017.11:43045712:T:C',
  ])('%j is read, and its position becomes 0-based', (text) => {
    expect(parseVariantText(text)).toEqual({ ok: true, value: BRCA1 })
  })

  test('insertions and deletions keep the anchor that was typed', () => {
    expect(parseVariantText('X-1-A-ACG')).toMatchObject({
      value: { start: 0, referenceBases: 'A', alternateBases: 'ACG' },
    })
    expect(parseVariantText('MT-16569-GT-G')).toMatchObject({
      value: { start: 16_568, referenceBases: 'GT', alternateBases: 'G', referenceName: 'refseq:NC_012920.1' },
    })
  })

  test('the assembly that is asked gives the accession', () => {
    expect(parseVariantText('17-41197729-T-C', 'GRCh37')).toMatchObject({
      value: { referenceName: 'refseq:NC_000017.10' },
    })
  })
})

describe('text of a range', () => {
  test.each([
    'chr17:43,044,295-43,170,245',
    'chr17:43044295-43170245',
    '17:43044295..43170245',
    '17:43044295–43170245',
    '17:43 044 295 - 43 170 245',
    '17 43044295-43170245',
    'NC_000017.11:43044295-43170245',
  ])('%j is read, and becomes 0-based and half-open', (text) => {
    expect(parseVariantText(text)).toEqual({ ok: true, value: GENE })
  })

  test('one position is a range of one base', () => {
    expect(parseVariantText('chr17:43045712')).toMatchObject({ value: { start: 43_045_711, end: 43_045_712 } })
  })

  test('a range reaches to the last base of its chromosome', () => {
    expect(parseVariantText('MT:1-16569')).toMatchObject({ value: { start: 0, end: 16_569 } })
  })
})

const REFUSED: readonly (readonly [string, AssemblyId, RegExp])[] = [
  ['', 'GRCh38', /^cannot read ""/],
  ['BRCA1', 'GRCh38', /^cannot read "BRCA1"/],
  ['17', 'GRCh38', /^cannot read/],
  ['17-43045712', 'GRCh38', /^cannot read/],
  ['17-43045712-T', 'GRCh38', /^cannot read/],
  ['17-43045712-T-', 'GRCh38', /^cannot read/],
  ['17-43045712-T-U', 'GRCh38', /^cannot read/],
  ['17-43045712-T-<DEL>', 'GRCh38', /^cannot read/],
  ['17--5-T-C', 'GRCh38', /^cannot read/],
  ['17-1.5-T-C', 'GRCh38', /^cannot read/],
  ['17:1,23-4', 'GRCh38', /^cannot read/],
  ['NM_007294.4:c.5266dupC', 'GRCh38', /^cannot read/],
  ['chr1 100 200', 'GRCh38', /can be one position or two/],
  ['17 43 045 712 T C', 'GRCh38', /can be one position or two/],
  ['refseq:NC_000001.11 100 200', 'GRCh38', /can be one position or two/],
  ['99-5-T-C', 'GRCh38', /^GRCh38 has no chromosome "99"/],
  ['constructor:5', 'GRCh38', /^GRCh38 has no chromosome "constructor"/],
  ['NC_000017.10-5-T-C', 'GRCh38', /^NC_000017.10 belongs to GRCh37, but GRCh38 was asked$/],
  ['NC_000017.11:5-7', 'GRCh37', /^NC_000017.11 belongs to GRCh38, but GRCh37 was asked$/],
  ['17-0-T-C', 'GRCh38', /^positions on 17 of GRCh38 go from 1 to 83257441$/],
  ['17-83257442-T-C', 'GRCh38', /^positions on 17 of GRCh38 go from 1 to 83257441$/],
  ['17:83257441-83257442', 'GRCh38', /^positions on 17 of GRCh38/],
  ['17-81195211-T-C', 'GRCh37', /^positions on 17 of GRCh37 go from 1 to 81195210$/],
  ['MT:16571', 'GRCh37', /^positions on MT of GRCh37 go from 1 to 16569$/],
  ['17:200-100', 'GRCh38', /^the range ends \(100\) before it starts \(200\)$/],
  ['17-100-TT-tt', 'GRCh38', /^the reference and the alternate bases are the same$/],
]

describe('refusals', () => {
  test.each(REFUSED)('%j on %s says why', (text, assembly, reason) => {
    const result = parseVariantText(text, assembly)
    expect(result.ok ? '' : result.reason).toMatch(reason)
  })

  test('a text that cannot be read gets an example of each form', () => {
    expect(parseVariantText('what?')).toMatchObject({
      reason: expect.stringMatching(/17-43045712-T-C .* chr17:43,044/),
    })
  })
})

const place = fc.record({ assembly: fc.constantFrom(...ASSEMBLY_IDS), index: fc.nat(24) })
const bases = fc.string({ unit: fc.constantFrom('A', 'C', 'G', 'T'), minLength: 1, maxLength: 12 })

function group(number: number, separator: string): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, separator)
}

describe('properties', () => {
  test('an allele that is written out and read is the same allele', () => {
    const write = fc.constantFrom<(name: string, position: number, ref: string, alt: string) => string>(
      (name, position, ref, alt) => `${name}-${position}-${ref}-${alt}`,
      (name, position, ref, alt) => `chr${name}:${group(position, ',')}:${ref}:${alt}`,
      (name, position, ref, alt) => `${name}:${group(position, ' ')} ${ref}>${alt}`,
      (name, position, ref, alt) => `${name}:${position}${ref}>${alt}`,
    )
    fc.assert(
      fc.property(place, fc.nat(), bases, bases, write, ({ assembly, index }, at, ref, alt, toText) => {
        fc.pre(ref !== alt)
        const { name, accession, length } = CONTIGS[assembly][index]!
        const start = at % length
        const value: VariantText = {
          kind: 'allele',
          referenceName: `refseq:${accession}`,
          start,
          referenceBases: ref,
          alternateBases: alt,
        }
        expect(parseVariantText(toText(name, start + 1, ref, alt), assembly)).toEqual({ ok: true, value })
      }),
    )
  })

  test('a range that is written out and read is the same range', () => {
    const separators = fc.constantFrom('-', ' - ', '..', '–')
    const grouping = fc.constantFrom('', ',', ' ')
    fc.assert(
      fc.property(place, fc.nat(), fc.nat(), separators, grouping, ({ assembly, index }, a, b, separator, digits) => {
        const { name, accession, length } = CONTIGS[assembly][index]!
        const [start, last] = [a % length, b % length].sort((x, y) => x - y) as [number, number]
        const text = `chr${name}:${group(start + 1, digits)}${separator}${group(last + 1, digits)}`
        const value: VariantText = { kind: 'range', referenceName: `refseq:${accession}`, start, end: last + 1 }
        expect(parseVariantText(text, assembly)).toEqual({ ok: true, value })
      }),
    )
  })

  test('no text makes it throw, and what is accepted lies on its chromosome', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...'17XchrACGTN:->/. ,\t') })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearly), (text) => {
        const result = parseVariantText(text)
        if (!result.ok) return expect(result.reason).not.toBe('')
        const { value } = result
        const contig = CONTIGS.GRCh38.find(({ accession }) => `refseq:${accession}` === value.referenceName)!
        expect(value.start).toBeGreaterThanOrEqual(0)
        expect(value.kind === 'range' ? value.end : value.start + 1).toBeLessThanOrEqual(contig.length)
      }),
      { numRuns: 2_000 },
    )
  })
})

/** A reader that tries every way to read a text of this length does not come to an end. */
const N = 1_000_000

describe('hostile text', () => {
  test.each([
    ['digits', '9'.repeat(N)],
    ['digits of a position', `1:${'9'.repeat(N)}`],
    ['commas', ','.repeat(N)],
    ['dashes', '-'.repeat(N)],
    ['blanks in a range', `1:5${' '.repeat(N)}x`],
    ['blanks after a dash', `1:5-${' '.repeat(N)}x`],
    ['groups of digits', `1:1${',234'.repeat(N / 4)}x`],
    ['groups of digits in two positions', `1:1${' 234'.repeat(N / 8)} - 1${' 234'.repeat(N / 8)}x`],
    ['bases', `1-5-${'A'.repeat(N)}!`],
    ['bases without a separator', `1-5${'A'.repeat(N)}`],
    ['a name', `${'a.'.repeat(N / 2)}:5`],
    ['prefixes', `${'refseq:'.repeat(N / 7)}1:5`],
  ])('a megabyte of %s is refused, and not after trying every way to read it, in a short sentence', (_what, text) => {
    const result = parseVariantText(text)
    expect(result.ok ? '' : result.reason.length).toBeLessThan(300)
  })
})
