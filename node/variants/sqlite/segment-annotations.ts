import { COVERAGES, type Coverage } from '../annotation.js'
import type { Variant } from '../variant.js'
import { decodeAnnotation, fromPlace, hashTerm, type AnnotationRow } from './annotation-row.js'
import { decodeKeys, type AlleleKeys, type KeyColumns } from './allele-keys.js'
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

/** The alleles of one type and stretch that a segment knows by one set of genes. */
export interface GeneAlleles extends StartSpan {
  /** Of `alleleType`, or LONG. */
  readonly type: string
  /** What is added up are exactly the alleles that somebody has: none is left out, and none is in it wrongly. */
  readonly isAddedUp: boolean
  /** Some of its alleles nobody has. */
  readonly hasUncarried: boolean
  /** Who has one, and who has one in a tumour; and how many somebody has. */
  readonly totals: () => BinTotals
  /** Those that somebody has. */
  readonly keys: () => AlleleKeys
}

/** Where a segment has alleles of a gene, and by which sets of genes they are known. */
export interface GeneSpans {
  readonly sets: ReadonlySet<number>
  readonly spans: readonly GeneAlleles[]
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
  readonly type: string
  readonly first: number
  readonly last: number
  readonly is_whole: 0 | 1 | null
  readonly alleles: number
  readonly carriers: SetColumn
  readonly somatic: SetColumn
}> = {
  sql: `SELECT s.id, contig, type, first, last, is_whole, alleles, carriers, somatic
          FROM annotation_gene g JOIN annotation_genes s ON s.id = g.genes WHERE g.name = ?`,
}
const GENES_KEYS: Statement<KeyColumns> = { sql: 'SELECT substitutions, others FROM annotation_genes WHERE id = ?' }

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
        spans: rows.map(({ id, contig, type, first, last, is_whole, alleles, carriers, somatic }) => ({
          contig,
          start: first,
          end: last + 1,
          type,
          isAddedUp: is_whole !== null,
          hasUncarried: is_whole !== 1,
          totals: () => ({ alleles, carriers: toBitmap(carriers), somatic: toBitmap(somatic) }),
          keys: () => decodeKeys(handles.use(path).get(GENES_KEYS, id)!),
        })),
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
