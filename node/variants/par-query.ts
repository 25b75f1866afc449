import { CONTIG_X, CONTIG_Y, type AssemblyId } from '../../schemas/index.js'
import { cutAtBorders, shiftToX } from './ploidy.js'
import { startsOf } from './structural-match.js'
import type { HashedIdQuery, SeveralQuery, VariantQuery } from './variant-query.js'

/** What is found in the pseudoautosomal regions of Y is kept on X: a question about one allele there is asked there. */
export function toStoredPlace<Q extends Exclude<VariantQuery, SeveralQuery>>(query: Q): Q {
  if (query.contig !== CONTIG_Y) return query
  const start = query.kind === 'allele' ? query.start : (query.structural?.start ?? query.position - 1)
  const shift = shiftToX(query.assembly, start)
  if (shift === undefined) return query
  const moved = query.kind === 'allele' ? { start: start + shift } : moveId(query, shift)
  return { ...query, ...moved, contig: CONTIG_X }
}

/** Ids are compared as texts, so that the text moves too: `{assembly}-{chrom}-{pos}-…`, of a structural allele `{type}-{end}-…`. */
function moveId({ position, variantInternalId, structural }: HashedIdQuery, shift: number): Partial<HashedIdQuery> {
  const [assembly, , , ...key] = variantInternalId.split('-')
  if (!structural)
    return { position: position + shift, variantInternalId: [assembly, 'X', position + shift, ...key].join('-') }
  const end = structural.end + shift
  const at = key.indexOf(String(structural.end), 1)
  const movedKey = key.map((part, index) => (index === at ? end : part))
  return {
    position: position + shift,
    variantInternalId: [assembly, 'X', position + shift, ...movedKey].join('-'),
    structural: { start: structural.start + shift, end },
  }
}

/** The questions that together are one about several alleles: what of it lies in the pseudoautosomal regions of Y is asked of X. */
export function splitAtPseudoautosomal(query: SeveralQuery): readonly SeveralQuery[] {
  if (query.kind === 'all' || query.contig !== CONTIG_Y) return [query]
  switch (query.kind) {
    case 'range':
      return cut(query.assembly, query.start, query.end).map(({ start, end, shift }) =>
        shift === undefined
          ? { ...query, start, end }
          : { ...query, contig: CONTIG_X, start: start + shift, end: end + shift },
      )
    case 'bracket':
      return cut(query.assembly, ...query.start).map(({ start, end, shift }) => {
        if (shift === undefined) return { ...query, start: [start, end] }
        const [from, to] = query.end
        return { ...query, contig: CONTIG_X, start: [start + shift, end + shift], end: [from + shift, to + shift] }
      })
    case 'structural':
      return cut(query.assembly, ...startsOf(query)).map(({ start, end, shift }) =>
        shift === undefined
          ? { ...query, startsWithin: [start, end] }
          : {
              ...query,
              contig: CONTIG_X,
              start: query.start + shift,
              end: query.end + shift,
              startsWithin: [start + shift, end + shift],
            },
      )
    case 'pattern': {
      const shift = shiftToX(query.assembly, query.start)
      return [shift === undefined ? query : { ...query, contig: CONTIG_X, start: query.start + shift }]
    }
  }
}

interface Piece {
  readonly start: number
  readonly end: number
  /** To X; absent outside the pseudoautosomal regions. */
  readonly shift: number | undefined
}

/** Cuts [from, to) on Y where pseudoautosomal regions begin and end; those on X first, in the order of alleles. */
function cut(assembly: AssemblyId, from: number, to: number): readonly Piece[] {
  const pieces = cutAtBorders(assembly, CONTIG_Y, from, to).map(([start, end]): Piece => {
    return { start, end, shift: shiftToX(assembly, start) }
  })
  return [...pieces.filter(({ shift }) => shift !== undefined), ...pieces.filter(({ shift }) => shift === undefined)]
}
