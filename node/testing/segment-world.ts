import fc from 'fast-check'
import { join } from 'node:path'
import { Bitmap } from '../variants/bitmap.js'
import type { AbsentRule } from '../variants/cohort.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { Catalogue } from '../variants/sqlite/catalogue.js'
import type { SegmentHandles } from '../variants/sqlite/segment-handles.js'
import { createSegmentWriter } from '../variants/sqlite/segment-writer.js'
import { openSegment } from '../variants/sqlite/segment.js'
import type { Variant } from '../variants/variant.js'

/** Made-up segments, small and full of borders: what the store is compared with brute force over. */
export interface WorldAllele {
  readonly variant: Variant
  readonly heterozygous: readonly number[]
  readonly homozygous: readonly number[]
  readonly noCall: readonly number[]
}

export interface WorldSegment {
  readonly people: readonly number[]
  readonly males: readonly number[]
  readonly absent: AbsentRule
  readonly alleles: readonly WorldAllele[]
}

/** The segments of each dataset. */
export type World = readonly (readonly WorldSegment[])[]

export const WORLD_PEOPLE = 30
const EVERYONE = Array.from({ length: WORLD_PEOPLE }, (_, index) => index + 1)

/** Borders of fine and coarse bins, and places near them: answers go wrong at borders. */
export const worldPosition: fc.Arbitrary<number> = fc
  .tuple(
    fc.constantFrom(0, 16_384, 32_768, 49_152, 1_048_576, 1_064_960, 2_097_152, 3_145_728),
    fc.oneof(fc.integer({ min: -1_010, max: 1_010 }), fc.integer({ min: -2, max: 2 }), fc.nat({ max: 16_384 })),
  )
  .map(([border, offset]) => Math.max(0, border + offset))

const referenceLength = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 2, arbitrary: fc.integer({ min: 995, max: 1_005 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1_500, max: 40_000 }) },
)

export const worldVariant: fc.Arbitrary<Variant> = fc
  .record({
    contig: fc.constantFrom(1, 1, 1, 23),
    start: worldPosition,
    length: referenceLength,
    alt: fc.nat({ max: 2 }),
  })
  .map(({ contig, start, length, alt }) => ({
    contig,
    start,
    referenceBases: 'A'.repeat(length),
    // Neither is empty together with the other, and they never are the same.
    alternateBases: length === 0 ? 'CG'.slice(0, 1 + (alt % 2)) : 'CGT'.slice(0, alt),
  }))

const someOf = (people: readonly number[]) => fc.subarray([...people])

function worldAllele(variants: readonly Variant[], people: readonly number[]): fc.Arbitrary<WorldAllele> {
  return fc
    .record({
      variant: fc.constantFrom(...variants),
      carriers: someOf(people),
      homozygous: fc.nat({ max: 2 }),
      noCall: someOf(people),
    })
    .map(({ variant, carriers, homozygous, noCall }) => ({
      variant,
      heterozygous: carriers.filter((_, index) => index % 3 >= homozygous),
      homozygous: carriers.filter((_, index) => index % 3 < homozygous),
      noCall: noCall.filter((person) => !carriers.includes(person)),
    }))
}

function worldSegment(variants: readonly Variant[]): fc.Arbitrary<WorldSegment> {
  return fc.subarray(EVERYONE, { minLength: 1 }).chain((people) =>
    fc.record({
      people: fc.constant(people),
      males: someOf(people),
      absent: fc.constantFrom<AbsentRule>('hom-ref', 'unknown'),
      alleles: fc.array(worldAllele(variants, people), { maxLength: 60 }),
    }),
  )
}

/** One to three datasets of one to three segments, which share people and alleles. */
export const world: fc.Arbitrary<World> = fc
  .uniqueArray(worldVariant, { minLength: 1, maxLength: 80, selector: (variant) => JSON.stringify(variant) })
  .chain((variants) =>
    fc.array(fc.array(worldSegment(variants), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  )

const CREATED = '2025-01-01T00:00:00Z'

/** Writes a segment by the writer that ingest uses. */
export function writeWorldSegment(path: string, { people, males, absent, alleles }: WorldSegment): void {
  const all = new Bitmap(people)
  const known = { all, males: new Bitmap(males), females: Bitmap.andNot(all, new Bitmap(males)) }
  const writer = createSegmentWriter(path, 'GRCh38', all)
  for (const { variant, heterozygous, homozygous, noCall } of alleles) {
    writer.add({
      variant,
      anchor: '',
      heterozygous: new Bitmap(heterozygous),
      homozygous: new Bitmap(homozygous),
      hemizygous: new Bitmap(),
      noCall: new Bitmap(noCall),
      oneAllele: new Bitmap(),
      somatic: new Bitmap(),
    })
  }
  writer.finish([{ people: known, origin: 'germline', absent, hasSequence: true, hasStructural: true }])
}

export function toManifest(id: string): DatasetManifest {
  return {
    id,
    name: id,
    assembly: 'GRCh38',
    access: 'public',
    granularity: 'record',
    basis: 'made up',
    controller: 'Nobody',
    contact: 'Nobody',
    normalisation: 'trimmed',
    minimumGenotypeQuality: 0,
    published: true,
    createDateTime: CREATED,
    updateDateTime: CREATED,
    segments: [],
  }
}

/** Writes a world's segments below a directory, and gives their paths by dataset. */
export function writeWorld(directory: string, datasets: World): readonly (readonly string[])[] {
  return datasets.map((segments, dataset) =>
    segments.map((segment, index) => {
      const path = join(directory, `${dataset}-${index}.sqlite`)
      writeWorldSegment(path, segment)
      return path
    }),
  )
}

/** A catalogue of segments by their paths; datasets are called d0, d1, … */
export function openWorld(paths: readonly (readonly string[])[], handles: SegmentHandles): Catalogue {
  const datasets = new Map(
    paths.map((segments, index) => [
      `d${index}`,
      { manifest: toManifest(`d${index}`), segments: segments.map((path) => openSegment(path, handles)) },
    ]),
  )
  return {
    acquire: () => ({ datasets, release: () => undefined }),
    refresh: () => undefined,
    close: () => handles.close(),
  }
}
