import fc from 'fast-check'
import { grantFor } from '../access/testing/grant-for.js'
import type { Grant } from '../access/grant.js'
import { Bitmap } from '../variants/bitmap.js'
import type { Page } from '../variants/variant-store.js'
import type { SeveralQuery } from '../variants/variant-query.js'
import { EVERYBODY, type VisibleSet } from '../variants/visible-set.js'
import { WORLD_PEOPLE, worldPosition } from './segment-world.js'

const place = { assembly: 'GRCh38' as const, contig: 1 }
const span = fc
  .tuple(worldPosition, worldPosition)
  .map(([a, b]): readonly [number, number] => (a < b ? [a, b] : [b, a + 1]))
const range = fc
  .tuple(fc.constantFrom(1, 23), span)
  .map(([contig, [start, end]]): SeveralQuery => ({ ...place, kind: 'range', contig, start, end }))
/** Ranges, narrowed ranges, brackets, structural questions, patterns and everything. */
export const severalQueries: fc.Arbitrary<SeveralQuery> = fc.oneof(
  { weight: 4, arbitrary: range },
  {
    weight: 2,
    arbitrary: fc
      .tuple(range, fc.constantFrom({ types: ['DEL'] as const }, { minimumLength: 2 }, { alternateBases: 'N' }))
      .map(([query, narrowing]): SeveralQuery => ({ ...query, ...narrowing })),
  },
  fc.tuple(span, span).map(([start, end]): SeveralQuery => ({ ...place, kind: 'bracket', start, end })),
  span.map(([start, end]): SeveralQuery => {
    const match = { minimumOverlap: 0.2, window: 1_000 }
    return { ...place, kind: 'structural', start, end, types: ['DEL', 'loss'], match }
  }),
  worldPosition.map((start): SeveralQuery => ({ ...place, kind: 'pattern', start, alternateBases: 'N' })),
  fc.constant<SeveralQuery>({ kind: 'all', assembly: 'GRCh38' }),
)
/** Everybody, some, nobody, and everybody by their numbers. */
export const visibleSets: fc.Arbitrary<VisibleSet> = fc.oneof(
  fc.constant(EVERYBODY),
  fc
    .subarray(Array.from({ length: WORLD_PEOPLE }, (_, index) => index + 1))
    .map((people): VisibleSet => ({ kind: 'some', people: new Bitmap(people), version: String(people) })),
  fc.constant<VisibleSet>({ kind: 'some', people: Bitmap.fromRange(0, 1_000), version: 'all' }),
)
export const pages: fc.Arbitrary<Page | undefined> = fc.option(
  fc.record({ offset: fc.nat({ max: 40 }), limit: fc.integer({ min: 1, max: 40 }) }),
  { nil: undefined },
)

/** A grant of a world's datasets with what is visible in each. */
export function grantOf(visible: readonly VisibleSet[]): Grant {
  return grantFor(new Map(visible.map((set, index) => [`d${index}`, set])))
}
