import { afterAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOracleConfig } from '../../testing/config.js'
import { openWorld, toWorldKey, world, worldVariant, writeWorld, type World } from '../../testing/segment-world.js'
import { grantOf, pages, severalQueries, visibleSets } from '../../testing/world-queries.js'
import { answersQuery } from '../allele-match.js'
import { Bitmap } from '../bitmap.js'
import { carriersOf, restrictCalls, type Calls } from '../calls.js'
import type { Page, StoreAnswer, VariantStore } from '../variant-store.js'
import type { PlacedQuery, VariantQuery } from '../variant-query.js'
import { compareVariants, variantEnd, type Variant } from '../variant.js'
import { EVERYBODY, type VisibleSet } from '../visible-set.js'
import { createQueryThreads } from './query-threads.js'
import { createSegmentHandles } from './segment-handles.js'
import { createSqliteVariantStore } from './sqlite-variant-store.js'

/** FYR_EXHAUSTIVE asks for more of them. */
const WORLDS = readOracleConfig().exhaustive ? 30 : 12
const QUERIES = 25
const directory = mkdtempSync(join(tmpdir(), 'fyr-store-'))
/** So few that handles are closed and opened again, and bitmaps thrown away, all the time. */
const TIGHT = { handles: 3, bytes: 100_000 }
const WIDE = { handles: 30, bytes: 1_000_000 }
const threads = createQueryThreads({ threads: 1, budget: WIDE })
afterAll(async () => {
  await threads.close()
  rmSync(directory, { recursive: true })
})

interface Expected {
  readonly variants: readonly Variant[]
  readonly carriers: readonly number[]
  readonly somatic: readonly number[]
}

function matches(variant: Variant, query: PlacedQuery): boolean {
  if (query.kind === 'places') {
    const { places, ...rest } = query
    return places.some((place) => matches(variant, { ...rest, ...place, kind: 'range' }))
  }
  if (query.kind === 'alleles') return query.alleles.some((allele) => toWorldKey(allele) === toWorldKey(variant))
  if (query.kind !== 'all' && variant.contig !== query.contig) return false
  if (query.kind !== 'range') return answersQuery(variant, query)
  const [start, end] = [variant.start, variantEnd(variant)]
  const touches = start === end ? query.start <= start && start < query.end : start < query.end && end > query.start
  return touches && answersQuery(variant, { ...query, start: 0, end: 2 ** 31 })
}

/** One allele and one person at a time. */
function findNaively(segments: World[number], query: PlacedQuery, visible: VisibleSet): Expected {
  const found = new Map<string, Variant>()
  const people = { germline: new Set<number>(), somatic: new Set<number>() }
  for (const { origin, alleles } of segments) {
    for (const { variant, heterozygous, homozygous, hemizygous } of alleles) {
      const all = [...heterozygous, ...homozygous, ...hemizygous]
      const seen = all.filter((person) => visible.kind === 'everybody' || visible.people.has(person))
      if (seen.length === 0 || !matches(variant, query)) continue
      found.set(toWorldKey(variant), variant)
      for (const person of seen) people[origin].add(person)
    }
  }
  const sorted = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b)
  return {
    variants: [...found.values()].sort(compareVariants),
    carriers: sorted(people.germline),
    somatic: sorted(people.somatic),
  }
}

function toPlain(answer: StoreAnswer): object {
  const plain = (found: StoreAnswer['node']) =>
    found?.kind === 'several-alleles'
      ? { variants: found.variants, carriers: found.carriers.toArray(), somatic: found.somatic.toArray() }
      : undefined
  return {
    node: plain(answer.node),
    datasets: answer.datasets.map((found) => ({
      ...plain(found.matches),
      page: found.page.map(({ variant, calls }) => ({
        allele: toWorldKey(variant),
        carriers: carriersOf(calls).toArray(),
      })),
    })),
  }
}

