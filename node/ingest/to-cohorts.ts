import { Bitmap } from '../variants/bitmap.js'
import { restrictPeople } from '../variants/cohort.js'
import type { CalledKinds } from '../variants/cohort-rules.js'
import type { CohortToStore } from '../variants/sqlite/segment-writer.js'
import type { Enrolled } from './enrol.js'
import type { ScanCounts } from './scan-counts.js'
import type { ScanPolicy } from './scan-record.js'

/** The kinds of alleles that a file tells of: as stated, else those that it has, and sequence alleles when it has none at all. */
function kindsOf(
  { sequenceAlleles, structuralAlleles, skipped }: ScanCounts,
  stated: CalledKinds | undefined,
): { readonly sequence: boolean; readonly structural: boolean } {
  if (stated !== undefined) return { sequence: stated !== 'structural', structural: stated !== 'sequence' }
  const structural = structuralAlleles > 0 || (skipped['structural-without-end'] ?? 0) > 0
  return { sequence: sequenceAlleles > 0 || !structural, structural }
}

/**
 * The people of one ingest, apart by the kinds of alleles that their files tell of (structural and other alleles have
 * separate denominators, spec/counting.md).
 *
 * @param scanned by file
 */
export function toCohorts(
  { people, columns }: Enrolled,
  scanned: readonly ScanCounts[],
  { origin, absent, callable }: ScanPolicy,
  { assay, calls }: { readonly assay?: string; readonly calls?: CalledKinds },
): readonly CohortToStore[] {
  const withSequence = new Bitmap()
  const withStructural = new Bitmap()
  for (const [index, counts] of scanned.entries()) {
    const { sequence, structural } = kindsOf(counts, calls)
    if (sequence) withSequence.addMany(columns[index]!.numbers)
    if (structural) withStructural.addMany(columns[index]!.numbers)
  }
  const groups = [
    { all: Bitmap.and(withSequence, withStructural), hasSequence: true, hasStructural: true },
    { all: Bitmap.andNot(withSequence, withStructural), hasSequence: true, hasStructural: false },
    { all: Bitmap.andNot(withStructural, withSequence), hasSequence: false, hasStructural: true },
  ]
  return groups
    .filter(({ all }) => !all.isEmpty)
    .map(({ all, hasSequence, hasStructural }) => ({
      people: restrictPeople(people, all),
      origin,
      absent,
      ...(assay === undefined ? {} : { assay }),
      ...(callable ? { callable } : {}),
      hasSequence,
      hasStructural,
    }))
}
