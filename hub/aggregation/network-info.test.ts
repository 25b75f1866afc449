import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { AN_BASES, validate, type AlleleCounts, type NetworkInfo } from '../../schemas/index.js'
import type { NodeAnswer, NodeOutcome, RegionOutcome } from '../fan-out/outcome.js'
import { toNetworkInfo } from './network-info.js'

const OPTIONS = { assemblyId: 'GRCh38', granularity: 'count', isIndel: false } as const

const people = fc.nat({ max: 50 })

const alleleCounts: fc.Arbitrary<AlleleCounts> = fc
  .record({ het: people, hom: people, hemi: people, without: people, basis: fc.constantFrom(...AN_BASES) })
  .map(({ het, hom, hemi, without, basis }) => ({
    individuals: het + hom + hemi,
    families: het + hom + hemi,
    heterozygotes: het,
    homozygotes: hom,
    hemizygotes: hemi,
    alleleCount: het + 2 * hom + hemi,
    alleleNumber: 2 * (het + hom + hemi + without),
    anBasis: basis,
  }))

const nodeAnswer: fc.Arbitrary<NodeAnswer> = fc
  .record({
    counts: alleleCounts,
    released: fc.boolean(),
    slack: people,
    access: fc.nat({ max: 2 }),
    assembly: fc.nat({ max: 2 }),
  })
  .map(({ counts, released, slack, access, assembly }): NodeAnswer => {
    const exists = counts.individuals > 0
    return {
      exists,
      ...(released ? { numTotalResults: Number(exists) } : {}),
      resultSets: [],
      node: {
        datasetsAsked: 1,
        datasetsNotAsked: { access: access % 2, assembly: assembly % 2 },
        ...(released ? { counts } : {}),
        bounds: { individuals: { lower: counts.individuals, upper: released ? counts.individuals + slack : null } },
        normalised: true,
      },
      matching: {},
      partial: false,
    }
  })

const outcome: fc.Arbitrary<NodeOutcome> = fc.oneof(
  {
    weight: 3,
    arbitrary: nodeAnswer.map((answer): NodeOutcome => ({ kind: 'answered', elapsedMs: 5, answer, droppedRecords: 0 })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('timed-out' as const, 'unreachable' as const, 'invalid' as const)
      .map((kind): NodeOutcome => ({ kind, elapsedMs: 9, reason: 'did not work' })),
  },
)

const outcomes: fc.Arbitrary<readonly RegionOutcome[]> = fc.array(outcome, { maxLength: 6 }).map((list) =>
  list.map((each, index) => ({
    region: { id: `se.fyr.r${index}`, name: `Region ${index}`, url: 'https://r.example' },
    outcome: each,
  })),
)

function answeredOf(info: NetworkInfo) {
  return info.regions.filter(({ status }) => status === 'answered')
}

describe('aggregation', () => {
  test('does not depend on the order in which regions answer', () => {
    fc.assert(
      fc.property(
        outcomes.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length })),
        ),
        ([a, b]) => {
          expect(toNetworkInfo(b, OPTIONS)).toEqual(toNetworkInfo(a, OPTIONS))
        },
      ),
    )
  })

  test('is always a valid network info', () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom('boolean' as const, 'count' as const), (list, granularity) => {
        expect(validate('network/networkInfo.json', toNetworkInfo(list, { ...OPTIONS, granularity }))).toEqual({
          ok: true,
        })
      }),
    )
  })

  test('the total is the sum of what the answered regions released', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const info = toNetworkInfo(list, OPTIONS)
        const parts = answeredOf(info).flatMap(({ counts }) => (counts ? [counts as AlleleCounts] : []))
        const total = info.total.counts as AlleleCounts | undefined
        expect(total === undefined).toBe(parts.length === 0)
        if (!total) return
        const numbers = [
          'individuals',
          'families',
          'heterozygotes',
          'homozygotes',
          'hemizygotes',
          'alleleCount',
          'alleleNumber',
        ] as const
        for (const key of numbers) expect(total[key]).toBe(parts.reduce((sum, part) => sum + part[key], 0))
        const weakest = Math.max(...parts.map(({ anBasis }) => AN_BASES.indexOf(anBasis)))
        expect(total.anBasis).toBe(AN_BASES[weakest])
      }),
    )
  })

  test('exists is the OR of what was released, and the bounds hold the released people', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const info = toNetworkInfo(list, OPTIONS)
        const { exists, counts, bounds } = info.total
        expect(exists).toBe(answeredOf(info).some((region) => region.exists))
        expect(bounds.individuals.lower).toBeGreaterThanOrEqual(exists ? 1 : 0)
        if (counts?.individuals !== undefined)
          expect(bounds.individuals.lower).toBeGreaterThanOrEqual(counts.individuals)
        if (bounds.individuals.upper !== null)
          expect(bounds.individuals.upper).toBeGreaterThanOrEqual(bounds.individuals.lower)
      }),
    )
  })

  test('the upper bound is open as soon as one region did not answer or holds data it could not be asked about', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const info = toNetworkInfo(list, OPTIONS)
        const isOpen =
          list.length === 0 ||
          info.regions.some(
            ({ status, bounds, datasetsNotAsked }) =>
              status !== 'answered' ||
              bounds?.individuals.upper === null ||
              (datasetsNotAsked?.access ?? 0) > 0 ||
              (datasetsNotAsked?.assembly ?? 0) > 0,
          )
        expect(info.total.bounds.individuals.upper === null).toBe(isOpen)
        if (info.complete) expect(info.regionsAnswered).toBe(info.regionsAsked)
      }),
    )
  })

  test('at boolean granularity there is no number of people, alleles or records', () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const info = toNetworkInfo(list, { ...OPTIONS, granularity: 'boolean' })
        expect(JSON.stringify(info)).not.toMatch(/counts|numTotalResults|alleleFrequency/)
        for (const { bounds } of info.regions) {
          if (bounds) expect([0, 1]).toContain(bounds.individuals.lower)
          if (bounds) expect([0, null]).toContain(bounds.individuals.upper)
        }
      }),
    )
  })
})

