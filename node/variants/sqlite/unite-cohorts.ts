import { Bitmap } from '../bitmap.js'
import type { People } from '../cohort.js'
import type { CohortToStore } from './segment-writer.js'

/**
 * Cohorts of whom the absence of a record says the same become one, so that a dataset of many small ingests does not ask each of
 * them. Those with callable regions, and those that know a person's sex differently, stay apart: no answer may change.
 */
export function uniteCohorts(cohorts: readonly CohortToStore[]): readonly CohortToStore[] {
  const united: CohortToStore[] = []
  for (const cohort of cohorts) {
    const index = united.findIndex((other) => saysTheSame(other, cohort))
    if (index < 0) united.push(cohort)
    else united[index] = { ...cohort, people: unitePeople(united[index]!.people, cohort.people) }
  }
  return united
}

function saysTheSame(a: CohortToStore, b: CohortToStore): boolean {
  return (
    !a.callable &&
    !b.callable &&
    a.origin === b.origin &&
    a.absent === b.absent &&
    a.assay === b.assay &&
    a.hasSequence === b.hasSequence &&
    a.hasStructural === b.hasStructural &&
    agreeOnSex(a.people, b.people)
  )
}

function agreeOnSex(a: People, b: People): boolean {
  const both = Bitmap.and(a.all, b.all)
  const sexes = ['males', 'females'] as const
  return sexes.every((sex) => Bitmap.and(a[sex], both).isEqual(Bitmap.and(b[sex], both)))
}

function unitePeople(a: People, b: People): People {
  return {
    all: Bitmap.or(a.all, b.all),
    males: Bitmap.or(a.males, b.males),
    females: Bitmap.or(a.females, b.females),
  }
}
