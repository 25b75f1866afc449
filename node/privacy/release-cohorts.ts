import type { Grant } from '../access/grant.js'
import type { StoredCohort } from '../metadata/metadata.js'
import type { Document } from '../metadata/record.js'
import { visibleOf } from '../variants/visible-set.js'
import type { Disclosed } from './disclosed.js'

/** Keys of a cohort that say how many people there are of what kind. */
const COUNTING_KEYS: ReadonlySet<string> = new Set(['cohortSize', 'collectionEvents'])

export interface ReleasedCohort {
  readonly document: Document
}

/**
 * Cohorts as they may be told: numbers of people only where the dataset tells counts, and the size then is that of the
 * members who may be seen. Free text of the laboratory stays.
 */
export function releaseCohorts(
  cohorts: readonly { readonly dataset: string; readonly cohort: StoredCohort }[],
  grant: Grant,
): Disclosed<readonly ReleasedCohort[]> {
  const released = cohorts.map(({ dataset, cohort }): ReleasedCohort => {
    const visible = grant.visibleOf(dataset)
    const granularity = grant.granularityOf(dataset)
    if (!visible || !granularity) throw new TypeError(`a cohort of ${dataset}, which was not granted`)
    const members = cohort.members && visibleOf(visible, cohort.members)
    // What the laboratory counted was everybody: with those who may not be seen.
    const isCounted = granularity !== 'boolean' && members?.size === cohort.members?.size
    const told = Object.entries(cohort.document).filter(
      ([key]) => key !== 'ids' && (isCounted || !COUNTING_KEYS.has(key)),
    )
    const size = granularity !== 'boolean' ? members?.size : undefined
    return {
      document: { ...Object.fromEntries(told), id: cohort.id, ...(size === undefined ? {} : { cohortSize: size }) },
    }
  })
  return released as readonly ReleasedCohort[] as Disclosed<readonly ReleasedCohort[]>
}
