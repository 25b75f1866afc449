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

/** One allele by its variantInternalId in which a long allele is hashed, so that it can only be compared. */
export interface HashedIdQuery {
  readonly kind: 'hashed-id'
  readonly assembly: AssemblyId
  readonly contig: number
  /** 1-based position in the id, which is the 0-based start of an anchored allele and one more than that of another. */
  readonly position: number
  readonly variantInternalId: string
}

/** Every allele that overlaps [start, end) and fits what else was said. */
export interface RangeQuery {
  readonly kind: 'range'
  readonly assembly: AssemblyId
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly referenceBases?: string
  readonly alternateBases?: string
}

/** Every allele that starts at a position with these alternate bases, whatever it replaces. */
export interface AlternateQuery {
  readonly kind: 'alternate'
  readonly assembly: AssemblyId
  readonly contig: number
  readonly start: number
  readonly alternateBases: string
}

/** Every allele of the assembly, in order: only over the synthetic data of testMode. */
export interface AllQuery {
  readonly kind: 'all'
  readonly assembly: AssemblyId
}

export type VariantQuery = AlleleQuery | HashedIdQuery | RangeQuery | AlternateQuery | AllQuery
