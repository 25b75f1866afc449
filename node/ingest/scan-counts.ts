import type { Contradictions } from './classify-calls.js'

/** Why an ALT (or, for the last four, a whole record) was not stored. */
export type SkipReason =
  | 'ambiguous-bases'
  | 'spanning-deletion'
  | 'structural-without-end'
  | 'alt-equals-ref'
  | 'telomere'
  | 'contig-not-in-assembly'
  | 'mitochondrion-not-rCRS'
  | 'outside-callable-regions'

/** What a scan of records saw. Plain data, so that several scans can be added up. */
export interface ScanCounts {
  records: number
  readonly skipped: Partial<Record<SkipReason, number>>
  /** Records that fail FILTER: everybody is a no-call there. */
  filteredRecords: number
  /** Records without GT: everybody is a no-call there. */
  recordsWithoutGenotypes: number
  /** Records without an allele (ALT `.`, gVCF blocks): they say who was called. */
  referenceRecords: number
  /** Symbolic, copy-number and breakend alleles, before equal ones are united. */
  structuralAlleles: number
  sequenceAlleles: number
  /** Entries of CSQ and ANN, and records with ClinVar's values, of which it is not known which ALT is meant. */
  unassignedAnnotations: number
  /** Calls that contradict sex or ploidy and became no-calls. */
  readonly contradictions: Contradictions
}

export function createScanCounts(): ScanCounts {
  return {
    records: 0,
    skipped: {},
    filteredRecords: 0,
    recordsWithoutGenotypes: 0,
    referenceRecords: 0,
    structuralAlleles: 0,
    sequenceAlleles: 0,
    unassignedAnnotations: 0,
    contradictions: { maleHeterozygousXY: 0, femaleOnY: 0, polyploid: 0, ofIndividuals: {} },
  }
}

export function countSkip(counts: Pick<ScanCounts, 'skipped'>, reason: SkipReason, times = 1): void {
  counts.skipped[reason] = (counts.skipped[reason] ?? 0) + times
}

const PLAIN_COUNTS = [
  'records',
  'filteredRecords',
  'recordsWithoutGenotypes',
  'referenceRecords',
  'structuralAlleles',
  'sequenceAlleles',
  'unassignedAnnotations',
] as const

const CONTRADICTION_KINDS = ['maleHeterozygousXY', 'femaleOnY', 'polyploid'] as const

/** Adds what another scan saw. */
export function addScanCounts(sum: ScanCounts, part: ScanCounts): void {
  for (const key of PLAIN_COUNTS) sum[key] += part[key]
  for (const [reason, times] of Object.entries(part.skipped)) countSkip(sum, reason as SkipReason, times)
  for (const kind of CONTRADICTION_KINDS) sum.contradictions[kind] += part.contradictions[kind]
  const { ofIndividuals } = sum.contradictions
  for (const [number, times] of Object.entries(part.contradictions.ofIndividuals)) {
    ofIndividuals[number] = (ofIndividuals[number] ?? 0) + times
  }
}

/** What was counted since the last time it was taken; counting starts anew. */
export function takeScanCounts(counts: ScanCounts): ScanCounts {
  const taken = createScanCounts()
  addScanCounts(taken, counts)
  for (const key of PLAIN_COUNTS) counts[key] = 0
  for (const kind of CONTRADICTION_KINDS) counts.contradictions[kind] = 0
  for (const counted of [counts.skipped, counts.contradictions.ofIndividuals] as Record<string, number>[]) {
    for (const key of Object.keys(counted)) delete counted[key]
  }
  return taken
}
