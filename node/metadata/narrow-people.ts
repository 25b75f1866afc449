import type { Grant } from '../access/grant.js'
import { Bitmap, EMPTY } from '../variants/bitmap.js'
import { visibleOf } from '../variants/visible-set.js'
import { applyFilters, canDecide, type Descendants, type FilterGroups } from './filters.js'
import type { Individuals } from './individuals.js'
import type { Metadata, StoredRecord } from './metadata.js'
import { namesOf, type Names } from './names.js'
import type { RecordType } from './record.js'

/** One record, person or group below which a question looks (`/individuals/{id}/g_variants`). */
export interface Within {
  readonly type: RecordType | 'cohort'
  /** As answers call it. */
  readonly id: string
}

/** Who and what a question is about, beside a variant. */
export interface PeopleQuestion {
  readonly filters: FilterGroups
  readonly within?: Within
}

/** What the question is decided by. */
export interface PeopleSource {
  readonly metadata: Metadata
  readonly individuals: Pick<Individuals, 'findByPseudonym' | 'findByName' | 'byNumber'>
  readonly descendants: Descendants
}

/** Some entities: people, or record numbers of one type; undefined when nothing limits them. */
export type Limit = Bitmap | undefined

/**
 * Whether a dataset has the records that every group of filters speaks of, of people who may be seen. Where it has not, "nobody" would be wrong: nothing
 * is known of its people.
 */
export function canFilter(dataset: string, filters: FilterGroups, grant: Grant, { metadata }: PeopleSource): boolean {
  if (filters.length === 0) return true
  const index = metadata.index(dataset)
  const visible = grant.visibleOf(dataset)!
  return index !== undefined && filters.every((group) => group.some((filter) => canDecide(index, filter, visible)))
}

/**
 * The people, or the records of one type, that the filters and the path leave of a dataset.
 *
 * A single person is singled out only in datasets that tell records: there callers learn whose record is whose, and elsewhere
 * a question about one person is answered as if there were nobody.
 */
export function limitEntities(
  dataset: string,
  wanted: RecordType,
  { filters, within }: PeopleQuestion,
  grant: Grant,
  source: PeopleSource,
): Limit {
  const index = source.metadata.index(dataset)
  const filtered = filters.length === 0 ? undefined : index && applyFilters(index, filters, wanted, source.descendants)
  if (filters.length > 0 && !filtered) return EMPTY
  if (!within) return filtered
  const isOne = within.type !== 'cohort'
  const isHidden = isOne && grant.granularityOf(dataset) !== 'record'
  const names = namesOf(dataset, grant, source)
  const inside = isHidden ? EMPTY : inWithin(dataset, wanted, within, source, names)
  return filtered ? Bitmap.and(filtered, inside) : inside
}

function inWithin(
  dataset: string,
  wanted: RecordType,
  { type, id }: Within,
  { metadata }: PeopleSource,
  names: Names,
): Bitmap {
  const toWanted = (people: Bitmap) =>
    wanted === 'individual' ? people : (metadata.index(dataset)?.[wanted].toEntities(people) ?? EMPTY)
  if (type === 'cohort') {
    return toWanted(metadata.cohorts(dataset).find((cohort) => cohort.id === id)?.members ?? EMPTY)
  }
  if (type === 'individual') {
    const person = names.findIndividual(id)
    return person ? toWanted(new Bitmap([person.number])) : EMPTY
  }
  const record = names.findRecord(type, id)
  if (!record) return EMPTY
  if (wanted === type) return new Bitmap([record.entity])
  const ofPerson = toWanted(new Bitmap([record.individual]))
  if (wanted === 'individual') return ofPerson
  const related = metadata.records(dataset, wanted, [...ofPerson]).filter((other) => areRelated(record, other))
  return new Bitmap(related.map(({ entity }) => entity))
}

const NAME_KEYS: Readonly<Partial<Record<RecordType, string>>> = { biosample: 'biosampleId', run: 'runId' }

/** Two records of one person belong together unless one of them names another record of the other's type. */
function areRelated(a: StoredRecord, b: StoredRecord): boolean {
  const names = (from: StoredRecord, to: StoredRecord): boolean => {
    const key = NAME_KEYS[to.type]
    const named = key === undefined ? undefined : from.document[key]
    return named === undefined || named === to.name
  }
  return names(a, b) && names(b, a)
}

/**
 * A grant over only the people of whom the filters and the path speak. Datasets that cannot decide a filter are left out, and
 * are to be told as not asked.
 */
export function narrowPeople(
  grant: Grant,
  question: PeopleQuestion,
  source: PeopleSource,
): { readonly grant: Grant; readonly undecided: number } {
  if (question.filters.length === 0 && !question.within) return { grant, undecided: 0 }
  const decided = grant.datasetIds.filter((id) => canFilter(id, question.filters, grant, source))
  const people = decided.map((id) => {
    const limit = limitEntities(id, 'individual', question, grant, source) ?? EMPTY
    return [id, { kind: 'some', people: visibleOf(grant.visibleOf(id)!, limit), version: 'of one question' }] as const
  })
  return { grant: grant.narrowedTo(new Map(people)), undecided: grant.datasetIds.length - decided.length }
}
