import type { AssemblyId, Bounds, NetworkInfo, RegionAnswer } from '../../schemas/index.js'
import type { RegionOutcome } from '../fan-out/outcome.js'
import { toCommonMatching } from './matching.js'
import { toNote } from './note.js'
import { toRegionAnswer } from './region-answer.js'
import { sumCounts, toAlleleFrequency } from './sum-counts.js'

export interface FoldOptions {
  readonly assemblyId?: AssemblyId
  readonly granularity: 'boolean' | 'count'
  readonly isIndel: boolean
}

/** Code-unit order: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function hasUnaskedData({ datasetsNotAsked }: RegionAnswer): boolean {
  if (datasetsNotAsked === undefined) return false
  const { access, assembly, metadata = 0, paused = 0, undecidable = 0 } = datasetsNotAsked
  return access > 0 || assembly > 0 || metadata > 0 || paused > 0 || undecidable > 0
}

/** Nothing of this region's data is missing from its part, as far as it says: a Beacon that is no Fyr node does not. */
function isWhole(region: RegionAnswer, partial: ReadonlySet<string>): boolean {
  const saysWhatItHolds = region.datasetsNotAsked !== undefined
  return region.status === 'answered' && saysWhatItHolds && !hasUnaskedData(region) && !partial.has(region.beaconId)
}

function sumBounds(regions: readonly RegionAnswer[], partial: ReadonlySet<string>, exists: boolean): Bounds {
  const answered = regions.filter((region) => region.status === 'answered')
  const lower = answered.reduce((sum, region) => sum + (region.bounds?.individuals.lower ?? 0), 0)
  const closed = regions.length > 0 && regions.every((region) => isWhole(region, partial))
  const uppers = answered.map((region) => region.bounds?.individuals.upper ?? null)
  const upper = closed ? uppers.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0) : null
  return { lower: exists ? Math.max(lower, 1) : lower, upper }
}

/**
 * Folds the regions' outcomes into the network's answer. Pure, and the order of the outcomes does not matter.
 * Exists is the OR of what was released; sums go over regions with status `answered`.
 */
export function toNetworkInfo(outcomes: readonly RegionOutcome[], options: FoldOptions): NetworkInfo {
  const { assemblyId, granularity } = options
  const regions = outcomes
    .map((outcome) => toRegionAnswer(outcome, granularity))
    .toSorted((a, b) => compareText(a.beaconId, b.beaconId))
  const partial = new Set(
    outcomes.flatMap(({ region, outcome }) =>
      outcome.kind === 'answered' && outcome.answer.partial ? [region.id] : [],
    ),
  )
  const answered = regions.filter((region) => region.status === 'answered')
  const exists = answered.some((region) => region.exists === true)
  const sum = sumCounts(answered.flatMap(({ counts }) => (counts ? [counts] : [])))
  const alleleFrequency = sum.kind === 'sum' ? toAlleleFrequency(sum.counts) : undefined
  return {
    ...(assemblyId ? { assemblyId } : {}),
    regionsAsked: regions.length,
    regionsAnswered: answered.length,
    complete: regions.length > 0 && regions.every((region) => isWhole(region, partial)),
    regions,
    ...toCommonMatching(answered),
    total: {
      exists,
      ...(sum.kind === 'sum' ? { counts: sum.counts } : {}),
      ...(alleleFrequency !== undefined ? { alleleFrequency } : {}),
      bounds: { individuals: sumBounds(regions, partial, exists) },
    },
    note: toNote(regions, { partial, granularity, isIndel: options.isIndel, isMixed: sum.kind === 'mixed' }),
  }
}
