import type { Individual } from '../../metadata/individuals.js'
import type { Links } from './metadata-report.js'
import type { Notes } from './source-record.js'

/** Whose variants were loaded before their sex was known: on X and Y they were taken as written. */
export function noteLateSexes(
  people: readonly Individual[],
  known: ReadonlyMap<string, Individual>,
  hasVariants: (number: number) => boolean,
  notes: Notes,
): void {
  const late = people.filter(
    ({ name, number, sex }) => sex !== 'unknown' && known.get(name)?.sex === 'unknown' && hasVariants(number),
  )
  if (late.length === 0) return
  const note =
    'the sex of individuals became known after their variants were loaded, which were taken as written on X and Y'
  notes.add(`${note}; ingest their VCF files into a new dataset to count by sex`, late.length)
}

/** Who of the ingest has variants in the dataset, and who has variants and no record. */
export function findLinks(
  people: readonly Individual[],
  everybody: readonly Individual[],
  withVariants: { has(number: number): boolean },
  withRecord: ReadonlySet<number>,
): Links {
  const bare = people.filter(({ number }) => !withVariants.has(number))
  const silent = everybody.filter(({ number }) => withVariants.has(number) && !withRecord.has(number))
  return {
    linked: people.length - bare.length,
    individualsWithoutVariants: bare.map(({ pseudonym }) => pseudonym),
    individualsWithoutRecord: silent.map(({ pseudonym }) => pseudonym),
  }
}
