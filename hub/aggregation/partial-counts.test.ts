import { describe, expect, test } from '@jest/globals'
import { validate, type Counts, type NodeSummary } from '../../schemas/index.js'
import type { NodeAnswer, RegionOutcome } from '../fan-out/outcome.js'
import { parseCounts } from '../fan-out/parse-counts.js'
import { toNetworkInfo } from './network-info.js'
import { sumCounts } from './sum-counts.js'

const PEOPLE: Counts = {
  individuals: 4,
  families: 3,
  heterozygotes: 2,
  homozygotes: 1,
  hemizygotes: 1,
  alleleCount: 5,
  alleleNumber: 200,
  anBasis: 'assumed',
}
const SITES: Counts = { partial: true, alleleCount: 7, alleleNumber: 1_000, anBasis: 'called' }
const CASES: Counts = {
  partial: true,
  individuals: 3,
  heterozygotes: 2,
  homozygotes: 1,
  hemizygotes: 0,
  alleleCount: 4,
  alleleNumber: 0,
  anBasis: 'unknown',
}

function region(name: string, node: Partial<NodeSummary>, exists = true): RegionOutcome {
  const answer: NodeAnswer = {
    exists,
    resultSets: [],
    node: {
      datasetsAsked: 1,
      datasetsNotAsked: { access: 0, assembly: 0 },
      bounds: { individuals: { lower: 0, upper: 0 } },
      normalised: true,
      ...node,
    },
    matching: {},
    partial: false,
  }
  return {
    region: { id: `se.fyr.${name}`, name, url: 'https://r.example' },
    outcome: { kind: 'answered', elapsedMs: 5, answer, droppedRecords: 0 },
  }
}

const OPTIONS = { assemblyId: 'GRCh38', granularity: 'count', isIndel: false } as const
const people = region('people', { counts: PEOPLE, bounds: { individuals: { lower: 4, upper: 4 } } })
const sites = region('sites', { counts: SITES, bounds: { individuals: { lower: 4, upper: 7 } } })
const cases = region('cases', { counts: CASES, bounds: { individuals: { lower: 3, upper: 3 } } })

describe('a region of pre-counted alleles', () => {
  test('adds its alleles, and of the people only bounds', () => {
    const { total, complete, note } = toNetworkInfo([people, sites], OPTIONS)
    expect(total).toEqual({
      exists: true,
      counts: { partial: true, alleleCount: 12, alleleNumber: 1_200, anBasis: 'assumed' },
      alleleFrequency: 0.01,
      bounds: { individuals: { lower: 8, upper: 11 } },
    })
    expect(complete).toBe(true)
    expect(note).toContain('Holding pre-counted data of which not every number is known: sites.')
  })

  test('without AN leaves no frequency, and keeps what is known of the rest', () => {
    const info = toNetworkInfo([people, cases], OPTIONS)
    expect(info.total.counts).toMatchObject({ individuals: 7, homozygotes: 2, alleleCount: 9, anBasis: 'unknown' })
    expect(info.total.counts).not.toHaveProperty('families')
    expect(info.total.alleleFrequency).toBeUndefined()
    expect(validate('network/networkInfo.json', info)).toEqual({ ok: true })
  })

  test('that cannot answer for chosen people is withheld, and leaves the upper bound open', () => {
    const withheld = region(
      'sites',
      { datasetsAsked: 0, datasetsNotAsked: { access: 0, assembly: 0, undecidable: 1 } },
      false,
    )
    const info = toNetworkInfo([people, withheld], OPTIONS)
    expect(info.regions.map(({ status }) => status)).toEqual(['answered', 'withheld'])
    expect(info.total.bounds.individuals).toEqual({ lower: 4, upper: null })
    expect(info.complete).toBe(false)
  })

  test('beside people who answered leaves the upper bound open too', () => {
    const some = region('some', { counts: PEOPLE, datasetsNotAsked: { access: 0, assembly: 0, undecidable: 1 } })
    const info = toNetworkInfo([some], OPTIONS)
    expect([info.complete, info.total.bounds.individuals.upper]).toEqual([false, null])
    expect(info.note).toContain('pre-counted, which cannot answer for chosen people: some')
  })
})

test('the order in which partial and whole counts are added does not matter', () => {
  const orders = [
    [PEOPLE, SITES, CASES],
    [CASES, PEOPLE, SITES],
    [SITES, CASES, PEOPLE],
  ]
  for (const parts of orders) {
    expect(sumCounts(parts)).toEqual({
      kind: 'sum',
      counts: { partial: true, alleleCount: 16, alleleNumber: 1_200, anBasis: 'unknown' },
    })
  }
  const region: Counts = { partial: true, variants: 2 }
  expect(sumCounts([{ variants: 3, individuals: 2, families: 2 }, region])).toMatchObject({ counts: { variants: 5 } })
  expect(sumCounts([region, SITES])).toEqual({ kind: 'mixed' })
  const plasmic: Counts = { partial: true, homoplasmic: 1, heteroplasmic: 0, alleleNumber: 0, anBasis: 'unknown' }
  expect(sumCounts([SITES, plasmic, PEOPLE])).toEqual({ kind: 'mixed' })
})

describe('partial counts of a node', () => {
  test.each([
    ['only what is known', SITES],
    ['cases', CASES],
    ['several alleles', { partial: true, variants: 2 }],
  ])('are read: %s', (_what, counts) => {
    expect(parseCounts({ ...counts, something: 'else' }, true)).toEqual(counts)
  })

  test.each([
    ['more alleles than were called', { ...SITES, alleleCount: 1_001 }, true, /alleleCount is above alleleNumber/],
    ['alleles that fit no number of people', { ...CASES, alleleCount: 7 }, true, /does not fit individuals/],
    ['parts above the whole', { ...CASES, hemizygotes: 1 }, true, /the parts are more than/],
    ['unknown people where nobody is', SITES, false, /individuals are not known/],
    ['people where nobody is', CASES, false, /exists and individuals disagree/],
    ['no basis', { partial: true, alleleNumber: 1 }, true, /unknown anBasis/],
    ['a negative number', { ...SITES, heterozygotes: -1 }, true, /is not a count/],
    ['no variants in a hit', { partial: true, variants: 0 }, true, /exists and variants disagree/],
  ])('are refused with %s', (_what, counts, exists, reason) => {
    expect(() => parseCounts(counts, exists)).toThrow(reason)
  })
})
