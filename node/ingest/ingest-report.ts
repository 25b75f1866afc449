import type { Enrolled } from './enrol.js'
import type { ScanCounts } from './scan-counts.js'
import type { VcfFile } from './vcf-file.js'

/** What became of the alleles that were scanned. */
export interface StoredAlleles {
  /** Distinct alleles stored. */
  alleles: number
  /** Alleles that stood in several records and were united. */
  duplicateAlleles: number
  /** Calls of people of whom two records of one allele said different things; what carries the allele was taken. */
  contradictoryDuplicates: number
}

/** What an ingest did, as printed by `--json`. */
export interface IngestReport extends Omit<ScanCounts, 'contradictions'>, StoredAlleles {
  readonly dataset: string
  readonly files: readonly string[]
  readonly individuals: number
  /** Sample columns of people who were removed from the node: nothing of them was stored. */
  readonly removedIndividuals: number
  /** People whose sex no PED file gave: on X and Y their calls are taken as written. */
  readonly individualsOfUnknownSex: number
  readonly contradictions: Omit<ScanCounts['contradictions'], 'ofIndividuals'>
  /** People with calls that contradict their sex, most first. Many such calls say that the sex is wrong. */
  readonly suspectedSex: readonly { readonly individual: string; readonly calls: number }[]
  readonly seconds: number
}

export function toIngestReport(
  dataset: string,
  files: readonly VcfFile[],
  { people, individuals, leftOut }: Enrolled,
  scanned: ScanCounts,
  stored: StoredAlleles,
  seconds: number,
): IngestReport {
  const { contradictions, ...counts } = scanned
  const { ofIndividuals, ...kinds } = contradictions
  const suspectedSex = individuals
    .map(({ number, pseudonym }) => ({ individual: pseudonym, calls: ofIndividuals[number] ?? 0 }))
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.calls - a.calls)
  return {
    dataset,
    files: files.map((file) => file.name),
    ...counts,
    ...stored,
    individuals: people.all.size,
    removedIndividuals: leftOut.size,
    individualsOfUnknownSex: people.all.size - people.males.size - people.females.size,
    contradictions: kinds,
    suspectedSex,
    seconds,
  }
}
