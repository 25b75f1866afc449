import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COVERAGES, toAnnotation, toTerm } from './annotation.js'
import { Bitmap, EMPTY } from './bitmap.js'
import type { DatasetManifest } from './dataset-manifest.js'
import { createSegmentWriter, encodeCalls } from './sqlite/segment-writer.js'
import { createSegmentHandles } from './sqlite/segment-handles.js'
import { openSegment } from './sqlite/segment.js'
import { createSqliteVariantStore } from './sqlite/sqlite-variant-store.js'
import type { VariantStore } from './variant-store.js'
import { trimAlleles } from './variant.js'

const CREATED = '2025-01-01T00:00:00Z'

/** People 1..10 do not exist. */
const PEOPLE = new Bitmap([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

/** Chromosome, 0-based start, REF, ALT, heterozygotes, homozygotes. */
const ALLELES: readonly (readonly [number, number, string, string, readonly number[], readonly number[]])[] = [
  [1, 1_000_000, 'A', 'G', [1, 2, 3], [4]],
  [7, 140_753_335, 'A', 'T', [5], []],
  [13, 32_340_300, 'GT', 'G', [6, 7], []],
  [17, 43_045_711, 'T', 'C', [8, 9], [10]],
  [17, 7_674_219, 'C', 'CA', [1], []],
]

/** Of the allele on chromosome 7. */
const BRAF_V600E = toAnnotation([
  toTerm('gene', 'BRAF'),
  toTerm('geneId', 'HGNC:1097'),
  toTerm('effect', 'missense_variant'),
  toTerm('aminoacidChange', 'V600E'),
  toTerm('genomicHgvs', 'NC_000007.14:g.140753336A>T'),
])

/** The only dataset of testMode. */
export const TEST_DATASET = 'test-mode'

const MANIFEST: DatasetManifest = {
  id: TEST_DATASET,
  name: 'Synthetic data of test mode',
  assembly: 'GRCh38',
  access: 'public',
  granularity: 'record',
  caseLevelData: true,
  basis: 'Synthetic: nobody is described',
  controller: 'Nobody',
  contact: 'Nobody',
  normalisation: 'trimmed',
  minimumGenotypeQuality: 0,
  published: true,
  createDateTime: CREATED,
  updateDateTime: CREATED,
  segments: [],
}

/** A store of five synthetic alleles: what testMode sees, and never anything else. */
export function createTestStore(): VariantStore {
  const directory = mkdtempSync(join(tmpdir(), 'fyr-test-mode-'))
  try {
    const path = join(directory, 'segment.sqlite')
    const writer = createSegmentWriter(path, 'GRCh38', PEOPLE)
    for (const [contig, position, ref, alt, heterozygous, homozygous] of ALLELES) {
      const annotation = contig === 7 ? BRAF_V600E : ''
      const { anchor, ...trimmed } = trimAlleles(position, ref, alt)
      writer.add({
        variant: { contig, ...trimmed },
        anchor,
        annotation,
        sets: encodeCalls({
          heterozygous: new Bitmap(heterozygous),
          homozygous: new Bitmap(homozygous),
          hemizygous: EMPTY,
          noCall: EMPTY,
          oneAllele: EMPTY,
          somatic: EMPTY,
          fractions: EMPTY,
        }),
      })
    }
    const people = { all: PEOPLE, males: EMPTY, females: PEOPLE }
    writer.finish(
      [{ people, origin: 'germline', absent: 'hom-ref', hasSequence: true, hasStructural: false }],
      COVERAGES,
    )
    const segment = openSegment(path, createSegmentHandles())
    const datasets = new Map([[MANIFEST.id, { manifest: MANIFEST, segments: [segment] }]])
    return createSqliteVariantStore({
      acquire: () => ({ datasets, release: () => undefined }),
      refresh: () => undefined,
      close: () => segment.close(),
    })
  } finally {
    // The handle of the only segment stays open, and keeps the file's content.
    rmSync(directory, { recursive: true })
  }
}
