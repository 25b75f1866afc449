import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { validate, type Counts } from '../../schemas/index.js'
import { toSiteNumbers, type CountKey } from './site-numbers.js'
import {
  isCarried,
  toSiteAlleleCounts,
  uniteIntervals,
  uniteSiteCounts,
  type Interval,
  type SiteCounts,
} from '../variants/site-counts.js'

/** Copies of the allele by person; undefined: not called. All are diploid here. */
type Genotypes = readonly (0 | 1 | 2 | undefined)[]
type Truth = Readonly<Record<'individuals' | 'heterozygotes' | 'homozygotes' | 'alleleCount' | 'alleleNumber', number>>

const SOURCES = ['AC', 'zygosities', 'nhomalt', 'Obs'] as const

const genotypes = fc.array(fc.constantFrom<0 | 1 | 2 | undefined>(0, 0, 0, 0, 1, 2, undefined), { maxLength: 12 })
const people = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 })
const source = fc.constantFrom(...SOURCES)

function among(all: Genotypes, chosen: readonly boolean[]): Genotypes {
  return all.filter((_, index) => chosen[index])
}

function countTruly(all: Genotypes): Truth {
  const heterozygotes = all.filter((copies) => copies === 1).length
  const homozygotes = all.filter((copies) => copies === 2).length
  return {
    individuals: heterozygotes + homozygotes,
    heterozygotes,
    homozygotes,
    alleleCount: heterozygotes + 2 * homozygotes,
    alleleNumber: 2 * all.filter((copies) => copies !== undefined).length,
  }
}

/** What a file of this kind would say. */
function exportAs(truth: Truth, kind: (typeof SOURCES)[number]): SiteCounts {
  const { alleleCount: AC, alleleNumber: AN, heterozygotes, homozygotes, individuals } = truth
  const values: Partial<Record<CountKey, number>> = {
    AC: { AC, AN },
    zygosities: { AC, AN, AC_Het: heterozygotes, AC_Hom: 2 * homozygotes, AC_Hemi: 0 },
    nhomalt: { AC, AN, nhomalt: homozygotes },
    Obs: { Obs: individuals, Hom: homozygotes, Hem: 0 },
  }[kind]
  const declared = new Set(Object.keys(values))
  const format = { source: kind === 'Obs' ? 'observations' : 'allele-counts', declared } as const
  return toSiteNumbers(format, (key) => values[key], 'diploid')
}

function holds({ lower, upper }: Interval, value: number): boolean {
  return lower <= value && value <= upper
}

/** Every number that is told is the true one. */
function tellsTheTruth(counts: Counts, truth: Truth): boolean {
  return Object.entries(truth).every(([name, value]) => {
    const told = (counts as unknown as Record<string, number | undefined>)[name]
    if (name === 'alleleNumber' && 'anBasis' in counts && counts.anBasis === 'unknown') return told! <= value
    return told === undefined || told === value
  })
}

test('what is told of one export is true, and what is not known lies within the bounds', () => {
  fc.assert(
    fc.property(genotypes, source, (all, kind) => {
      const truth = countTruly(all)
      const site = exportAs(truth, kind)
      expect(holds(site.individuals, truth.individuals)).toBe(true)
      expect(holds(site.alleleCount, truth.alleleCount)).toBe(true)
      expect(isCarried(site)).toBe(truth.individuals > 0)
      const counts = toSiteAlleleCounts(site, 'diploid')
      expect(tellsTheTruth(counts, truth)).toBe(true)
      expect(validate('network/counts.json', counts)).toEqual({ ok: true })
    }),
  )
})

test('two exports with some people in common are united without counting anybody twice', () => {
  fc.assert(
    fc.property(genotypes, people, people, source, source, (all, first, second, a, b) => {
      const truth = countTruly(all.filter((_, index) => first[index] || second[index]))
      const [one, other] = [exportAs(countTruly(among(all, first)), a), exportAs(countTruly(among(all, second)), b)]
      const united = uniteSiteCounts(one, other)
      expect(holds(united.individuals, truth.individuals)).toBe(true)
      expect(holds(united.alleleCount, truth.alleleCount)).toBe(true)
      expect(tellsTheTruth(toSiteAlleleCounts(united, 'diploid'), truth)).toBe(true)
      expect(uniteSiteCounts(other, one)).toEqual(united)
    }),
  )
})

test('carriers of several alleles lie between those of the largest and all together', () => {
  fc.assert(
    fc.property(fc.array(genotypes, { minLength: 1, maxLength: 5 }), source, (alleles, kind) => {
      const bounds = uniteIntervals(alleles.map((all) => exportAs(countTruly(all), kind).individuals))
      const carriers = new Set(alleles.flatMap((all) => all.flatMap((copies, person) => (copies ? [person] : []))))
      expect(holds(bounds, carriers.size)).toBe(true)
    }),
  )
})
