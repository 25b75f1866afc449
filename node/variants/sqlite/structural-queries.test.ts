import { afterAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWorld, worldOf, writeWorld, type World } from '../../testing/segment-world.js'
import { grantOf, visibleSets } from '../../testing/world-queries.js'
import { carriersOf } from '../calls.js'
import { spellStructural } from '../structural.js'
import type { SeveralQuery } from '../variant-query.js'
import type { Variant } from '../variant.js'
import type { VisibleSet } from '../visible-set.js'
import { createSegmentHandles } from './segment-handles.js'
import { createSqliteVariantStore } from './sqlite-variant-store.js'

const WORLDS = 30
const QUERIES = 30
// By default worlds have some ten alleles, of which hardly any is asked about.
fc.configureGlobal({ baseSize: 'large' })
const directory = mkdtempSync(join(tmpdir(), 'fyr-structural-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** What an allele of these worlds is, said without the words of the store. */
interface Fact {
  readonly kind: string
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly copies?: number
  readonly perAllele?: boolean
  readonly mate?: { readonly chrom: string; readonly position: number }
  /** Bases of a spelled-out deletion. */
  readonly spelled?: number
}

/** Around few places, so that alleles are near each other; some on X, also in its pseudoautosomal region. */
const at = fc
  .tuple(
    fc.constantFrom(10_000, 10_000, 2_781_000),
    fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -1_100, max: 1_100 })),
  )
  .map(([place, offset]) => place + offset)
/** Some lengths, and nearly these. */
const size = fc
  .tuple(fc.constantFrom(1, 48, 400, 8_000), fc.nat({ max: 40 }))
  .map(([length, more]) => length + Math.floor((length * more) / 100))
const contig = fc.constantFrom(1, 1, 1, 23)
const span = fc.record({ contig, start: at, length: size })

const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc.tuple(span, fc.constantFrom('DEL', 'DUP', 'DUP:TANDEM', 'INV', 'CNV')).map(([place, kind]) => toSpan(place, kind)),
  fc
    .tuple(span, fc.integer({ min: 0, max: 6 }), fc.boolean())
    .map(([place, copies, perAllele]) => ({ ...toSpan(place, 'CNV'), copies, perAllele })),
  span.map((place) => ({ ...toSpan(place, 'DEL'), spelled: place.length })),
  fc.tuple(contig, at).map(([c, start]) => ({ kind: 'INS', contig: c, start, end: start })),
  fc.tuple(contig, at, fc.constantFrom('1', '2', 'X', 'GL000220.1'), at).map(([c, start, chrom, position]) => ({
    kind: 'BND',
    contig: c,
    start,
    end: start + 1,
    mate: { chrom, position },
  })),
)

function toSpan({ contig: c, start, length }: { contig: number; start: number; length: number }, kind: string): Fact {
  return { kind, contig: c, start, end: start + length }
}

function toVariant({ kind, contig: c, start, end, copies, perAllele, mate, spelled }: Fact): Variant {
  if (spelled !== undefined) return { contig: c, start, referenceBases: 'A'.repeat(spelled), alternateBases: '' }
  const alternateBases = spellStructural({
    type: perAllele ? 'CNV:ALLELE' : kind,
    end,
    ...(copies === undefined ? {} : { copyNumber: copies }),
    ...(mate ? { mate: `N]${mate.chrom}:${mate.position + 1}]` } : {}),
  })
  return { contig: c, start, referenceBases: '', alternateBases }
}

const facts = new Map<string, Fact>()
const keyOf = ({ contig: c, start, referenceBases, alternateBases }: Variant) =>
  `${c}/${start}/${referenceBases.length}/${alternateBases}`
const variant = fact.map((one) => {
  const made = toVariant(one)
  facts.set(keyOf(made), one)
  return made
})

type Term = 'DEL' | 'DUP' | 'CNV' | 'INV' | 'INS' | 'BND' | 'complete loss' | 'low-level loss' | 'high-level gain'
/** The types that parsing makes of each term, written out once more. */
const TYPES: Readonly<Record<Term, readonly string[]>> = {
  DEL: ['DEL', 'loss'],
  DUP: ['DUP', 'gain'],
  CNV: ['CNV', 'loss', 'gain'],
  INV: ['INV'],
  INS: ['INS'],
  BND: ['BND'],
  'complete loss': ['complete loss'],
  'low-level loss': ['low-level loss'],
  'high-level gain': ['high-level gain'],
}

