import { expect, test } from '@jest/globals'
import { Bitmap } from './bitmap.js'
import { createCallsWithoutRecords } from './calls-without-records.js'
import type { Cohort } from './cohort.js'
import { spellStructural } from './structural.js'
import { uniteCalls } from './unite-calls.js'
import type { Variant } from './variant.js'

/** 1 is a man, 2 a woman. */
function cohortOf(people: readonly number[], rest: Partial<Cohort> = {}): Cohort {
  const among = (wanted: number) => new Bitmap(people.filter((person) => person === wanted))
  return {
    people: { all: new Bitmap(people), males: among(1), females: among(2) },
    origin: 'germline',
    absent: 'hom-ref',
    hasSequence: true,
    hasStructural: false,
    ...rest,
  }
}

const at = (contig: number, start: number, alternateBases = 'C'): Variant => ({
  contig,
  start,
  referenceBases: alternateBases === 'C' ? 'A' : '',
  alternateBases,
})
const DELETION = spellStructural({ type: 'DEL', end: 50_000_100 })
const PLACES = [
  at(1, 100),
  at(1, 200),
  at(1, 100, DELETION),
  at(23, 10_000),
  at(23, 50_000_000),
  at(23, 50_000_000, DELETION),
  at(24, 12_000_000),
  at(25, 100),
]

const COHORTS: readonly (readonly [string, readonly Cohort[]])[] = [
  ['of everybody', [cohortOf([1, 2])]],
  ['of nobody that counts', [cohortOf([1, 2], { absent: 'unknown' })]],
  ['with a person of unknown sex', [cohortOf([1, 2, 3])]],
  [
    'with structural alleles, and others',
    [cohortOf([1], { hasStructural: true, hasSequence: false }), cohortOf([2, 3])],
  ],
  ['of tumours, and others', [cohortOf([1], { origin: 'somatic' }), cohortOf([2])]],
]

test.each(COHORTS)(
  'cohorts %s say the same as when they are asked one by one, at places of all kinds',
  (_, cohorts) => {
    const withoutRecords = createCallsWithoutRecords(cohorts, 'GRCh38')
    const germline = cohorts.filter(({ origin }) => origin === 'germline').map(({ people }) => people.all)
    const knowledge = { cohorts, everybody: Bitmap.orMany(germline), own: undefined, nearby: () => undefined }
    const toPlain = ({ twoAlleles, oneAllele, anBasis }: ReturnType<typeof uniteCalls>) => [
      [...twoAlleles],
      [...oneAllele],
      anBasis,
    ]
    for (const place of [...PLACES, ...PLACES]) {
      expect(toPlain(withoutRecords(place)!)).toEqual(toPlain(uniteCalls([knowledge], 'GRCh38', place)))
    }
  },
)

test('cohorts with callable regions have to be asked', () => {
  const withoutRecords = createCallsWithoutRecords([cohortOf([1], { isCallable: () => true })], 'GRCh38')
  expect(withoutRecords(PLACES[0]!)).toBeUndefined()
})
