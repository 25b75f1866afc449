import { afterAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toAnnotation, toTerm } from '../annotation.js'
import { Bitmap, EMPTY } from '../bitmap.js'
import { spellStructural } from '../structural.js'
import type { Variant } from '../variant.js'
import type { AnnotationQuery } from '../variant-query.js'
import { annotatedAlleles, type AnnotatedPart } from './annotated-alleles.js'
import { countAnnotated } from './count-annotated.js'
import { createSegmentHandles } from './segment-handles.js'
import { createSegmentWriter, encodeCalls } from './segment-writer.js'
import { openSegment } from './segment.js'

const PEOPLE = 12
const everybody = Bitmap.fromRange(1, PEOPLE + 1)
const cohort = { origin: 'germline', absent: 'hom-ref', hasSequence: true, hasStructural: true } as const

/** Near borders of bins and of the stretches of genes, of every type. */
const STARTS = [16_383, 16_384, 16_400, 1_048_575, 1_048_576, 1_060_000]
const SHAPES: readonly (readonly [string, string | ((start: number) => string)])[] = [
  ['A', 'C'],
  ['A', 'G'],
  ['A', 'N'],
  ['', 'TT'],
  ['AC', ''],
  ['AC', 'GT'],
  ['A'.repeat(1_500), ''],
  ['', (start) => spellStructural({ type: 'DEL', end: start + 5_000 })],
  ['', (start) => spellStructural({ type: 'CNV', end: start + 9_000, copyNumber: 1 })],
]

interface Row {
  readonly variant: Variant
  readonly genes: readonly string[]
  readonly carriers: readonly number[]
  readonly somatic: readonly number[]
}

const variant: fc.Arbitrary<Variant> = fc
  .record({ contig: fc.constantFrom(1, 1, 7), start: fc.constantFrom(...STARTS), shape: fc.constantFrom(...SHAPES) })
  .map(({ contig, start, shape: [referenceBases, alternate] }) => {
    const alternateBases = typeof alternate === 'string' ? alternate : alternate(start)
    return { contig, start, referenceBases, alternateBases }
  })
const person = fc.integer({ min: 1, max: PEOPLE })
const row: fc.Arbitrary<Row> = fc.record({
  variant,
  genes: fc.constantFrom([], ['A'], ['A'], ['B'], ['A', 'B']),
  carriers: fc.oneof(
    { weight: 5, arbitrary: fc.uniqueArray(person, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
  somatic: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.uniqueArray(person, { maxLength: 2 }) },
  ),
})
/** Sometimes an allele has several rows, as when several files are ingested at once. */
const segmentRows = fc.oneof(
  { weight: 3, arbitrary: fc.uniqueArray(row, { maxLength: 14, selector: (each) => JSON.stringify(each.variant) }) },
  { weight: 1, arbitrary: fc.array(row, { maxLength: 14 }) },
)
const world = fc.array(fc.array(segmentRows, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })

const directory = mkdtempSync(join(tmpdir(), 'fyr-count-annotated-'))
const handles = createSegmentHandles()
let written = 0
afterAll(() => {
  handles.close()
  rmSync(directory, { recursive: true, force: true })
})

function writeSegment(rows: readonly Row[]): string {
  const path = join(directory, `${written++}.sqlite`)
  const writer = createSegmentWriter(path, 'GRCh38', everybody)
  for (const { variant: allele, genes, carriers, somatic } of rows) {
    const annotation = toAnnotation(genes.map((gene) => toTerm('gene', gene)))
    const calls = { homozygous: EMPTY, hemizygous: EMPTY, noCall: EMPTY, oneAllele: EMPTY, fractions: EMPTY }
    const sets = encodeCalls({ ...calls, heterozygous: new Bitmap(carriers), somatic: new Bitmap(somatic) })
    writer.add({ variant: allele, anchor: 'A', sets, ...(annotation === '' ? {} : { annotation }) })
  }
  writer.finish([{ ...cohort, people: { all: everybody, males: EMPTY, females: EMPTY } }])
  return path
}

const budget = { left: Infinity, spend: () => undefined }

/** One by one: what `countAnnotated` must say. */
function countSlowly(datasets: number, parts: readonly AnnotatedPart[], query: AnnotationQuery) {
  const answers = Array.from({ length: datasets }, () => ({
    variants: 0,
    carriers: new Bitmap(),
    somatic: new Bitmap(),
  }))
  let variants = 0
  for (const found of annotatedAlleles(parts, query, budget)) {
    variants++
    for (const dataset of new Set(found.map(({ part }) => part.dataset))) answers[dataset]!.variants++
    for (const { part, allele } of found) {
      part.segment.addCarriers(allele, answers[part.dataset]!.carriers, answers[part.dataset]!.somatic)
    }
  }
  return { variants, datasets: answers }
}

function toPlain({ variants, datasets }: ReturnType<typeof countSlowly>) {
  const plain = datasets.map((each) => ({
    variants: each.variants,
    carriers: each.carriers.toArray(),
    somatic: each.somatic.toArray(),
  }))
  return { variants, datasets: plain }
}

const types = fc.constantFrom(undefined, ['SNP'], ['DEL'], ['DEL', 'INS', 'MNP'], ['loss'], ['CNV'])

test('what segments have added up of a gene is what reading its alleles gives, over segments and datasets, for any types', () => {
  let [quick, all] = [0, 0]
  fc.assert(
    fc.property(world, fc.constantFrom('A', 'b'), types, (datasets, gene, asked) => {
      const parts = datasets.flatMap((segments, dataset) =>
        segments.map((rows): AnnotatedPart => {
          return { segment: openSegment(writeSegment(rows), handles), among: undefined, dataset }
        }),
      )
      const query: AnnotationQuery = {
        kind: 'annotation',
        assembly: 'GRCh38',
        gene,
        ...(asked ? { types: asked } : {}),
      }
      const counted = countAnnotated(datasets.length, parts, query, budget)
      all++
      for (const { segment } of parts) segment.close()
      if (!counted) return
      quick++
      expect(toPlain(counted as ReturnType<typeof countSlowly>)).toEqual(
        toPlain(countSlowly(datasets.length, parts, query)),
      )
    }),
    { numRuns: 120 },
  )
  // Otherwise nothing was compared.
  expect(quick).toBeGreaterThan(all / 4)
})

test('a gene of many alleles in several segments is counted by looking at few rows', () => {
  const rows = (from: number): readonly Row[] =>
    Array.from({ length: 2_000 }, (_, index) => ({
      variant: { contig: 1, start: 50_000 + 2 * index, referenceBases: 'A', alternateBases: 'CGT'[from % 3]! },
      genes: ['A'],
      carriers: [1 + from],
      somatic: [],
    }))
  const parts = [0, 1, 2].map((from): AnnotatedPart => ({
    segment: openSegment(writeSegment(rows(from)), handles),
    among: undefined,
    dataset: from >> 1,
  }))
  let spent = 0
  const counting = { left: Infinity, spend: (count: number) => (spent += count) }
  const query = { kind: 'annotation', assembly: 'GRCh38', gene: 'A', types: ['SNP'] } as const
  const counted = countAnnotated(2, parts, query, counting)
  expect(counted?.variants).toBe(6_000)
  expect(counted?.datasets.map(({ variants, carriers }) => [variants, carriers.toArray()])).toEqual([
    [4_000, [1, 2]],
    [2_000, [3]],
  ])
  expect(spent).toBeLessThan(20)
  for (const { segment } of parts) segment.close()
})
