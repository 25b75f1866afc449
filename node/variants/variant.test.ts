import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { overlaps, toVariantInternalId, trimAlleles } from './variant.js'

const bases = (min: number, max: number) =>
  fc.array(fc.constantFrom('A', 'C', 'G', 'T'), { minLength: min, maxLength: max }).map((b) => b.join(''))

describe('trimming', () => {
  test.each([
    // start, ref, alt -> start, ref, alt, anchor
    [100, 'A', 'C', 100, 'A', 'C', ''],
    [100, 'AT', 'A', 101, 'T', '', 'A'],
    [100, 'A', 'AT', 101, '', 'T', 'A'],
    [100, 'CAA', 'CA', 101, 'A', '', 'C'],
    [100, 'ACGT', 'ATGT', 101, 'C', 'T', 'A'],
    [0, 'AC', 'C', 0, 'A', '', 'C'],
    [0, 'C', 'AC', 0, '', 'A', 'C'],
  ])('%i %s>%s is %i %s>%s', (start, ref, alt, trimmedStart, trimmedRef, trimmedAlt, anchor) => {
    expect(trimAlleles(start, ref, alt)).toEqual({
      start: trimmedStart,
      referenceBases: trimmedRef,
      alternateBases: trimmedAlt,
      anchor,
    })
  })

  test('keeps the edit, shares no first or last base, and does not change when repeated', () => {
    fc.assert(
      fc.property(bases(1, 12), bases(1, 12), bases(0, 6), bases(0, 6), (ref, alt, before, after) => {
        fc.pre(ref !== alt)
        const [r, a] = [before + ref + after, before + alt + after]
        const trimmed = trimAlleles(50, r, a)
        const { start, referenceBases, alternateBases } = trimmed
        const edited = r.slice(0, start - 50) + alternateBases + r.slice(start - 50 + referenceBases.length)
        expect(edited).toBe(a)
        if (referenceBases !== '' && alternateBases !== '') {
          expect(referenceBases[0]).not.toBe(alternateBases[0])
          expect(referenceBases.at(-1)).not.toBe(alternateBases.at(-1))
        }
        const again = trimAlleles(start, referenceBases, alternateBases)
        expect(again).toMatchObject({ start, referenceBases, alternateBases })
      }),
    )
  })
})

describe('variantInternalId', () => {
  test.each([
    [17, 43045711, 'T', 'C', '', 'GRCh38-17-43045712-T-C'],
    [1, 101, 'T', '', 'A', 'GRCh38-1-101-AT-A'],
    [1, 101, '', 'T', 'A', 'GRCh38-1-101-A-AT'],
    [25, 0, 'G', '', 'A', 'GRCh38-MT-1-GA-A'],
    [23, 10, '', 'T', '', 'GRCh38-X-10-N-NT'],
  ])('contig %i %i %s>%s', (contig, start, referenceBases, alternateBases, anchor, id) => {
    expect(toVariantInternalId('GRCh38', { contig, start, referenceBases, alternateBases }, anchor)).toBe(id)
  })

  test('an allele of over 100 bases is a hash', () => {
    const id = toVariantInternalId(
      'GRCh38',
      { contig: 2, start: 9, referenceBases: 'A'.repeat(101), alternateBases: 'C' },
      '',
    )
    expect(id).toMatch(/^GRCh38-2-10-sha256\.[0-9a-f]{32}-C$/)
  })
})

test.each([
  // start, ref length, overlaps [100, 200)
  [99, 1, false],
  [99, 2, true],
  [100, 1, true],
  [199, 1, true],
  [200, 1, false],
  [100, 0, true],
  [199, 0, true],
  [200, 0, false],
  [99, 0, false],
])('an allele at %i that replaces %i bases overlaps [100, 200): %s', (start, length, expected) => {
  const variant = { contig: 1, start, referenceBases: 'A'.repeat(length), alternateBases: 'T' }
  expect(overlaps(variant, 100, 200)).toBe(expected)
})
