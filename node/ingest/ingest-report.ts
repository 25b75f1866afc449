import type { Enrolled } from './enrol.js'
import { createScanCounts, type ScanCounts } from './scan-counts.js'
import type { VcfFile } from './vcf-file.js'

/** What an ingest did, as printed by `--json`. */
export interface IngestReport extends ScanCounts {
  readonly dataset: string
  readonly files: readonly string[]
  /** Distinct alleles stored. */
  alleles: number
  readonly individuals: number
  /** People whose sex no PED file gave: on X and Y their calls are taken as written. */
  readonly individualsOfUnknownSex: number
  /** Alleles that stood in several records and were united. */
  duplicateAlleles: number
  /** Calls of people of whom two records of one allele said different things; what carries the allele was taken. */
  contradictoryDuplicates: number
  seconds: number
}

export function createIngestReport(dataset: string, files: readonly VcfFile[], { people }: Enrolled): IngestReport {
  return {
    dataset,
    files: files.map((file) => file.name),
    ...createScanCounts(),
    alleles: 0,
    individuals: people.all.size,
    individualsOfUnknownSex: people.all.size - people.males.size - people.females.size,
    duplicateAlleles: 0,
    contradictoryDuplicates: 0,
    seconds: 0,
  }
}
