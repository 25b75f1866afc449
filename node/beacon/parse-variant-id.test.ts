import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { spellStructural } from '../variants/structural.js'
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

  const type = fc.constantFrom(
    'DEL',
    'DUP:TANDEM',
    'INS:ME:ALU',
    'CNV',
    'BND',
    'CNA',
    'N',
    'DUP-TANDEM',
    'A-5',
    'X_1.2',
  )
  const size = fc.option(fc.nat({ max: 9_999 }), { nil: undefined })

  test('of a structural allele is compared, and says where it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), fc.nat(99_999), type, size, size, fc.boolean(), (...args) => {
        const [start, width, type, length, copyNumber, hasMate] = args
        const end = start + width
        const key = {
          type,
          end,
          ...(length === undefined ? {} : { length }),
          ...(copyNumber === undefined ? {} : { copyNumber }),
          ...(hasMate ? { mate: 'N]17:198982]' } : {}),
        }
        const variant = { contig: 2, start, referenceBases: '', alternateBases: spellStructural(key) }
        const variantInternalId = toVariantInternalId('GRCh38', variant, 'N')
        const expected = {
          kind: 'hashed-id',
          assembly: 'GRCh38',
          contig: 2,
          variantInternalId,
          structural: { start, end },
        }
        expect(parseVariantInternalId(variantInternalId)).toMatchObject(expected)
        const renamed = variantInternalId.replace('GRCh38', 'hg38')
        expect(parseVariantInternalId(renamed)).toMatchObject(expected)
      }),
    )
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
    'GRCh38-1-05-A-C',
    'GRCh38-1-500-DEL-499',
    'GRCh38-MT-500-DEL-16570',
    'GRCh38-1-500-DEL-0600',
    'GRCh38-1-500-DEL',
    'GRCh38-1-500-DEL-x',
    'GRCh38-1-500-DEL-600-X3',
    'GRCh38-1-500-D EL-600',
  ])('%j is refused', (id) => {
    expect(() => parseVariantInternalId(id)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })
})
