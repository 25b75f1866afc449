import fc from 'fast-check'
import { join } from 'node:path'
import { CONTIG_X } from '../../schemas/index.js'
import { toFractionEntry } from '../variants/fraction-entry.js'
import { encodeSet } from '../variants/encoded-set.js'
import { Bitmap } from '../variants/bitmap.js'
import { toCallableRegions, type Interval } from '../variants/callable-regions.js'
import type { AbsentRule, Origin } from '../variants/cohort-rules.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { Catalogue } from '../variants/sqlite/catalogue.js'
import type { SegmentHandles } from '../variants/sqlite/segment-handles.js'
import { createSegmentWriter, encodeCalls } from '../variants/sqlite/segment-writer.js'
import { openSegment } from '../variants/sqlite/segment.js'
import { spellStructural } from '../variants/structural.js'
import type { Variant } from '../variants/variant.js'

/** Made-up segments, small and full of borders: what the store is compared with brute force over. */
export interface WorldAllele {
  readonly variant: Variant
  readonly anchor: string
  readonly heterozygous: readonly number[]
  readonly homozygous: readonly number[]
  readonly hemizygous: readonly number[]
  readonly noCall: readonly number[]
  /** Absent: everybody. */
  readonly covered?: readonly number[]
}

export interface WorldBlock {
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly noCall: readonly number[]
  readonly covered?: readonly number[]
}

