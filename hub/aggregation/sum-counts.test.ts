import { expect, test } from '@jest/globals'
import type { RegionCounts } from '../../schemas/index.js'
import { sumCounts } from './sum-counts.js'

test('people with the allele in a tumour are added where a region has some, in any order', () => {
  const without: RegionCounts = { variants: 1, individuals: 2, families: 2 }
  const withSome: RegionCounts = { variants: 2, individuals: 1, families: 1, somaticIndividuals: 3 }
  const sum = { kind: 'sum', counts: { variants: 3, individuals: 3, families: 3, somaticIndividuals: 3 } }
  expect(sumCounts([without, withSome])).toEqual(sum)
  expect(sumCounts([withSome, without])).toEqual(sum)
  expect(sumCounts([without, without])).toEqual({
    kind: 'sum',
    counts: { variants: 2, individuals: 4, families: 4 },
  })
})
