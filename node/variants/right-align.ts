import type { Reference } from './reference.js'
import type { Variant } from './variant.js'

/** Bases looked at in one step to the right. */
const STEP = 64

/** Moves a trimmed insertion or deletion as far to the right as the reference lets it: the mirror image of `leftAlign`. */
export function rightAlign(variant: Variant, reference: Pick<Reference, 'bases'>): Variant {
  const { contig, referenceBases, alternateBases } = variant
  if (referenceBases !== '' && alternateBases !== '') return variant
  let bases = referenceBases || alternateBases
  let end = variant.start + referenceBases.length
  let after = ''
  for (;;) {
    if (after === '') after = reference.bases(contig, end, end + STEP)
    const base = after[0]
    if (base === undefined || base === 'N' || base !== bases[0]) break
    bases = bases.slice(1) + base
    after = after.slice(1)
    end++
  }
  const start = end - referenceBases.length
  if (start === variant.start) return variant
  return referenceBases === ''
    ? { contig, start, referenceBases, alternateBases: bases }
    : { contig, start, referenceBases: bases, alternateBases }
}
