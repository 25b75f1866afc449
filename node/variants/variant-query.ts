import type { AssemblyId } from '../../schemas/index.js'

/** One allele, trimmed. 0-based. */
export interface AlleleQuery {
  readonly kind: 'allele'
  readonly assembly: AssemblyId
  readonly contig: number
  readonly start: number
  readonly referenceBases: string
  readonly alternateBases: string
}

/** One allele by its variantInternalId in which a long allele is hashed, or which is of a structural one, so that it can only be compared. */
export interface HashedIdQuery {
  readonly kind: 'hashed-id'
  readonly assembly: AssemblyId
  readonly contig: number
  /** 1-based position in the id, which is the 0-based start of an anchored allele and one more than that of another. */
  readonly position: number
  readonly variantInternalId: string
  /** Of a structural allele: its place, 0-based, half-open. */
  readonly structural?: { readonly start: number; readonly end: number }
}

/** Alleles spelled with `N` for any one base, untrimmed as asked. Without reference bases: whatever is replaced. */
export interface PatternQuery {
  readonly kind: 'pattern'
  readonly assembly: AssemblyId
  readonly contig: number
  readonly start: number
  readonly referenceBases?: string
  readonly alternateBases: string
}

/** What else a range or bracket question may say of the alleles it wants. */
export interface Narrowing {
  /** Trimmed, with `N` for any one base. */
  readonly referenceBases?: string
  readonly alternateBases?: string
  /** Of `typesOf`: alleles of one of these. */
  readonly types?: readonly string[]
  /** Breakends whose other end lies on this contig. */
  readonly mateContig?: number
  /** Bases, inclusive. */
  readonly minimumLength?: number
  readonly maximumLength?: number
}

/** Every allele that overlaps [start, end). */
export interface RangeQuery extends Narrowing {
  readonly kind: 'range'
  readonly assembly: AssemblyId
  readonly contig: number
  readonly start: number
  readonly end: number
}

/** Every allele that starts in [start[0], start[1]) and ends in [end[0], end[1]); its end is exclusive. */
export interface BracketQuery extends Narrowing {
  readonly kind: 'bracket'
  readonly assembly: AssemblyId
  readonly contig: number
  readonly start: readonly [number, number]
  readonly end: readonly [number, number]
}

/** How near an allele must be to the one that is described; one of the two is enough. */
export interface StructuralMatch {
  /** What both have in common, as a part of the longer one: above 0, at most 1. */
  readonly minimumOverlap?: number
  /** The most bases between the two starts, and between the two ends. */
  readonly window?: number
}

/** Every structural allele that is nearly the one at [start, end): spec/counting.md, "structural question". */
export interface StructuralQuery extends Narrowing {
  readonly kind: 'structural'
  readonly assembly: AssemblyId
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly types: readonly string[]
  readonly match: StructuralMatch
  /** Only alleles that start in [from, to). */
  readonly startsWithin?: readonly [number, number]
}

/** Every allele of the assembly, in order: only over the synthetic data of testMode. */
export interface AllQuery {
  readonly kind: 'all'
  readonly assembly: AssemblyId
}

/** A question about several alleles. Plain data, so that it can be sent to a worker. */
export type SeveralQuery = PatternQuery | RangeQuery | BracketQuery | StructuralQuery | AllQuery

export type VariantQuery = AlleleQuery | HashedIdQuery | SeveralQuery
