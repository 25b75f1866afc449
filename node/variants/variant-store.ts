import type { Grant } from '../access/grant.js'
import type { Bitmap } from './bitmap.js'
import type { Calls } from './calls.js'
import type { DatasetManifest } from './dataset-manifest.js'
import type { SiteCounts } from './site-counts.js'
import type { Variant } from './variant.js'
import type { VariantQuery } from './variant-query.js'

/** An allele that matched, with what its dataset knows of it. */
export interface MatchedAllele {
  readonly variant: Variant
  readonly anchor: string
  /** Nobody's, where the allele was counted elsewhere. */
  readonly calls: Calls
  /** What its dataset's files say of it beside who has it (annotation.ts); empty for nothing. */
  readonly annotation: string
  /** Of a pre-counted dataset: its numbers, which go in the place of those of the calls. */
  readonly counted?: SiteCounts
}

export type AnnotationCoverage = 'complete' | 'partial'

/** Alleles that somebody carries match. What matched in one dataset, or in all datasets asked together. */
export type Matches =
  /** A question about one allele: the calls of everybody, carrier or not. */
  | { readonly kind: 'one-allele'; readonly variants: 0 | 1; readonly variant: Variant; readonly calls: Calls }
  /** A question about several: distinct alleles, everybody who carries one of them, and who has one in a tumour. */
  | {
      readonly kind: 'several-alleles'
      readonly variants: number
      readonly carriers: Bitmap
      readonly somatic: Bitmap
      /** Of a question about annotations: whether every file was annotated with what was asked, so that there are no more. */
      readonly annotation?: AnnotationCoverage
    }
  /** Of a pre-counted dataset: numbers without people, so that they cannot be intersected with any set or united with others. */
  | PreCounted

export interface PreCounted {
  readonly kind: 'pre-counted'
  readonly variants: number
  /** When one allele was asked for, as the dataset spells it. */
  readonly variant?: Variant
  /** Of several alleles only the people are told: carriers of two alleles may be the same. */
  readonly counted: SiteCounts
}

export interface DatasetMatches {
  readonly datasetId: string
  readonly matches: Matches
  /** The asked page of matching alleles, in order; empty unless records were asked for. */
  readonly page: readonly MatchedAllele[]
}

/** Before disclosure: only `privacy/` may turn it into something that leaves the node. */
export interface StoreAnswer {
  readonly datasets: readonly DatasetMatches[]
  /**
   * The union over the datasets asked that have people, each person and each allele once: the same object as that of a single
   * dataset. Absent when none of these was asked.
   */
  readonly node?: Matches
  /** Pre-counted datasets that cannot answer, because the question or the grant is about chosen people: withheld, never zero. */
  readonly undecidable?: readonly string[]
}

export interface Page {
  readonly offset: number
  readonly limit: number
}

/** Where variants are found. The interface is asynchronous so that a store may be elsewhere. */
export interface VariantStore {
  /** What is published now, by id in order. */
  datasets(): readonly DatasetManifest[]
  /** Whether the files of some published dataset say of alleles what gene they are in, or what change they are. */
  isAnnotated(): boolean
  /** Everybody of whom a dataset has alleles, whoever may see them: for decisions, not for answers. */
  peopleIn(datasetId: string): Bitmap
  /** The people of the granted datasets that the grant shows. */
  people(grant: Grant): Promise<ReadonlyMap<string, Bitmap>>
  /**
   * Asks the granted datasets of the query's assembly.
   *
   * @param page of each dataset's matching alleles; absent when no records are wanted
   * @param signal aborted when nobody waits for the answer any more
   * @throws NodeError unavailable: the store has too much to do
   */
  query(grant: Grant, query: VariantQuery, page?: Page, signal?: AbortSignal): Promise<StoreAnswer>
  close(): Promise<void>
}
