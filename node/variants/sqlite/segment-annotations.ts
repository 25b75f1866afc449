import { COVERAGES, type Coverage } from '../annotation.js'
import type { Variant } from '../variant.js'
import { decodeAnnotation, fromPlace, hashTerm, type AnnotationRow } from './annotation-row.js'
import { Bitmap } from '../bitmap.js'
import type { SetColumn } from './layout.js'
import type { BinTotals } from './segment.js'
import { createStoredSets } from './stored-sets.js'
import type { SegmentHandles, Statement } from './segment-handles.js'

/** Starts of alleles: [start, end) of a contig. */
export interface StartSpan {
  readonly contig: number
  readonly start: number
  readonly end: number
}

/** Where a segment has alleles of a gene, and by which sets of genes they are known. */
export interface GeneSpans {
  readonly sets: ReadonlySet<number>
  readonly spans: readonly StartSpan[]
  /** Alleles of the gene that somebody has, and who; undefined when they were not added up, and must be read. */
  readonly totals: () => BinTotals | undefined
}

/** What a segment knows of its alleles beside who has them. */
export interface SegmentAnnotations {
  /** What all of its files were annotated with. */
  readonly coverage: readonly Coverage[]
  /** Undefined when no allele was annotated. */
  readonly known: KnownAnnotations | undefined
}

export interface KnownAnnotations {
  /** @param name a symbol or an id, in any case */
  genesNamed(name: string): GeneSpans
  /** Starts of alleles that may have a term. */
  startsOf(term: string): readonly StartSpan[]
  /** The set of genes of an allele. */
  genesOf(variant: Variant): number | undefined
  /** Undefined when nothing is known. */
  find(variant: Variant): string | undefined
}

const BY_KEY = 'contig = ? AND start = ? AND ref = ? AND alt = ?'
const FIND: Statement<AnnotationRow> = { sql: `SELECT genes, terms FROM annotation WHERE ${BY_KEY}` }
const GENES: Statement<number | null> = { sql: `SELECT genes FROM annotation WHERE ${BY_KEY}`, pluck: true }
const HEAD: Statement<string> = { sql: 'SELECT text FROM annotation_head WHERE id = ?', pluck: true }
const GENES_TEXT: Statement<string> = { sql: 'SELECT text FROM annotation_genes WHERE id = ?', pluck: true }
const PLACES: Statement<number> = { sql: 'SELECT place FROM annotation_key WHERE key = ?', pluck: true }
const NAMED: Statement<{
  readonly id: number
  readonly contig: number
  readonly first: number
  readonly last: number
  readonly alleles: number | null
  readonly carriers: SetColumn
  readonly somatic: SetColumn
}> = {
  sql: `SELECT s.* FROM annotation_gene g JOIN annotation_genes s ON s.id = g.genes
          WHERE g.name = ?`,
}

export const COVERAGE_KEY = 'annotation_coverage'
export const HAS_ANNOTATIONS_KEY = 'has_annotations'

const PROPERTIES: Statement<{ readonly key: string; readonly value: unknown }> = {
  sql: 'SELECT key, value FROM segment',
}

/** Of a segment that is not otherwise open. */
export function readAnnotations(path: string, handles: SegmentHandles): SegmentAnnotations {
  const rows = handles.use(path).all(PROPERTIES)
  return openSegmentAnnotations(path, handles, new Map(rows.map(({ key, value }) => [key, value])))
}

/** @param properties of the segment */
export function openSegmentAnnotations(
  path: string,
  handles: SegmentHandles,
  properties: ReadonlyMap<string, unknown>,
): SegmentAnnotations {
  const text = properties.get(COVERAGE_KEY)
  const stated = typeof text === 'string' ? text.split(' ') : []
  return {
    coverage: COVERAGES.filter((coverage) => stated.includes(coverage)),
    known: properties.get(HAS_ANNOTATIONS_KEY) === 1 ? openKnown(path, handles) : undefined,
  }
}

function openKnown(path: string, handles: SegmentHandles): KnownAnnotations {
  const { toBitmap } = createStoredSets(path, handles)
  const headOf = (id: number) => handles.use(path).get(HEAD, id)!
  const genesText = (id: number) => handles.use(path).get(GENES_TEXT, id)!
  return {
    genesNamed(name) {
      const rows = handles.use(path).all(NAMED, name)
      return {
        sets: new Set(rows.map(({ id }) => id)),
        spans: rows.map(({ contig, first, last }) => ({ contig, start: first, end: last + 1 })),
        totals: () =>
          rows.some(({ alleles }) => alleles === null)
            ? undefined
            : {
                alleles: rows.reduce((sum, { alleles }) => sum + alleles!, 0),
                carriers: Bitmap.orMany(rows.map(({ carriers }) => toBitmap(carriers))),
                somatic: Bitmap.orMany(rows.map(({ somatic }) => toBitmap(somatic))),
              },
      }
    },
    startsOf: (term) =>
      handles
        .use(path)
        .all(PLACES, hashTerm(term))
        .map(fromPlace)
        .map(({ contig, start }) => ({ contig, start, end: start + 1 })),
    genesOf: ({ contig, start, referenceBases, alternateBases }) =>
      handles.use(path).get(GENES, contig, start, referenceBases, alternateBases) ?? undefined,
    find({ contig, start, referenceBases, alternateBases }) {
      const row = handles.use(path).get(FIND, contig, start, referenceBases, alternateBases)
      return row && decodeAnnotation(row, headOf, genesText)
    },
  }
}
