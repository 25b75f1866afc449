import type { AltKind } from '../formats/vcf/record.js'
import type { Enrolled } from './enrol.js'
import type { VcfFile } from './vcf-file.js'

/** Why an ALT (or, for the last four, a whole record) was not stored. */
export type SkipReason =
  | Exclude<AltKind, 'sequence'>
  | 'alt-equals-ref'
  | 'no-alt'
  | 'telomere'
  | 'contig-not-in-assembly'
  | 'mitochondrion-not-rCRS'

/** What an ingest did, as printed by `--json`. */
export interface IngestReport {
  readonly dataset: string
  readonly files: readonly string[]
  records: number
  /** Distinct alleles stored. */
  alleles: number
  readonly individuals: number
  /** People whose sex no PED file gave: on X and Y their calls are taken as written. */
  readonly individualsOfUnknownSex: number
  readonly skipped: Partial<Record<SkipReason, number>>
  /** Alleles that stood in several records and were united. */
  duplicateAlleles: number
  /** Records that fail FILTER: everybody is a no-call there. */
  filteredRecords: number
  /** Calls that contradict sex or ploidy and became no-calls. */
  readonly contradictions: { maleHeterozygousXY: number; femaleOnY: number; polyploid: number }
  seconds: number
}

export function createIngestReport(dataset: string, files: readonly VcfFile[], { people }: Enrolled): IngestReport {
  return {
    dataset,
    files: files.map((file) => file.name),
    records: 0,
    alleles: 0,
    individuals: people.all.size,
    individualsOfUnknownSex: people.all.size - people.males.size - people.females.size,
    skipped: {},
    duplicateAlleles: 0,
    filteredRecords: 0,
    contradictions: { maleHeterozygousXY: 0, femaleOnY: 0, polyploid: 0 },
    seconds: 0,
  }
}

export function countSkip(report: IngestReport, reason: SkipReason): void {
  report.skipped[reason] = (report.skipped[reason] ?? 0) + 1
}
