import type { AltKind } from '../formats/vcf/record.js'
import type { Contradictions } from './classify-calls.js'

/** Why an ALT (or, for the last four, a whole record) was not stored. */
export type SkipReason =
  | Exclude<AltKind, 'sequence'>
  | 'alt-equals-ref'
  | 'no-alt'
  | 'telomere'
  | 'contig-not-in-assembly'
  | 'mitochondrion-not-rCRS'

/** What a scan of records saw. Plain data, so that several scans can be added up. */
export interface ScanCounts {
  records: number
  readonly skipped: Partial<Record<SkipReason, number>>
  /** Records that fail FILTER: everybody is a no-call there. */
  filteredRecords: number
  /** Calls that contradict sex or ploidy and became no-calls. */
  readonly contradictions: Contradictions
}

export function createScanCounts(): ScanCounts {
  return {
    records: 0,
    skipped: {},
    filteredRecords: 0,
    contradictions: { maleHeterozygousXY: 0, femaleOnY: 0, polyploid: 0 },
  }
}

export function countSkip(counts: Pick<ScanCounts, 'skipped'>, reason: SkipReason, times = 1): void {
  counts.skipped[reason] = (counts.skipped[reason] ?? 0) + times
}

/** Adds what another scan saw. */
export function addScanCounts(sum: ScanCounts, part: ScanCounts): void {
  sum.records += part.records
  sum.filteredRecords += part.filteredRecords
  for (const [reason, times] of Object.entries(part.skipped)) countSkip(sum, reason as SkipReason, times)
  for (const kind of Object.keys(part.contradictions) as (keyof Contradictions)[]) {
    sum.contradictions[kind] += part.contradictions[kind]
  }
}
