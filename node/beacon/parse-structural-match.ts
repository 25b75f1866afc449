import type {
  GVariantParameters,
  StructuralMatch as StructuralRule,
  StructuralMatchParameters,
} from '../../schemas/index.js'
import { DEFAULT_MINIMUM_OVERLAP, DEFAULT_WINDOW } from '../variants/structural-match.js'
import type { RangeQuery, StructuralMatch, VariantQuery } from '../variants/variant-query.js'
import { invalid } from './query-errors.js'
import { includesStructuralType } from './variant-type-terms.js'

function parseMatch({ rule = 'default', minimumOverlap, window }: StructuralMatchParameters): StructuralMatch {
  const hasOverlap = rule === 'default' || rule === 'reciprocal-overlap'
  const hasWindow = rule === 'default' || rule === 'breakpoints'
  if (!hasOverlap && minimumOverlap !== undefined) throw invalid(`the rule ${rule} has no minimumOverlap`)
  if (!hasWindow && window !== undefined) throw invalid(`the rule ${rule} has no window`)
  return {
    ...(hasOverlap ? { minimumOverlap: minimumOverlap ?? DEFAULT_MINIMUM_OVERLAP } : {}),
    ...(hasWindow ? { window: window ?? DEFAULT_WINDOW } : {}),
  }
}

/**
 * A range query with `structuralMatch` is a wish for one structural allele, from start to end, or what is nearly that allele; without, and by the
 * rule `overlap`, it is Beacon's: whatever overlaps (docs/decisions/0010).
 *
 * @throws NodeError invalid_input
 */
export function toStructuralQuery({ structuralMatch }: GVariantParameters, range: RangeQuery): VariantQuery {
  if (!structuralMatch) return range
  const { types, kind: _, ...rest } = range
  if (!types || !includesStructuralType(types)) {
    throw invalid(
      'structuralMatch needs a variantType that structural alleles have, e.g. DEL, DUP, INS, INV, CNV or BND',
    )
  }
  if (rest.referenceBases !== undefined || rest.alternateBases !== undefined) {
    throw invalid('structuralMatch is about structural alleles, whose bases are not known: leave out the bases')
  }
  const match = parseMatch(structuralMatch)
  return structuralMatch.rule === 'overlap' ? range : { ...rest, kind: 'structural', types, match }
}

/** @throws NodeError invalid_input: only a range query can be about one structural allele */
export function refuseStructuralMatch({ structuralMatch }: GVariantParameters): void {
  if (structuralMatch) {
    throw invalid('structuralMatch goes with one start, one end and a variantType; a bracket query is exact')
  }
}

/** The rule by which structural alleles were found, for the answer's info; undefined where the question is not about them. */
export function toMatchInfo(query: VariantQuery): StructuralRule | undefined {
  if (query.kind === 'range') {
    return query.types && includesStructuralType(query.types) ? { rule: 'overlap' } : undefined
  }
  if (query.kind !== 'structural') return undefined
  const { minimumOverlap, window } = query.match
  const rule = window === undefined ? 'reciprocal-overlap' : minimumOverlap === undefined ? 'breakpoints' : 'default'
  return { rule, ...query.match }
}