export interface WorldSegment {
  readonly people: readonly number[]
  readonly males: readonly number[]
  readonly females: readonly number[]
  /** Carriers of a somatic segment have the allele in a tumour. */
  readonly origin: Origin
  readonly absent: AbsentRule
  readonly assay?: string
  readonly callable?: readonly Interval[]
  readonly hasStructural: boolean
  readonly alleles: readonly WorldAllele[]
  readonly blocks: readonly WorldBlock[]
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

const sequenceVariant: fc.Arbitrary<Variant> = fc
  .record({
    contig: fc.constantFrom(1, 1, 1, CONTIG_X),
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

const structuralVariant: fc.Arbitrary<Variant> = fc
  .record({ start: worldPosition, length: fc.nat({ max: 3_000_000 }), type: fc.constantFrom('DEL', 'DUP', 'INS') })
  .map(({ start, length, type }) => ({
    contig: 1,
    start,
    referenceBases: '',
    alternateBases: spellStructural({ type, end: type === 'INS' ? start : start + length }),
  }))

export const worldVariant: fc.Arbitrary<Variant> = fc.oneof(
  { weight: 9, arbitrary: sequenceVariant },
  { weight: 1, arbitrary: structuralVariant },
)

const someOf = (people: readonly number[]) => fc.subarray([...people])

/** Each person in at most one of some lists. */
function dealt(people: readonly number[], lists: number): fc.Arbitrary<readonly (readonly number[])[]> {
  return fc
    .array(fc.nat({ max: lists + 2 }), { minLength: people.length, maxLength: people.length })
    .map((hands) => Array.from({ length: lists }, (_, list) => people.filter((_p, index) => hands[index] === list)))
}

function coveredOf(people: readonly number[]): fc.Arbitrary<readonly number[] | undefined> {
  return fc.option(someOf(people), { nil: undefined, freq: 1 })
}

function worldAllele(variants: readonly Variant[], people: readonly number[]): fc.Arbitrary<WorldAllele> {
  return fc.tuple(fc.constantFrom(...variants), coveredOf(people)).chain(([variant, covered]) =>
    dealt(covered ?? people, 4).map(([heterozygous, homozygous, hemizygous, noCall]) => ({
      variant,
      anchor: 'A',
      heterozygous: heterozygous!,
      homozygous: homozygous!,
      hemizygous: hemizygous!,
      noCall: noCall!,
      ...(covered ? { covered } : {}),
    })),
  )
}

function worldBlock(people: readonly number[]): fc.Arbitrary<WorldBlock> {
  return fc
    .record({
      start: worldPosition,
      length: fc.nat({ max: 100_000 }),
      noCall: someOf(people),
      covered: coveredOf(people),
    })
    .map(({ start, length, noCall, covered }) => ({
      contig: 1,
      start,
      end: start + length,
      noCall: noCall.filter((person) => covered?.includes(person) ?? true),
      ...(covered ? { covered } : {}),
    }))
}

const callable = worldPosition.map((start): readonly Interval[] => [
  { contig: 1, start, end: start + 20_000 },
  { contig: 1, start: start + 500_000, end: start + 2_000_000 },
])

function worldSegment(variants: readonly Variant[]): fc.Arbitrary<WorldSegment> {
  return fc.subarray(EVERYONE, { minLength: 1 }).chain((people) =>
    fc
      .record({
        sexes: dealt(people, 2),
        origin: fc.constantFrom<Origin>('germline', 'germline', 'germline', 'somatic'),
        absent: fc.constantFrom<AbsentRule>('hom-ref', 'unknown'),
        panel: fc.option(fc.record({ assay: fc.constant('panel'), callable }), { nil: {}, freq: 2 }),
        hasStructural: fc.boolean(),
        alleles: fc.array(worldAllele(variants, people), { maxLength: 60 }),
        blocks: fc.array(worldBlock(people), { maxLength: 3 }),
      })
      .map(({ sexes: [males, females], panel, ...rest }) => ({
        people,
        males: males!,
        females: females!,
        ...rest,
        ...panel,
        blocks: rest.origin === 'somatic' ? [] : rest.blocks,
      })),
  )
}

/** One to three datasets of one to three segments, which share people and alleles. */
export function worldOf(variant: fc.Arbitrary<Variant>): fc.Arbitrary<World> {
  return fc
    .uniqueArray(variant, { minLength: 1, maxLength: 80, selector: toWorldKey })
    .chain((variants) =>
      fc.array(fc.array(worldSegment(variants), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    )
}

export const world: fc.Arbitrary<World> = worldOf(worldVariant)

/** References are runs of A, so that their length says all. */
export function toWorldKey({ contig, start, referenceBases, alternateBases }: Variant): string {
  return `${contig}:${start}:${referenceBases.length}:${alternateBases}`
}

const CREATED = '2025-01-01T00:00:00Z'

/** Of most people known, and another one in each segment. */
function toWorldFraction(person: number, { people, alleles }: WorldSegment): number | undefined {
  return toFractionEntry(person, ((37 * person + 11 * people.length + 5 * alleles.length) % 120) / 100)
}

/** Writes a segment by the writer that ingest uses. */
export function writeWorldSegment(path: string, segment: WorldSegment): void {
  const { origin, absent, assay, hasStructural, alleles, blocks } = segment
  const isGermline = origin === 'germline'
  const people = {
    all: new Bitmap(segment.people),
    males: new Bitmap(segment.males),
    females: new Bitmap(segment.females),
  }
  const writer = createSegmentWriter(path, 'GRCh38', isGermline ? people.all : new Bitmap())
  const germline = (numbers: readonly number[]) => (isGermline ? new Bitmap(numbers) : new Bitmap())
  const coveredBy = (covered: readonly number[] | undefined) =>
    isGermline && covered ? { covered: encodeSet(new Bitmap(covered)) } : {}
  for (const { variant, anchor, heterozygous, homozygous, hemizygous, noCall, covered } of alleles) {
    const tumours = isGermline ? [] : [...heterozygous, ...homozygous, ...hemizygous]
    writer.add({
      variant,
      anchor,
      sets: encodeCalls({
        heterozygous: germline(heterozygous),
        homozygous: germline(homozygous),
        hemizygous: germline(hemizygous),
        noCall: germline(noCall),
        oneAllele: germline(hemizygous),
        somatic: new Bitmap(tumours),
        fractions: new Bitmap(tumours.flatMap((person) => toWorldFraction(person, segment) ?? [])),
      }),
      ...coveredBy(covered),
    })
  }
  for (const { contig, start, end, noCall, covered } of blocks) {
    const calls = { noCall: encodeSet(new Bitmap(noCall)), oneAllele: null }
    writer.addBlock({ contig, start, end, ...calls, ...coveredBy(covered) })
  }
  const regions = segment.callable ? { callable: toCallableRegions(segment.callable) } : {}
  const named = assay === undefined ? {} : { assay }
  writer.finish([{ people, origin, absent, ...named, ...regions, hasSequence: true, hasStructural }])
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