function expectedAnswer(
  datasets: World,
  query: PlacedQuery,
  visible: readonly VisibleSet[],
  asked: Page | undefined,
): object {
  const found = datasets.map((segments, index) => findNaively(segments, query, visible[index]!))
  const all = new Set(found.flatMap(({ variants }) => variants.map((variant) => toWorldKey(variant))))
  const union = (lists: readonly (readonly number[])[]) => [...new Set(lists.flat())].sort((a, b) => a - b)
  const carriers = union(found.map((expected) => expected.carriers))
  const somatic = union(found.map((expected) => expected.somatic))
  return {
    node: { variants: all.size, carriers, somatic },
    datasets: found.map((expected, index) => ({
      variants: expected.variants.length,
      carriers: expected.carriers,
      somatic: expected.somatic,
      page: (asked ? expected.variants.slice(asked.offset, asked.offset + asked.limit) : []).map((variant) => ({
        allele: toWorldKey(variant),
        carriers: findNaively(
          datasets[index]!.map((segment) => ({
            ...segment,
            alleles: segment.alleles.filter((allele) => compareVariants(allele.variant, variant) === 0),
          })),
          { kind: 'all', assembly: 'GRCh38' },
          visible[index]!,
        ).carriers,
      })),
    })),
  }
}

/** The same data behind a store that answers in place, one that sends all to a thread, and one that decides. */
function openStores(
  datasets: World,
  name: string,
): { readonly stores: readonly VariantStore[]; readonly close: () => void } {
  const below = mkdtempSync(join(directory, name))
  const paths = writeWorld(below, datasets)
  const catalogues = [TIGHT, WIDE, WIDE].map((budget) => openWorld(paths, createSegmentHandles(budget)))
  return {
    stores: [
      createSqliteVariantStore(catalogues[0]!),
      createSqliteVariantStore(catalogues[1]!, { threads, rowLimit: 0 }),
      createSqliteVariantStore(catalogues[2]!, { threads, rowLimit: 20 }),
    ],
    close() {
      for (const catalogue of catalogues) catalogue.close()
      threads.forget(paths.flat())
      rmSync(below, { recursive: true })
    },
  }
}

test('stored totals, rows and query threads answer as brute force does, for any visible people', async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      fc.array(fc.tuple(severalQueries, pages, fc.array(visibleSets, { minLength: 3, maxLength: 3 })), {
        minLength: QUERIES,
        maxLength: QUERIES,
      }),
      async (datasets, asked) => {
        const { stores, close } = openStores(datasets, 'several-')
        try {
          for (const [query, wanted, sets] of asked) {
            const visible = sets.slice(0, datasets.length)
            const expected = expectedAnswer(datasets, query, visible, wanted)
            for (const store of stores) {
              expect({ query, ...toPlain(await store.query(grantOf(visible), query, wanted)) }).toEqual({
                query,
                ...expected,
              })
            }
          }
        } finally {
          close()
        }
      },
    ),
    { numRuns: WORLDS, seed: 17 },
  )
})

function setsOf(calls: Calls): object {
  return Object.fromEntries(
    Object.entries(calls).flatMap(([key, set]) => (set instanceof Bitmap ? [[key, set.toArray()]] : [])),
  )
}

test('of one allele, carriers and denominator are those of everybody, cut to the visible people', async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      fc.array(fc.tuple(worldVariant, fc.nat(), visibleSets), { maxLength: 30 }),
      async (datasets, asked) => {
        const { stores, close } = openStores(datasets, 'one-')
        const stored = datasets.flat().flatMap(({ alleles }) => alleles.map(({ variant }) => variant))
        try {
          for (const [elsewhere, index, visible] of asked) {
            const variant = index % 3 === 0 || stored.length === 0 ? elsewhere : stored[index % stored.length]!
            const query: VariantQuery = { kind: 'allele', assembly: 'GRCh38', ...variant }
            const ask = (set: VisibleSet) => stores[0]!.query(grantOf(datasets.map(() => set)), query)
            const [whole, cut] = [await ask(EVERYBODY), await ask(visible)]
            const people = visible.kind === 'everybody' ? Bitmap.fromRange(0, 1_000) : visible.people
            for (const [at, matched] of [whole.node!, ...whole.datasets.map((dataset) => dataset.matches)].entries()) {
              const found = at === 0 ? cut.node! : cut.datasets[at - 1]!.matches
              if (matched.kind !== 'one-allele' || found.kind !== 'one-allele') throw new Error('asked for one allele')
              const expected = restrictCalls(matched.calls, people)
              expect(setsOf(found.calls)).toEqual(setsOf(expected))
              expect(found.variants).toBe(carriersOf(expected).isEmpty && expected.somatic.isEmpty ? 0 : 1)
            }
          }
        } finally {
          close()
        }
      },
    ),
    { numRuns: WORLDS, seed: 19 },
  )
})
