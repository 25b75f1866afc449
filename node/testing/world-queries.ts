import fc from 'fast-check'
import { grantFor } from '../access/testing/grant-for.js'
import type { Grant } from '../access/grant.js'
import { Bitmap } from '../variants/bitmap.js'
import type { Page } from '../variants/variant-store.js'
import type { PlacedQuery } from '../variants/variant-query.js'
import { EVERYBODY, type VisibleSet } from '../variants/visible-set.js'
import { WORLD_PEOPLE, worldPosition } from './segment-world.js'

const place = { assembly: 'GRCh38' as const, contig: 1 }
const span = fc
  .tuple(worldPosition, worldPosition)
  .map(([a, b]): readonly [number, number] => (a < b ? [a, b] : [b, a + 1]))
const range = fc
  .tuple(fc.constantFrom(1, 23), span)
  .map(([contig, [start, end]]): PlacedQuery => ({ ...place, kind: 'range', contig, start, end }))
/** Of sequences, of structural alleles and of both. */
const types = fc
  .constantFrom(['DEL'], ['DEL'], ['SNP'], ['INS', 'INDEL'], ['MNP', 'SNP'], ['loss'], ['INS', 'CNV'])
  .map((each) => ({ types: each }))
/** In any order, overlapping, touching, and one more than once. */
const places = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom(1, 23), span), { maxLength: 5 }), fc.oneof(fc.constant({}), types))
  .map(([spans, narrowing]): PlacedQuery => ({
    kind: 'places',
    assembly: 'GRCh38',
    places: spans.map(([contig, [start, end]]) => ({ contig, start, end })),
    ...narrowing,
  }))
/** As alleles of a made-up segment are: references are runs of A. */
const replacement = fc
  .tuple(fc.constantFrom(1, 23), worldPosition, fc.constantFrom('C', 'CG'))
  .map(([contig, start, alternateBases]) => ({
    contig,
    start,
    referenceBases: 'A'.repeat(alternateBases.length),
    alternateBases,
  }))
/** Ranges, narrowed ranges, brackets, structural questions, patterns, several places, several alleles and everything. */
export const severalQueries: fc.Arbitrary<PlacedQuery> = fc.oneof(
  { weight: 4, arbitrary: range },
  {
    weight: 2,
    arbitrary: fc
      .tuple(range, fc.oneof(types, fc.constantFrom({ minimumLength: 2 }, { alternateBases: 'N' })))
      .map(([query, narrowing]): PlacedQuery => ({ ...query, ...narrowing })),
  },
  fc.tuple(span, span).map(([start, end]): PlacedQuery => ({ ...place, kind: 'bracket', start, end })),
  span.map(([start, end]): PlacedQuery => {
    const match = { minimumOverlap: 0.2, window: 1_000 }
    return { ...place, kind: 'structural', start, end, types: ['DEL', 'loss'], match }
  }),
  worldPosition.map((start): PlacedQuery => ({ ...place, kind: 'pattern', start, alternateBases: 'N' })),
  places,
  fc
    .uniqueArray(replacement, { maxLength: 8, selector: (variant) => `${variant.start} ${variant.alternateBases}` })
    .map((alleles): PlacedQuery => ({ kind: 'alleles', assembly: 'GRCh38', alleles })),
  fc.constant<PlacedQuery>({ kind: 'all', assembly: 'GRCh38' }),
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
