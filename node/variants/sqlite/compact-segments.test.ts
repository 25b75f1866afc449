import { afterAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openWorld, WORLD_PEOPLE, world, worldVariant, writeWorld } from '../../testing/segment-world.js'
import { grantOf, pages, severalQueries, visibleSets } from '../../testing/world-queries.js'
import { Bitmap } from '../bitmap.js'
import { intersectVisible, type VisibleSet } from '../visible-set.js'
import type { StoreAnswer } from '../variant-store.js'
import type { VariantQuery } from '../variant-query.js'
import { toVariantInternalId, type Variant } from '../variant.js'
import { compactSegments } from './compact-segments.js'
import { createSegmentHandles } from './segment-handles.js'
import { createSqliteVariantStore } from './sqlite-variant-store.js'

const directory = mkdtempSync(join(tmpdir(), 'fyr-compact-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Sets as lists, so that answers can be compared. */
function toPlain(answer: StoreAnswer): unknown {
  return JSON.parse(
    JSON.stringify(answer, (_key, value: unknown) => (value instanceof Bitmap ? value.toArray() : value)),
  )
}

function toHashedId(variant: Variant): VariantQuery {
  return {
    kind: 'hashed-id',
    assembly: 'GRCh38',
    contig: variant.contig,
    position:
      variant.start === 0 || (variant.referenceBases !== '' && variant.alternateBases !== '')
        ? variant.start + 1
        : variant.start,
    variantInternalId: toVariantInternalId('GRCh38', variant, 'A'),
  }
}

/** Mostly nobody. */
const removedPeople = fc.oneof(
  fc.constant(new Bitmap()),
  fc
    .subarray(
      Array.from({ length: WORLD_PEOPLE }, (_, index) => index + 1),
      { maxLength: 10 },
    )
    .map((numbers) => new Bitmap(numbers)),
)

/** What a node shows of what it would show to this caller, when some of its people were removed. */
function afterRemoval(visible: VisibleSet, removed: Bitmap): VisibleSet {
  const left = Bitmap.andNot(Bitmap.fromRange(0, 1_000), removed)
  return intersectVisible(visible, { kind: 'some', people: left, version: 'left' })
}

test('compaction changes no answer: of one allele, by id, of several, of pages, for any visible and any removed people', async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      fc.array(fc.tuple(severalQueries, pages, visibleSets), { minLength: 15, maxLength: 15 }),
      fc.array(fc.tuple(worldVariant, fc.nat(), visibleSets), { minLength: 25, maxLength: 25 }),
      removedPeople,
      async (datasets, several, single, removed) => {
        const below = mkdtempSync(join(directory, 'world-'))
        // Each dataset of a world stands for more segments of one.
        const paths = writeWorld(below, datasets).flat()
        const target = join(below, 'compacted')
        const { alleles } = compactSegments(paths, target, 'GRCh38', removed)
        const before = createSqliteVariantStore(openWorld([paths], createSegmentHandles()))
        const after = createSqliteVariantStore(openWorld([[target]], createSegmentHandles()))
        const stored = datasets.flat().flatMap((segment) => segment.alleles.map(({ variant }) => variant))
        expect(alleles).toBe(new Set(stored.map((variant) => JSON.stringify(variant))).size)
        const questions = [
          ...several,
          ...single.map(([elsewhere, index, visible]) => {
            const variant = index % 4 === 0 || stored.length === 0 ? elsewhere : stored[index % stored.length]!
            const query: VariantQuery =
              index % 3 === 0 ? toHashedId(variant) : { kind: 'allele', assembly: 'GRCh38', ...variant }
            return [query, { offset: 0, limit: 10 }, visible] as const
          }),
        ]
        for (const [query, page, visible] of questions) {
          const grant = grantOf([afterRemoval(visible, removed)])
          const [old, compacted] = await Promise.all([before, after].map((store) => store.query(grant, query, page)))
          expect({ query, ...(toPlain(compacted!) as object) }).toEqual({ query, ...(toPlain(old!) as object) })
        }
        await Promise.all([before.close(), after.close()])
        rmSync(below, { recursive: true })
      },
    ),
    { numRuns: 60, seed: 23 },
  )
})
