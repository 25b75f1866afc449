import { describe, expect, test } from '@jest/globals'
import { decodeSet } from '../variants/encoded-set.js'
import type { Ploidy } from '../variants/ploidy.js'
import { classifyCopyNumbers } from './classify-copy-numbers.js'

/** People 11 and 12 are men, 13 and 14 women; of 15 it is not known. */
const COLUMNS = {
  numbers: Uint32Array.of(11, 12, 13, 14, 15),
  males: Uint8Array.of(1, 1, 0, 0, 0),
  females: Uint8Array.of(0, 0, 1, 1, 0),
}

function classify(copies: readonly string[], ploidy: Ploidy, isCalled: (column: number) => boolean = () => true) {
  return classifyCopyNumbers(copies, COLUMNS, ploidy, isCalled).map((found) => ({
    copyNumber: found.copyNumber,
    het: [...decodeSet(found.heterozygous)],
    hom: [...decodeSet(found.homozygous)],
    hemi: [...decodeSet(found.hemizygous)],
    noCall: [...decodeSet(found.noCall)],
    one: [...decodeSet(found.oneAllele)],
  }))
}

describe('copy numbers', () => {
  test('become one allele for each that is not the usual one, in order', () => {
    expect(classify(['3', '2', '0', '3', '1'], 'diploid')).toEqual([
      { copyNumber: 0, het: [], hom: [13], hemi: [], noCall: [], one: [] },
      { copyNumber: 1, het: [15], hom: [], hemi: [], noCall: [], one: [] },
      { copyNumber: 3, het: [11, 14], hom: [], hemi: [], noCall: [], one: [] },
    ])
  })

  test('that all are usual are no allele', () => {
    expect(classify(['2', '2', '2', '2', '.'], 'diploid')).toEqual([])
    expect(classify(['1', '1', '2', '2', '1'], 'x')).toEqual([])
    expect(classify(['1', '1', '0', '5', '2'], 'y')).toEqual([])
  })

  test('of X are usual when one in men and two in women; either where the sex is not known', () => {
    expect(classify(['2', '1', '1', '2', '2'], 'x')).toEqual([
      { copyNumber: 1, het: [13], hom: [], hemi: [], noCall: [], one: [11, 12] },
      { copyNumber: 2, het: [], hom: [], hemi: [11], noCall: [], one: [11, 12] },
    ])
  })

  test('of Y are those of men; a woman has none to be called', () => {
    expect(classify(['0', '2', '2', '0', '3'], 'y')).toEqual([
      { copyNumber: 0, het: [], hom: [], hemi: [11], noCall: [13, 14], one: [11, 12] },
      { copyNumber: 2, het: [], hom: [], hemi: [12], noCall: [13, 14], one: [11, 12] },
      { copyNumber: 3, het: [15], hom: [], hemi: [], noCall: [13, 14], one: [11, 12] },
    ])
  })

  test.each(['.', '', '-1', '2.5', 'x', '12345'])('%j is no call', (text) => {
    expect(classify([text, '1', '2', '2', '2'], 'diploid')).toEqual([
      { copyNumber: 1, het: [12], hom: [], hemi: [], noCall: [11], one: [] },
    ])
  })

  test('below the policy are no calls', () => {
    expect(classify(['3', '3', '2', '2', '2'], 'diploid', (column) => column !== 1)).toEqual([
      { copyNumber: 3, het: [11], hom: [], hemi: [], noCall: [12], one: [] },
    ])
  })
})
