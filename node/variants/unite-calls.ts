import type { AssemblyId } from '../../schemas/index.js'
import { Bitmap, EMPTY } from './bitmap.js'
import { addCalls, mergeCalls, NOBODY, restrictCalls, type Calls } from './calls.js'
import { callsWhereAbsent, type Cohort } from './cohort.js'
import type { Variant } from './variant.js'

/** What records say of people: those they cover, called or not. */
export interface Recorded {
  readonly calls: Calls
  readonly covered: Bitmap
}

/** What one segment knows of an allele. */
export interface Knowledge {
  readonly cohorts: readonly Cohort[]
  /** Everybody of the germline cohorts. */
  readonly everybody: Bitmap
  /** The allele's own records; absent: no file has one. */
  readonly own: Recorded | undefined
  /** What other records of the place say of who was called there. Only asked when the allele's own do not cover everybody. */
  readonly nearby: () => Recorded | undefined
  /**
   * What all of this comes to when there is neither an own record nor one nearby, where that is known beforehand
   * (calls-without-records.ts).
   */
  readonly withoutRecords?: () => Calls | undefined
}

/**
 * What several segments know of one allele together, each person once. A record of the allele goes before other records of
 * the place, and these before the absence of records; of two records of one rank, a person carries what either says, and
 * counts by the one that called more. So it makes no difference in how many segments the same records stand.
 */
export function uniteCalls(parts: readonly Knowledge[], assembly: AssemblyId, variant: Variant): Calls {
  const own = parts.map((part) => part.own).filter((recorded) => recorded !== undefined)
  const [only, another] = parts
  if (only && !another && own[0]?.covered.size === only.everybody.size) return own[0].calls
  const calls = own.map((recorded) => recorded.calls)
  let covered = unite(own.map((recorded) => recorded.covered))
  const uncovered = parts.filter(({ everybody }) => everybody.andCardinality(covered) !== everybody.size)
  if (uncovered.length > 0) {
    // Of the others every person is covered by the allele's own records, which go before these.
    const nearby = uncovered.map((part) => part.nearby()).filter((recorded) => recorded !== undefined)
    if (nearby.length > 0) {
      const nearbyCovered = unite(nearby.map((recorded) => recorded.covered))
      const others = covered.isEmpty ? nearbyCovered : Bitmap.andNot(nearbyCovered, covered)
      for (const recorded of nearby) calls.push(restrictCalls(recorded.calls, others))
      covered = unite([covered, nearbyCovered])
    }
    for (const { cohorts } of parts) {
      for (const cohort of cohorts) {
        const absent = callsWhereAbsent(cohort, assembly, variant, covered)
        if (absent !== NOBODY) calls.push(absent)
      }
    }
  }
  return calls.length > 0 ? mergeCalls(calls) : NOBODY
}

/**
 * The same of segments that have nobody in common, as when genomes were added one by one: each knows all that there is to
 * know of its people. Of most alleles only one segment has records, and what the others say is not worked out anew.
 */
export function uniteDisjointCalls(parts: readonly Knowledge[], assembly: AssemblyId, variant: Variant): Calls {
  const said = parts.map((part) => callsOf(part, assembly, variant)).filter((calls) => calls !== NOBODY)
  return said.length > 0 ? addCalls(said) : NOBODY
}

function callsOf(part: Knowledge, assembly: AssemblyId, variant: Variant): Calls {
  if (part.own || !part.withoutRecords) return uniteCalls([part], assembly, variant)
  const nearby = part.nearby()
  const calls = nearby ? undefined : part.withoutRecords()
  return calls ?? uniteCalls([{ ...part, nearby: () => nearby }], assembly, variant)
}

function unite(sets: readonly Bitmap[]): Bitmap {
  const [first, second] = sets
  if (!first) return EMPTY
  return second ? Bitmap.orMany(sets) : first
}
