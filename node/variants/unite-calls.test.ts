import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Bitmap, EMPTY } from './bitmap.js'
import { createCallsWithoutRecords } from './calls-without-records.js'
import { alleleNumberOf, mergeCalls, type Calls } from './calls.js'
import type { Cohort } from './cohort.js'
import { uniteCalls, uniteDisjointCalls, type Knowledge, type Recorded } from './unite-calls.js'

const PEOPLE = [1, 2, 3, 4, 5] as const
type Sex = 'male' | 'female' | 'unknown'

/** What a record says of one person. */
interface Call {
  readonly kind: 'none' | 'het' | 'hemi' | 'hom'
  readonly called: 0 | 1 | 2
}

/** One ingest: its people, what its absent sites say, and its records of the allele and of the place. */
interface Ingest {
  readonly people: readonly number[]
  readonly absent: 'hom-ref' | 'unknown'
  /** Of its assay; undefined: the whole assembly. */
  readonly covers: boolean | undefined
  readonly own: readonly ReadonlyMap<number, Call>[]
  readonly nearby: readonly ReadonlyMap<number, Call>[]
}

const CALLS: readonly Call[] = [
  { kind: 'none', called: 0 },
  { kind: 'none', called: 1 },
  { kind: 'none', called: 2 },
  { kind: 'het', called: 1 },
  { kind: 'het', called: 2 },
  { kind: 'hemi', called: 1 },
  { kind: 'hom', called: 2 },
]

/** A file of the ingest has some of its people, and a record is about all people of the file. */
const records = (people: readonly number[], calls: readonly Call[]) =>
  fc.array(
    fc
      .subarray([...people], { minLength: 1 })
      .chain((covered) =>
        fc
          .array(fc.constantFrom(...calls), { minLength: covered.length, maxLength: covered.length })
          .map((list) => new Map(covered.map((person, index) => [person, list[index]!]))),
      ),
    { maxLength: 2 },
  )

const ingestOf = (people: readonly number[]): fc.Arbitrary<Ingest> =>
  fc.record({
    people: fc.constant(people),
    absent: fc.constantFrom<Ingest['absent']>('hom-ref', 'unknown'),
    covers: fc.constantFrom(undefined, true, false),
    own: records(people, CALLS),
    nearby: records(
      people,
      CALLS.filter(({ kind }) => kind === 'none'),
    ),
  })

const ingest = fc.subarray([...PEOPLE], { minLength: 1 }).chain(ingestOf)

function toRecorded(list: readonly ReadonlyMap<number, Call>[]): Recorded | undefined {
  if (list.length === 0) return undefined
  const calls = list.map((record): Calls => {
    const pick = (fits: (call: Call) => boolean) =>
      new Bitmap([...record].filter(([, call]) => fits(call)).map(([person]) => person))
    return {
      heterozygous: pick(({ kind }) => kind === 'het'),
      homozygous: pick(({ kind }) => kind === 'hom'),
      hemizygous: pick(({ kind }) => kind === 'hemi'),
      twoAlleles: pick(({ called }) => called === 2),
      oneAllele: pick(({ called }) => called === 1),
      anBasis: 'called',
      somatic: EMPTY,
      fractions: EMPTY,
    }
  })
  return { calls: mergeCalls(calls), covered: new Bitmap(list.flatMap((record) => [...record.keys()])) }
}

function toKnowledge(ingests: readonly Ingest[], sexes: readonly Sex[]): Knowledge {
  const cohorts = ingests.map(({ people, absent, covers }): Cohort => {
    const ofSex = (sex: Sex) => new Bitmap(people.filter((person) => sexes[person - 1] === sex))
    return {
      people: { all: new Bitmap(people), males: ofSex('male'), females: ofSex('female') },
      origin: 'germline',
      absent,
      hasSequence: true,
      hasStructural: false,
      ...(covers === undefined ? {} : { isCallable: () => covers }),
    }
  })
  return {
    cohorts,
    everybody: new Bitmap(ingests.flatMap(({ people }) => people)),
    own: toRecorded(ingests.flatMap(({ own }) => own)),
    nearby: () => toRecorded(ingests.flatMap(({ nearby }) => nearby)),
  }
}

function toPlain(calls: Calls) {
  const { heterozygous, homozygous, hemizygous, twoAlleles, oneAllele, anBasis } = calls
  expect(alleleNumberOf(calls)).toBe(2 * twoAlleles.size + oneAllele.size)
  const lists = [heterozygous, homozygous, hemizygous, twoAlleles, oneAllele].map((set) => [...set])
  return { lists, anBasis }
}

