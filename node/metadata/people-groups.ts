import { Bitmap } from '../variants/bitmap.js'
import { visibleOf, type VisibleSet } from '../variants/visible-set.js'
import type { DatasetIndex, TypeIndex } from './dataset-index.js'
import { applyFilters, type Descendants } from './filters.js'
import type { Sexes } from './sexes.js'

/** People of whom a frequency of their own is told: a sex, people with a phenotype, an origin. */
export interface PeopleGroup {
  readonly label: string
  readonly people: Bitmap
}

/** Fields of individuals by which a dataset can be divided into populations. */
export const POPULATION_FIELDS = ['ethnicity', 'geographicOrigin'] as const

/** Populations of one field: the largest. */
const MOST_POPULATIONS = 20

export interface GroupSource {
  readonly sexes: Sexes
  /** Of the dataset; undefined: it has no records. */
  readonly index: DatasetIndex | undefined
  readonly descendants: Descendants
  /** Who may be seen at all; populations of nobody are left out. */
  readonly visible: VisibleSet
}

/**
 * The groups of a dataset's people: women and men, and what the dataset declares: a field divides by its values; a term makes two
 * groups of those who have a record, by whether it says that they have the term, or one below it.
 *
 * @param declared fields of `POPULATION_FIELDS` and terms
 */
export function groupsOf(
  declared: readonly string[],
  { sexes, index, descendants, visible }: GroupSource,
): readonly PeopleGroup[] {
  const bySex = [
    { label: 'female', people: sexes.female },
    { label: 'male', people: sexes.male },
  ]
  if (!index) return bySex
  const others = declared.flatMap((id) =>
    POPULATION_FIELDS.some((field) => field === id)
      ? populationsOf(index.individual, id, visible)
      : byTerm(index, id, descendants),
  )
  return [...bySex, ...others]
}

function byTerm(index: DatasetIndex, id: string, descendants: Descendants): readonly PeopleGroup[] {
  const affected = applyFilters(index, [[{ id, includeDescendantTerms: true }]], 'individual', descendants)!
  const label = spellTerm(
    id,
    Object.values(index)
      .find(({ terms }) => terms.has(id))
      ?.terms.get(id)?.label,
  )
  return [
    { label: `with ${label}`, people: affected },
    { label: `without ${label}`, people: Bitmap.andNot(index.individual.all, affected) },
  ]
}

function populationsOf({ terms, texts }: TypeIndex, field: string, visible: VisibleSet): readonly PeopleGroup[] {
  // A term is indexed by its id and by its label: the id is the one that is a term.
  const found = [...(texts.get(field) ?? [])]
    .filter(([value]) => terms.has(value))
    .map(([value, people]) => [value, visibleOf(visible, people)] as const)
    .filter(([, people]) => !people.isEmpty)
  return found
    .sort(([a, first], [b, second]) => second.size - first.size || (a < b ? -1 : 1))
    .slice(0, MOST_POPULATIONS)
    .map(([id, people]) => ({ label: `${field} ${spellTerm(id, terms.get(id)!.label)}`, people }))
}

/** `Seizure (HP:0001250)` */
function spellTerm(id: string, label: string | undefined): string {
  return label === undefined ? id : `${label} (${id})`
}
