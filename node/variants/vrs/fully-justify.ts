import type { Reference } from '../reference.js'
import type { Variant } from '../variant.js'

/** Bases looked at in one step. */
const STEP = 64

/** What VRS says of an allele: these bases stand in place of [start, end), 0-based. */
export interface JustifiedAllele {
  readonly start: number
  readonly end: number
  readonly sequence: string
}

/**
 * Widens a trimmed insertion or deletion over all places where it could stand (VRS 1.3, "Allele normalization": fully
 * justified), so that every spelling of one allele becomes the same.
 *
 * @param variant a sequence allele, trimmed
 */
export function fullyJustify(variant: Variant, reference: Pick<Reference, 'bases'>): JustifiedAllele {
  const { contig, start, referenceBases, alternateBases } = variant
  const end = start + referenceBases.length
  if (referenceBases !== '' && alternateBases !== '') return { start, end, sequence: alternateBases }
  const bases = referenceBases || alternateBases
  const left = rollLeft(contig, start, bases, reference)
  const right = rollRight(contig, end, bases, reference)
  const [before, after] = [reference.bases(contig, start - left, start), reference.bases(contig, end, end + right)]
  return { start: start - left, end: end + right, sequence: before + alternateBases + after }
}

function rollLeft(contig: number, start: number, bases: string, reference: Pick<Reference, 'bases'>): number {
  let rolled = 0
  while (rolled < start) {
    const from = Math.max(0, start - rolled - STEP)
    const before = reference.bases(contig, from, start - rolled)
    for (let index = before.length - 1; index >= 0; index--, rolled++) {
      const last = bases.length - 1 - (rolled % bases.length)
      if (before[index] !== bases[last]) return rolled
    }
    if (before === '') return rolled
  }
  return rolled
}

function rollRight(contig: number, end: number, bases: string, reference: Pick<Reference, 'bases'>): number {
  for (let rolled = 0; ;) {
    const after = reference.bases(contig, end + rolled, end + rolled + STEP)
    if (after === '') return rolled
    for (let index = 0; index < after.length; index++, rolled++) {
      if (after[index] !== bases[rolled % bases.length]) return rolled
    }
  }
}