/** Person by person, by docs/counting.md. */
function expectedOf(ingests: readonly Ingest[], sexes: readonly Sex[], isX: boolean) {
  const lists: number[][] = [[], [], [], [], []]
  const bases = new Set<string>()
  for (const person of PEOPLE) {
    const saidBy = (list: (one: Ingest) => readonly ReadonlyMap<number, Call>[]) =>
      ingests.flatMap((one) => list(one).flatMap((record) => record.get(person) ?? []))
    const own = saidBy((one) => one.own)
    const said = own.length > 0 ? own : saidBy((one) => one.nearby)
    let called = Math.max(0, ...said.map((call) => call.called))
    if (said.length === 0) {
      for (const { people, absent, covers } of ingests) {
        if (!people.includes(person) || absent === 'unknown' || covers === false) continue
        const sex = sexes[person - 1]!
        called = !isX || sex === 'female' ? 2 : sex === 'male' ? 1 : 0
        bases.add(called === 0 ? 'unknown' : covers ? 'called' : 'assumed')
      }
    }
    const kinds = said.map(({ kind }) => kind)
    const carried = ['hom', 'hemi', 'het'].find((kind) => kinds.includes(kind as Call['kind']))
    if (carried === 'het') lists[0]!.push(person)
    if (carried === 'hom') lists[1]!.push(person)
    if (carried === 'hemi') lists[2]!.push(person)
    if (called === 2) lists[3]!.push(person)
    if (called === 1) lists[4]!.push(person)
  }
  return { lists, anBasis: ['unknown', 'assumed'].find((basis) => bases.has(basis)) ?? 'called' }
}

const VARIANTS = {
  autosome: { contig: 1, start: 99, referenceBases: 'A', alternateBases: 'C' },
  x: { contig: 23, start: 99_999_999, referenceBases: 'A', alternateBases: 'C' },
} as const

test('each person counts once, by the best that is known of them, in however many segments that stands', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(ingest, fc.nat(2)), { minLength: 1, maxLength: 4 }),
      fc.array(fc.constantFrom<Sex>('male', 'female', 'unknown'), { minLength: 5, maxLength: 5 }),
      fc.constantFrom<keyof typeof VARIANTS>('autosome', 'x'),
      (placed, sexes, place) => {
        const ingests = placed.map(([one]) => one)
        const variant = VARIANTS[place]
        const expected = expectedOf(ingests, sexes, place === 'x')
        const unite = (groups: readonly (readonly Ingest[])[]) =>
          toPlain(
            uniteCalls(
              groups.filter((group) => group.length > 0).map((group) => toKnowledge(group, sexes)),
              'GRCh38',
              variant,
            ),
          )
        const groups = [0, 1, 2].map((group) => placed.filter(([, at]) => at === group).map(([one]) => one))
        expect(unite([ingests])).toEqual(expected)
        expect(unite(groups)).toEqual(expected)
        expect(unite(groups.toReversed())).toEqual(expected)
        expect(unite(ingests.map((one) => [one]))).toEqual(expected)
      },
    ),
    { numRuns: 500 },
  )
})

/** People, and what of them is known; nobody is in two groups. */
const apart = fc.array(fc.nat(2), { minLength: PEOPLE.length, maxLength: PEOPLE.length }).chain((groupOf) =>
  fc.tuple(
    ...[0, 1, 2].map((group) => {
      const people = PEOPLE.filter((_, index) => groupOf[index] === group)
      return people.length === 0 ? fc.constant([]) : fc.array(ingestOf(people), { maxLength: 2 })
    }),
  ),
)

test('segments without a person in common say what they say when each is asked for everything anew', () => {
  fc.assert(
    fc.property(
      apart,
      fc.array(fc.constantFrom<Sex>('male', 'female', 'unknown'), { minLength: 5, maxLength: 5 }),
      fc.constantFrom<keyof typeof VARIANTS>('autosome', 'x'),
      (groups, sexes, place) => {
        const variant = VARIANTS[place]
        const general = groups.filter((group) => group.length > 0).map((group) => toKnowledge(group, sexes))
        const parts = general.map((part): Knowledge => {
          const withoutRecords = createCallsWithoutRecords(part.cohorts, 'GRCh38')
          return { ...part, withoutRecords: () => withoutRecords(variant) }
        })
        const expected = expectedOf(groups.flat(), sexes, place === 'x')
        expect(toPlain(uniteCalls(general, 'GRCh38', variant))).toEqual(expected)
        expect(toPlain(uniteDisjointCalls(parts, 'GRCh38', variant))).toEqual(expected)
        expect(toPlain(uniteDisjointCalls(general, 'GRCh38', variant))).toEqual(expected)
      },
    ),
    { numRuns: 1_000 },
  )
})