/** X outside its first pseudoautosomal region, which ends at 2,781,479 (GRCh38); the places here are all before the second. */
const isHaploidInMen = ({ contig: c, start }: Fact) => c === 23 && (start < 10_000 || start >= 2_781_479)

function isOfTerm(one: Fact, term: Term): boolean {
  const { kind, copies, perAllele, spelled } = one
  const usual = perAllele ? [1] : isHaploidInMen(one) ? [] : [2]
  const known = copies !== undefined && !usual.includes(copies)
  // On X outside PAR one copy is a woman's loss and two are a man's gain.
  const isLoss = kind === 'DEL' ? spelled === undefined : known && copies < 2 && !(perAllele && copies > 1)
  const isGain = kind.startsWith('DUP') || (known && copies >= 2)
  if (term === 'DEL') return kind === 'DEL' || isLoss
  if (term === 'DUP') return isGain
  if (term === 'CNV') return kind === 'CNV' || isLoss || isGain
  if (term === 'complete loss') return !perAllele && copies === 0
  if (term === 'low-level loss') return !perAllele && copies === 1
  if (term === 'high-level gain') return !perAllele && copies !== undefined && copies >= 5
  return kind === term
}

interface Asked {
  readonly term?: Term
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly rule: 'structural' | 'range' | 'bracket'
  readonly overlapPercent?: number
  readonly window?: number
  readonly mate?: number
}

const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc
    .record({
      term: fc.constantFrom(...(Object.keys(TYPES) as Term[])),
      place: span,
      overlapPercent: fc.option(fc.constantFrom(1, 50, 80, 100), { nil: undefined, freq: 3 }),
      window: fc.option(fc.constantFrom(0, 10, 1_000), { nil: undefined, freq: 3 }),
    })
    .map(({ place, ...rest }) => ({
      ...rest,
      contig: place.contig,
      start: place.start,
      end: place.start + place.length,
      rule: 'structural' as const,
    }))
    .map(({ overlapPercent, window, ...rest }) => ({
      ...rest,
      ...(overlapPercent === undefined ? {} : { overlapPercent }),
      ...(window === undefined ? {} : { window }),
    })),
  fc
    .record({
      place: span,
      rule: fc.constantFrom('range' as const, 'bracket' as const),
      narrow: fc.oneof(
        fc.constantFrom(...(Object.keys(TYPES) as Term[])).map((term) => ({ term })),
        fc.constantFrom(1, 2, 23, 24).map((mate) => ({ mate })),
      ),
    })
    .map(({ place, rule, narrow }) => ({
      ...narrow,
      contig: place.contig,
      start: place.start,
      end: place.start + place.length,
      rule,
    })),
)

function toQuery({ term, contig: c, start, end, rule, overlapPercent, window, mate }: Asked): SeveralQuery {
  const place = {
    assembly: 'GRCh38' as const,
    contig: c,
    ...(term ? { types: TYPES[term] } : {}),
    ...(mate === undefined ? {} : { mateContig: mate }),
  }
  if (rule === 'range') return { kind: 'range', ...place, start, end }
  if (rule === 'bracket')
    return { kind: 'bracket', ...place, start: [start - 500, start + 500], end: [end - 700, end + 700] }
  const match = {
    ...(overlapPercent === undefined ? {} : { minimumOverlap: overlapPercent / 100 }),
    ...(window === undefined ? {} : { window }),
  }
  return { kind: 'structural', ...place, types: TYPES[term!], start, end, match }
}

