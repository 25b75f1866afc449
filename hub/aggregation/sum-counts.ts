import { weakerAnBasis, type Counts, type RegionCounts } from '../../schemas/index.js'

/** Which of the three shapes of spec/counting.md counts have. */
type CountsKind = 'allele' | 'mitochondrial' | 'region'

function toKind(counts: Counts): CountsKind {
  if (isRegionCounts(counts)) return 'region'
  return 'homoplasmic' in counts ? 'mitochondrial' : 'allele'
}

/** Sums the whole-number fields, one that is absent being nobody; anBasis is the weakest of the two. */
function add<T extends Counts>(a: T, b: T): T {
  const [first, second]: readonly Readonly<Record<string, unknown>>[] = [{ ...a }, { ...b }]
  const entries = Object.entries({ ...b, ...a }).map(([key, value]): [string, unknown] => {
    if (typeof value !== 'number') return [key, value]
    return [key, ((first?.[key] as number | undefined) ?? 0) + ((second?.[key] as number | undefined) ?? 0)]
  })
  const basis = 'anBasis' in a && 'anBasis' in b ? { anBasis: weakerAnBasis(a.anBasis, b.anBasis) } : {}
  return { ...Object.fromEntries(entries), ...basis } as T
}

export type CountsSum =
  | { readonly kind: 'none' }
  /** People of one allele and of several alleles cannot be added. */
  | { readonly kind: 'mixed' }
  | { readonly kind: 'sum'; readonly counts: Counts }

/** Sum of counts of one shape; the order does not matter. */
export function sumCounts(parts: readonly Counts[]): CountsSum {
  const [first, ...rest] = parts
  if (!first) return { kind: 'none' }
  if (rest.some((counts) => toKind(counts) !== toKind(first))) return { kind: 'mixed' }
  return { kind: 'sum', counts: rest.reduce((sum, counts) => add(sum, counts), first) }
}

export function isRegionCounts(counts: Counts): counts is RegionCounts {
  return 'variants' in counts
}

/** alleleCount / alleleNumber; undefined when the denominator is zero or not known. */
export function toAlleleFrequency(counts: Counts): number | undefined {
  if (isRegionCounts(counts) || counts.anBasis === 'unknown' || counts.alleleNumber === 0) return undefined
  return counts.alleleCount / counts.alleleNumber
}
