import { describe, expect, test } from '@jest/globals'
import { InvalidAnswer, parseBounds, parseCounts } from './parse-counts.js'

const NOBODY = {
  individuals: 0,
  families: 0,
  heterozygotes: 0,
  homozygotes: 0,
  hemizygotes: 0,
  alleleCount: 0,
  alleleNumber: 20,
  anBasis: 'called',
}

describe('people with the allele in a tumour', () => {
  const counts = { ...NOBODY, somaticIndividuals: 3 }

  test('make the allele exist, and no count of the inherited', () => {
    expect(parseCounts(counts, true)).toEqual(counts)
    expect(() => parseCounts(counts, false)).toThrow(InvalidAnswer)
    expect(() => parseCounts({ ...NOBODY, somaticIndividuals: 0 }, true)).toThrow(/exists and individuals disagree/)
    expect(() => parseCounts({ ...counts, somaticIndividuals: -1 }, true)).toThrow(/not a count/)
  })

  test.each([
    [3, 3, true],
    [0, null, true],
    [4, 4, false],
    [0, 2, false],
  ] as const)('stand in the bounds: %s to %s is %s', (lower, upper, isRight) => {
    const parse = () => parseBounds({ lower, upper }, true, parseCounts(counts, true))
    if (isRight) expect(parse()).toEqual({ lower, upper })
    else expect(parse).toThrow(/out of bounds/)
  })
})