/** In whole numbers, so that nothing is rounded. */
function matches(one: Fact, question: Asked): boolean {
  const { term, start, end, rule, overlapPercent, window, mate } = question
  if (one.contig !== question.contig) return false
  if (term && !isOfTerm(one, term)) return false
  if (mate !== undefined) {
    if (!one.mate) return false
    const chroms: Readonly<Record<number, string>> = { 1: '1', 2: '2', 23: 'X' }
    const isShared = one.mate.chrom === 'X' && one.mate.position >= 10_000 && one.mate.position < 2_781_479
    if (mate === 24 ? !isShared : one.mate.chrom !== chroms[mate]) return false
  }
  if (rule === 'range') {
    return one.start === one.end ? start <= one.start && one.start < end : one.start < end && one.end > start
  }
  if (rule === 'bracket') {
    return start - 500 <= one.start && one.start < start + 500 && end - 700 <= one.end && one.end < end + 700
  }
  if (one.spelled !== undefined && one.spelled < 50) return false
  let common = 0
  for (let base = Math.max(one.start, start); base < Math.min(one.end, end); base++) common++
  const isOverlapping =
    overlapPercent !== undefined &&
    common > 0 &&
    common * 100 >= overlapPercent * (one.end - one.start) &&
    common * 100 >= overlapPercent * (end - start)
  const isWithin = window !== undefined && Math.abs(one.start - start) <= window && Math.abs(one.end - end) <= window
  return isOverlapping || isWithin
}

function findNaively(segments: World[number], question: Asked, visible: VisibleSet) {
  const found = new Map<string, Set<number>>()
  const people = { germline: new Set<number>(), somatic: new Set<number>() }
  for (const { origin, alleles } of segments) {
    for (const { variant: stored, heterozygous, homozygous, hemizygous } of alleles) {
      const seen = [...heterozygous, ...homozygous, ...hemizygous].filter(
        (person) => visible.kind === 'everybody' || visible.people.has(person),
      )
      if (seen.length === 0 || !matches(facts.get(keyOf(stored))!, question)) continue
      const carriers = found.get(keyOf(stored)) ?? new Set<number>()
      found.set(keyOf(stored), carriers)
      for (const person of seen) {
        people[origin].add(person)
        if (origin === 'germline') carriers.add(person)
      }
    }
  }
  return { found, ...people }
}

const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b)

test('structural questions, and ranges and brackets narrowed by type or mate, answer as brute force does, for any visible people', async () => {
  let hits = 0
  await fc.assert(
    fc.asyncProperty(
      worldOf(variant),
      fc.array(fc.tuple(asked, fc.array(visibleSets, { minLength: 3, maxLength: 3 })), {
        minLength: QUERIES,
        maxLength: QUERIES,
      }),
      async (datasets, questions) => {
        const below = mkdtempSync(join(directory, 'world-'))
        const catalogue = openWorld(writeWorld(below, datasets), createSegmentHandles({ handles: 9, bytes: 100_000 }))
        const store = createSqliteVariantStore(catalogue)
        try {
          for (const [question, sets] of questions) {
            const visible = sets.slice(0, datasets.length)
            const expected = datasets.map((segments, index) => findNaively(segments, question, visible[index]!))
            const query = toQuery(question)
            const answer = await store.query(grantOf(visible), query, { offset: 0, limit: 100 })
            const plain = (found: typeof answer.node) =>
              found?.kind === 'several-alleles'
                ? [found.variants, found.carriers.toArray(), found.somatic.toArray()]
                : undefined
            const union = (pick: (one: (typeof expected)[number]) => Iterable<number>) =>
              sorted(new Set(expected.flatMap((one) => [...pick(one)])))
            expect({
              question,
              node: plain(answer.node),
              datasets: answer.datasets.map((one) => plain(one.matches)),
            }).toEqual({
              question,
              node: [
                new Set(expected.flatMap(({ found }) => [...found.keys()])).size,
                union(({ germline }) => germline),
                union(({ somatic }) => somatic),
              ],
              datasets: expected.map(({ found, germline, somatic }) => [found.size, sorted(germline), sorted(somatic)]),
            })
            for (const [index, { page }] of answer.datasets.entries()) {
              const { found } = expected[index]!
              expect(page.map((one) => [keyOf(one.variant), carriersOf(one.calls).toArray()]).sort()).toEqual(
                [...found].map(([key, carriers]) => [key, sorted(carriers)]).sort(),
              )
              hits += found.size
            }
          }
        } finally {
          catalogue.close()
          rmSync(below, { recursive: true })
        }
      },
    ),
    { numRuns: WORLDS, seed: 31 },
  )
  expect(hits).toBeGreaterThan(300)
})
