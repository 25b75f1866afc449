import { describe, expect, test } from '@jest/globals'
import { Bitmap, EMPTY } from './bitmap.js'
import { coversSite } from './callable-regions.js'
import { callsWhereAbsent, type Cohort } from './cohort.js'
import { spellStructural } from './structural.js'

/** 1 and 2 are men, 3 a woman; of 4 it is not known. */
function cohortOf(people: readonly number[], rest: Partial<Cohort> = {}): Cohort {
  const among = (wanted: readonly number[]) => new Bitmap(people.filter((person) => wanted.includes(person)))
  return {
    people: { all: new Bitmap(people), males: among([1, 2]), females: among([3]) },
    origin: 'germline',
    absent: 'hom-ref',
    hasSequence: true,
    hasStructural: false,
    ...rest,
  }
}

const AUTOSOME = { contig: 1, start: 100, referenceBases: 'A', alternateBases: 'C' }
const X = { ...AUTOSOME, contig: 23, start: 50_000_000 }
const PAR = { ...X, start: 10_000 }
const Y = { ...AUTOSOME, contig: 24, start: 12_000_000 }
const MT = { ...AUTOSOME, contig: 25 }
const DELETION = { ...AUTOSOME, referenceBases: '', alternateBases: spellStructural({ type: 'DEL', end: 200 }) }

function absent(cohort: Cohort, variant: typeof AUTOSOME, covered: readonly number[] = []) {
  const calls = callsWhereAbsent(cohort, 'GRCh38', variant, covered.length > 0 ? new Bitmap(covered) : EMPTY)
  expect([calls.heterozygous, calls.homozygous, calls.hemizygous].every((set) => set.isEmpty)).toBe(true)
  return [[...calls.twoAlleles], [...calls.oneAllele], calls.anBasis]
}

const ALL = [1, 2, 3, 4]
const inside = { isCallable: () => true }
const outside = { isCallable: () => false }
const both = { hasStructural: true }
const onlyStructural = { hasSequence: false, hasStructural: true }
const NOBODY = [[], [], 'called']

describe('the absence of a record says', () => {
  test.each<[string, Cohort, typeof AUTOSOME, readonly number[], unknown]>([
    ['the reference, by assumption', cohortOf(ALL), AUTOSOME, [], [ALL, [], 'assumed']],
    ['nothing of those whom a record covers', cohortOf(ALL), AUTOSOME, [2, 9], [[1, 3, 4], [], 'assumed']],
    ['nothing where a record covers all', cohortOf(ALL), AUTOSOME, ALL, NOBODY],
    ['nothing, by the rule unknown', cohortOf(ALL, { absent: 'unknown' }), AUTOSOME, [], NOBODY],
    ['nothing of tumours', cohortOf(ALL, { origin: 'somatic' }), AUTOSOME, [], NOBODY],
    ['that they were called, in callable regions', cohortOf(ALL, inside), AUTOSOME, [], [ALL, [], 'called']],
    ['nothing outside callable regions', cohortOf(ALL, outside), AUTOSOME, [], NOBODY],
    ['nothing, by the rule unknown', cohortOf(ALL, { ...inside, absent: 'unknown' }), AUTOSOME, [], NOBODY],
    ['nothing of structural alleles, in a file without', cohortOf(ALL), DELETION, [], NOBODY],
    ['the reference, in a file with both', cohortOf(ALL, both), DELETION, [], [ALL, [], 'assumed']],
    ['nothing of bases, in a file of structural alleles', cohortOf(ALL, onlyStructural), AUTOSOME, [], NOBODY],
    ['two copies of PAR', cohortOf(ALL), PAR, [], [ALL, [], 'assumed']],
    ['one copy of MT', cohortOf(ALL), MT, [], [[], ALL, 'assumed']],
    ['of X two copies in women, one in men, nothing of others', cohortOf(ALL), X, [], [[3], [1, 2], 'unknown']],
    ['of Y one copy in men, none in women', cohortOf(ALL), Y, [], [[], [1, 2], 'unknown']],
    ['the same where all sexes are known', cohortOf([1, 3]), X, [], [[3], [1], 'assumed']],
    ['the same where the unknown one is covered', cohortOf(ALL), X, [4], [[3], [1, 2], 'assumed']],
    ['that they were called on X', cohortOf([1, 3], inside), X, [], [[3], [1], 'called']],
    ['less than that, where a sex is unknown', cohortOf(ALL, inside), X, [], [[3], [1, 2], 'unknown']],
  ])('%s', (_, cohort, variant, covered, expected) => {
    expect(absent(cohort, variant, covered)).toEqual(expected)
  })
})

describe('an assay of the bases 100 to 109 covers', () => {
  const isCallable = (contig: number, position: number) => contig === 1 && 100 <= position && position < 110
  const structural = (type: string) => spellStructural({ type, end: 500 })
  test.each<[string, number, string, string, boolean]>([
    ['a base before it', 99, 'A', 'C', false],
    ['its first base', 100, 'A', 'C', true],
    ['its last base', 109, 'A', 'C', true],
    ['the base behind it', 110, 'A', 'C', false],
    ['a deletion that begins in it', 109, 'AAAA', '', true],
    ['a deletion that ends in it', 98, 'AAAA', '', false],
    ['an insertion before its first base', 100, '', 'T', true],
    ['an insertion behind its last base', 110, '', 'T', true],
    ['an insertion one base away', 111, '', 'T', false],
    ['a structural deletion behind its last base', 110, '', structural('DEL'), false],
    ['a structural deletion of its last base', 109, '', structural('DEL'), true],
  ])('%s: %s', (_, start, referenceBases, alternateBases, expected) => {
    expect(coversSite(isCallable, { contig: 1, start, referenceBases, alternateBases })).toBe(expected)
  })
})
