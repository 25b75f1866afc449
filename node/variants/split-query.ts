import { CONTIG_X, CONTIG_Y, type AssemblyId } from '../../schemas/assembly.js'
import { splitAtPseudoautosomal } from './par-query.js'
import { shiftToX } from './ploidy.js'
import { compareVariants, type Variant } from './variant.js'
import type { OnePlaceQuery, Place, PlacesQuery, SeveralQuery } from './variant-query.js'

/**
 * The questions about one place each that together are a question about several alleles, in the order of alleles. What of it
 * lies in the pseudoautosomal regions of Y is asked of X.
 */
export function splitQuery(query: SeveralQuery): readonly OnePlaceQuery[] {
  switch (query.kind) {
    case 'places':
      return splitPlaces(query)
    case 'alleles': {
      const { assembly, alleles } = query
      return toDistinctStored(assembly, alleles).map((allele) => ({ kind: 'pattern', assembly, ...allele }))
    }
    default:
      return splitAtPseudoautosomal(query)
  }
}

/** Where they are kept, those that overlap or touch joined, so that no base is asked twice. */
function splitPlaces({ places, ...rest }: PlacesQuery): readonly OnePlaceQuery[] {
  const { assembly } = rest
  const kept = places.flatMap((place) => toStoredPlaces(assembly, place))
  kept.sort((a, b) => a.contig - b.contig || a.start - b.start)
  const joined: Place[] = []
  for (const place of kept) {
    const last = joined.at(-1)
    if (last?.contig !== place.contig || last.end < place.start) joined.push(place)
    else if (last.end < place.end) joined[joined.length - 1] = { ...last, end: place.end }
  }
  return joined.map((place) => ({ ...rest, kind: 'range', ...place }))
}

function toStoredPlaces(assembly: AssemblyId, place: Place): readonly Place[] {
  return splitAtPseudoautosomal({ kind: 'range', assembly, ...place }).flatMap((piece) => {
    if (piece.kind !== 'range') throw new TypeError('a range was split into something else')
    return [{ contig: piece.contig, start: piece.start, end: piece.end }]
  })
}

/** Alleles where the store keeps them, in order, each once: on Y in a pseudoautosomal region is on X. */
export function toDistinctStored(assembly: AssemblyId, alleles: readonly Variant[]): readonly Variant[] {
  const stored = alleles.map((allele): Variant => {
    const shift = allele.contig === CONTIG_Y ? shiftToX(assembly, allele.start) : undefined
    return shift === undefined ? allele : { ...allele, contig: CONTIG_X, start: allele.start + shift }
  })
  return stored
    .sort(compareVariants)
    .filter((allele, index) => index === 0 || compareVariants(allele, stored[index - 1]!) !== 0)
}