function answered(
  id: string,
  answer: Partial<NodeAnswer>,
  node: Partial<NonNullable<NodeAnswer['node']>> = {},
): RegionOutcome {
  return {
    region: { id: `se.fyr.${id}`, name: id, url: 'https://r.example' },
    outcome: {
      kind: 'answered',
      elapsedMs: 1,
      droppedRecords: 0,
      answer: {
        exists: false,
        resultSets: [],
        matching: {},
        partial: false,
        node: {
          datasetsAsked: 1,
          datasetsNotAsked: { access: 0, assembly: 0 },
          bounds: { individuals: { lower: 0, upper: 0 } },
          normalised: true,
          ...node,
        },
        ...answer,
      },
    },
  }
}

const COUNTS: AlleleCounts = {
  individuals: 2,
  families: 2,
  heterozygotes: 2,
  homozygotes: 0,
  hemizygotes: 0,
  alleleCount: 2,
  alleleNumber: 100,
  anBasis: 'called',
}

describe('status of a region that answered', () => {
  test.each([
    ['a dataset was asked', { datasetsAsked: 1, datasetsNotAsked: { access: 1, assembly: 1 } }, 'answered'],
    [
      'only data that the caller may not ask',
      { datasetsAsked: 0, datasetsNotAsked: { access: 1, assembly: 3 } },
      'refused',
    ],
    [
      'only data of another assembly',
      { datasetsAsked: 0, datasetsNotAsked: { access: 0, assembly: 3 } },
      'other-assembly',
    ],
    ['no data at all', { datasetsAsked: 0, datasetsNotAsked: { access: 0, assembly: 0 } }, 'answered'],
  ] as const)('%s', (_what, node, status) => {
    expect(toNetworkInfo([answered('norr', {}, node)], OPTIONS).regions[0]!.status).toBe(status)
  })
})

describe('the network answer', () => {
  test('without regions is not complete and has no upper bound', () => {
    expect(toNetworkInfo([], OPTIONS)).toMatchObject({
      regionsAsked: 0,
      complete: false,
      total: { exists: false, bounds: { individuals: { lower: 0, upper: null } } },
    })
  })

  test('misses contribute their allele number to the frequency', () => {
    const miss = answered(
      'syd',
      {},
      { counts: { ...COUNTS, individuals: 0, families: 0, heterozygotes: 0, alleleCount: 0, alleleNumber: 300 } },
    )
    const hit = answered('norr', { exists: true }, { counts: COUNTS, bounds: { individuals: { lower: 2, upper: 2 } } })
    const { total } = toNetworkInfo([hit, miss], OPTIONS)
    expect(total.counts).toMatchObject({ alleleCount: 2, alleleNumber: 400 })
    expect(total.alleleFrequency).toBe(2 / 400)
  })

  test('an unknown denominator anywhere leaves no frequency', () => {
    const one = answered('norr', { exists: true }, { counts: COUNTS, bounds: { individuals: { lower: 2, upper: 2 } } })
    const other = answered(
      'syd',
      { exists: true },
      { counts: { ...COUNTS, anBasis: 'unknown' }, bounds: { individuals: { lower: 2, upper: 2 } } },
    )
    expect(toNetworkInfo([one, other], OPTIONS).total.alleleFrequency).toBeUndefined()
  })

  test('one allele and several alleles are not added up', () => {
    const one = answered('norr', { exists: true }, { counts: COUNTS, bounds: { individuals: { lower: 2, upper: 2 } } })
    const range = answered(
      'syd',
      { exists: true },
      { counts: { variants: 3, individuals: 2, families: 2 }, bounds: { individuals: { lower: 2, upper: 2 } } },
    )
    const info = toNetworkInfo([one, range], OPTIONS)
    expect(info.total.counts).toBeUndefined()
    expect(info.note).toContain('counted different things')
  })

  test('the note names what is missing', () => {
    const silent: RegionOutcome = {
      region: { id: 'se.fyr.syd', name: 'Syd', url: 'https://r.example' },
      outcome: { kind: 'timed-out', elapsedMs: 3000, reason: 'did not answer in time' },
    }
    const trimmed = answered(
      'Norr',
      { exists: true },
      { counts: COUNTS, normalised: false, bounds: { individuals: { lower: 2, upper: 2 } } },
    )
    const yesOnly = answered('Mitt', { exists: true }, { bounds: { individuals: { lower: 1, upper: null } } })
    const { note } = toNetworkInfo([silent, trimmed, yesOnly], { ...OPTIONS, isIndel: true })
    expect(note).toBe(
      'Sum over regions; people are not deduplicated across regions. ' +
        'Missing from the total: Syd (timed-out: did not answer in time). ' +
        'No counts were released by Mitt; the counts are those of the other regions. ' +
        'Regions that store trimmed, not left-aligned indels may be incomplete: Norr.',
    )
    expect(toNetworkInfo([trimmed], OPTIONS).note).not.toContain('trimmed')
  })
})
