import type { AssemblyId } from '../../schemas/index.js'
import { EMPTY } from './bitmap.js'
import { mergeCalls, NOBODY, type Calls } from './calls.js'
import { callsWhereAbsent, type Cohort } from './cohort.js'
import { ploidyAt } from './ploidy.js'
import { isStructural } from './structural.js'
import type { Variant } from './variant.js'

/**
 * What cohorts say of alleles that no record tells of, nor of their place. That depends on how many copies people have of
 * the place and on the kind of allele alone, so it is worked out once for each.
 *
 * @returns undefined for cohorts with callable regions, which say something else at each place
 */
export function createCallsWithoutRecords(
  cohorts: readonly Cohort[],
  assembly: AssemblyId,
): (variant: Variant) => Calls | undefined {
  if (cohorts.some(({ isCallable }) => isCallable)) return () => undefined
  const known = new Map<string, Calls>()
  return (variant) => {
    const kind = isStructural(variant.alternateBases) ? 'structural' : 'sequence'
    const key = `${kind} ${ploidyAt(assembly, variant.contig, variant.start)}`
    let calls = known.get(key)
    if (!calls) {
      const said = cohorts.map((cohort) => callsWhereAbsent(cohort, assembly, variant, EMPTY))
      const counted = said.filter((one) => one !== NOBODY)
      calls = counted.length > 0 ? mergeCalls(counted) : NOBODY
      known.set(key, calls)
    }
    return calls
  }
}
