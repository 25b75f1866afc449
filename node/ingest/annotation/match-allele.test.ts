import { describe, expect, test } from '@jest/globals'
import { createAnnMatcher, createVepMatcher } from './match-allele.js'

/** REF, ALTs, the alleles of the entries, and the index of the ALT that each is about. */
const VEP: readonly (readonly [string, readonly string[], readonly string[], readonly (number | undefined)[]])[] = [
  ['A', ['T'], ['T', 'T'], [0, 0]],
  ['A', ['T', 'G'], ['G', 'T'], [1, 0]],
  // One of them changes the length and all begin alike: without the first base.
  ['CA', ['C'], ['-'], [0]],
  ['C', ['CA'], ['A'], [0]],
  ['CAA', ['C', 'CA', 'CAAA'], ['-', 'A', 'AAA'], [0, 1, 2]],
  ['CA', ['C', 'CT'], ['-', 'T'], [0, 1]],
  // Not all begin alike: as they are.
  ['CA', ['C', 'TA'], ['C', 'TA'], [0, 1]],
  ['AC', ['TG'], ['TG'], [0]],
  // A spanning deletion and GATK's symbol take no part.
  ['CA', ['C', '*'], ['-', '*'], [0, 1]],
  ['CA', ['C', '<NON_REF>'], ['-'], [0]],
  // --minimal without numbers: what trimming leaves, if it is but one ALT's.
  ['CA', ['TA', 'CAT'], ['T', 'T'], [undefined, undefined]],
  ['GCA', ['GTA', 'G'], ['T', '-'], [0, 1]],
  // Split after annotation: of the indel it cannot be known, of the base it can.
  ['CA', ['C'], ['A', '-'], [undefined, undefined]],
  ['A', ['T'], ['T', 'G'], [0, undefined]],
  ['N', ['<DEL>'], ['deletion'], [0]],
  ['N', ['<DEL>', '<DUP>'], ['duplication', 'deletion'], [1, 0]],
  ['G', ['G]17:198982]'], ['G]17:198982]'], [0]],
  ['A', ['T'], ['C'], [undefined]],
]

describe('entries of CSQ', () => {
  test.each(VEP)('%s to %j: %j are about %j', (ref, alts, alleles, indexes) => {
    const match = createVepMatcher(
      ref,
      alts,
      alleles.map((allele) => ({ allele, alleleNumber: undefined })),
    )
    expect(alleles.map((allele) => match(allele, undefined))).toEqual(indexes)
  })

  test('go by ALLELE_NUM where they have it, for equal texts too', () => {
    const entries = ['1', '2', '1'].map((alleleNumber) => ({ allele: '-', alleleNumber }))
    const match = createVepMatcher('CAA', ['CA', 'C'], entries)
    expect(entries.map(({ allele, alleleNumber }) => match(allele, alleleNumber))).toEqual([0, 1, 0])
  })

  test('do not go by numbers of ALTs that the record does not have any more', () => {
    const entries = [
      { allele: 'T', alleleNumber: '1' },
      { allele: 'G', alleleNumber: '2' },
    ]
    const match = createVepMatcher('A', ['G'], entries)
    expect(entries.map(({ allele, alleleNumber }) => match(allele, alleleNumber))).toEqual([undefined, 0])
  })
})

test('entries of ANN name the ALT, and nothing else is taken for it', () => {
  const match = createAnnMatcher('CA', ['C', 'CAT'], ['C', 'CAT', 'CAT-C'])
  // Three alleles of two ALTs: the record was split.
  expect(['C', 'CAT', 'CAT-C'].map((allele) => match(allele, undefined))).toEqual([undefined, undefined, undefined])
  const whole = createAnnMatcher('CA', ['C', 'CAT'], ['C', 'CAT'])
  expect(['C', 'CAT', 'T'].map((allele) => whole(allele, undefined))).toEqual([0, 1, undefined])
})
