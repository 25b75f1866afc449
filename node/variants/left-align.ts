import type { Reference } from './reference.js'
import type { Variant } from './variant.js'

/** Bases looked at in one step to the left. */
const STEP = 64

/**
 * Moves a trimmed insertion or deletion as far to the left as the reference lets it (Tan 2015). Other alleles stay: trimmed
 * from the right first, they cannot be moved.
 */
export function leftAlign(variant: Variant, reference: Pick<Reference, 'bases'>): Variant {
  const { contig, referenceBases, alternateBases } = variant
  if (referenceBases !== '' && alternateBases !== '') return variant
  let bases = referenceBases || alternateBases
  let start = variant.start
  let before = ''
  while (start > 0) {
    if (before === '') before = reference.bases(contig, Math.max(0, start - STEP), start)
    const base = before.at(-1)
    if (base === undefined || base === 'N' || base !== bases.at(-1)) break
    bases = base + bases.slice(0, -1)
    before = before.slice(0, -1)
    start--
  }
  if (start === variant.start) return variant
  return referenceBases === ''
    ? { contig, start, referenceBases, alternateBases: bases }
    : { contig, start, referenceBases: bases, alternateBases }
}

/** The base before an allele, or at the start of a contig the one after it: what its VCF form is anchored by. */
export function anchorOf({ contig, start, referenceBases }: Variant, reference: Pick<Reference, 'bases'>): string {
  if (start > 0) return reference.bases(contig, start - 1, start)
  return reference.bases(contig, referenceBases.length, referenceBases.length + 1)
}
