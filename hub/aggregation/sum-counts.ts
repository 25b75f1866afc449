import { weakerAnBasis, type Counts, type PartialRegionCounts, type RegionCounts } from '../../schemas/index.js'

/** Which of the three shapes of spec/counting.md counts have; `some-allele` where too little is known to tell the first two apart. */
type CountsKind = 'allele' | 'mitochondrial' | 'some-allele' | 'region'

const ZYGOSITIES = ['heterozygotes', 'homozygotes', 'hemizygotes']
const PLASMIES = ['homoplasmic', 'heteroplasmic']

function toKind(counts: Counts): CountsKind {
  if (isRegionCounts(counts)) return 'region'
  if (PLASMIES.some((key) => key in counts)) return 'mitochondrial'
  return ZYGOSITIES.some((key) => key in counts) ? 'allele' : 'some-allele'
}

function haveOneKind(parts: readonly Counts[]): boolean {
  const kinds = new Set(parts.map(toKind))
  if (kinds.has('allele') || kinds.has('mitochondrial')) kinds.delete('some-allele')
  return kinds.size <= 1
}

/** Absent: nobody. Any other field that is absent is not known. */
const NOBODY_WHEN_ABSENT = 'somaticIndividuals'

/** Sums the whole-number fields; what one does not know is not known of the sum. anBasis is the weakest of the two. */
function add(a: Counts, b: Counts): Counts {
  const [first, second]: readonly Readonly<Record<string, unknown>>[] = [{ ...a }, { ...b }]
  const entries = Object.entries({ ...b, ...a }).flatMap(([key, value]): [string, unknown][] => {
    if (typeof value !== 'number') return [[key, value]]
    const [one, other] = [first?.[key], second?.[key]] as readonly (number | undefined)[]
    if (key !== NOBODY_WHEN_ABSENT && (one === undefined || other === undefined)) return []
    return [[key, (one ?? 0) + (other ?? 0)]]
  })
  const basis = 'anBasis' in a && 'anBasis' in b ? { anBasis: weakerAnBasis(a.anBasis, b.anBasis) } : {}
  return { ...Object.fromEntries(entries), ...basis } as unknown as Counts
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
  if (!haveOneKind(parts)) return { kind: 'mixed' }
  return { kind: 'sum', counts: rest.reduce((sum, counts) => add(sum, counts), first) }
}

export function isRegionCounts(counts: Counts): counts is RegionCounts | PartialRegionCounts {
  return 'variants' in counts
}

/** alleleCount / alleleNumber; undefined when one of them is not known, or the denominator is zero. */
export function toAlleleFrequency(counts: Counts): number | undefined {
  if (isRegionCounts(counts) || counts.anBasis === 'unknown' || counts.alleleNumber === 0) return undefined
  if (counts.alleleCount === undefined) return undefined
  return counts.alleleCount / counts.alleleNumber
}
