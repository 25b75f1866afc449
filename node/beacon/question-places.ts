import type { Places } from '../access/applicable-grants.js'
import { variantEnd, type Variant } from '../variants/variant.js'
import type { Place, VariantQuery } from '../variants/variant-query.js'

/**
 * Where the alleles lie that a question can find, as a grant with regions must hold all of it.
 *
 * @returns undefined: the question is about no place, or it is not known which
 */
export function questionPlaces(query: VariantQuery): Places | undefined {
  return placesOf(query)?.map(({ contig, start, end }) => ({ assembly: query.assembly, contig, start, end }))
}

function placesOf(query: VariantQuery): readonly Place[] | undefined {
  switch (query.kind) {
    case 'allele':
      return [spanOfVariant(query)]
    case 'pattern':
      return [spanOf(query.contig, query.start, (query.referenceBases ?? query.alternateBases).length)]
    case 'range':
      return [query]
    case 'bracket':
      return [{ contig: query.contig, start: query.start[0], end: query.end[1] }]
    case 'structural': {
      // The alleles that are near enough may begin before the one described, and end after it.
      const { contig, start, end, match } = query
      const length = end - start
      const longest = match.minimumOverlap ? Math.ceil(length / match.minimumOverlap) - length : 0
      const reach = Math.max(match.window ?? 0, longest)
      return [{ contig, start: Math.max(0, start - reach), end: end + reach }]
    }
    case 'places':
      return query.places
    case 'alleles':
      return query.alleles.map(spanOfVariant)
    case 'annotation':
      return query.within && placesOf(query.within)
    case 'hashed-id':
      return query.structural && [{ contig: query.contig, ...query.structural }]
    case 'all':
      return undefined
  }
}

function spanOfVariant(variant: Variant): Place {
  return spanOf(variant.contig, variant.start, variantEnd(variant) - variant.start)
}

/** An insertion lies at the base before which it is. */
function spanOf(contig: number, start: number, length: number): Place {
  return { contig, start, end: start + Math.max(1, length) }
}
