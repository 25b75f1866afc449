import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toVariantInternalId, trimAlleles } from '../variants/variant.js'
import { parseVariantInternalId } from './parse-variant-id.js'

const bases = fc.array(fc.constantFrom('A', 'C', 'G', 'T'), { minLength: 1, maxLength: 30 }).map((b) => b.join(''))

describe('a variantInternalId', () => {
  test('leads back to the allele it names', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), bases, bases, (start, ref, alt) => {
        fc.pre(ref !== alt)
        const { anchor, ...allele } = trimAlleles(start, ref, alt)
        const variant = { contig: 1, ...allele }
        const query = parseVariantInternalId(toVariantInternalId('GRCh38', variant, anchor))
        // An insertion or deletion without a known anchor has N for it; the trimmed allele is the same.
        expect(query).toEqual({ kind: 'allele', assembly: 'GRCh38', ...variant })
      }),
    )
  })

  test('with a hash is compared, not read', () => {
    const long = { contig: 2, start: 9, referenceBases: 'A'.repeat(101), alternateBases: 'C' }
    const variantInternalId = toVariantInternalId('GRCh38', long, '')
    expect(parseVariantInternalId(variantInternalId)).toEqual({
      kind: 'hashed-id',
      assembly: 'GRCh38',
      contig: 2,
      position: 10,
      variantInternalId,
    })
  })

  test.each([
    '',
    '{id}',
    'GRCh38-17-5-A',
    'GRCh38-chr17-5-A-C',
    'GRCh38-17-0-A-C',
    'GRCh38-17-99999999999-A-C',
    'hg17-1-5-A-C',
    'GRCh38-1-5-A-A',
    'GRCh38-1-5-A-N',
  ])('%j is refused', (id) => {
    expect(() => parseVariantInternalId(id)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })
})
