import { UNKNOWN_FILTERING_TERM, type BeaconRequest, type RequestFilter } from '../../schemas/index.js'
import type { Grant } from '../access/grant.js'
import { NodeError } from '../errors.js'
import { isValueFilter, knowsFilter, problemOf, type Filter, type FilterGroups } from '../metadata/filters.js'
import type { RecordType } from '../metadata/record.js'
import type { BeaconData } from './context.js'
import { invalid } from './query-errors.js'

const LONGEST_SHOWN = 80
const LONGEST_PROBLEM = 300
/** More than anybody writes; each is a handful of set operations. */
const MOST_FILTERS = 100

/** Entry types in both spellings that requests use: their ids, and the names in paths. */
const SCOPES: ReadonlyMap<string, RecordType> = new Map([
  ['individual', 'individual'],
  ['individuals', 'individual'],
  ['biosample', 'biosample'],
  ['biosamples', 'biosample'],
  ['run', 'run'],
  ['runs', 'run'],
  ['analysis', 'analysis'],
  ['analyses', 'analysis'],
])

/** @throws NodeError a filter that is not understood must not be ignored */
export function parseFilters({ filters }: BeaconRequest): FilterGroups {
  const groups = filters.map((item) => (isGroup(item) ? item : [item]).map(toFilter))
  if (groups.flat().length > MOST_FILTERS) throw invalid(`at most ${MOST_FILTERS} filters can be asked at once`)
  return groups
}

function isGroup(item: BeaconRequest['filters'][number]): item is readonly RequestFilter[] {
  return Array.isArray(item)
}

function toFilter({ id, operator, value, scope, includeDescendantTerms = true }: RequestFilter): Filter {
  const type = scope === undefined ? undefined : SCOPES.get(scope)
  if (scope !== undefined && !type) {
    throw invalid(`scope "${scope.slice(0, LONGEST_SHOWN)}" is none of ${[...SCOPES.keys()].join(', ')}`)
  }
  const filter: Filter = {
    id,
    ...(operator === undefined ? {} : { operator }),
    ...(value === undefined ? {} : { value: String(value) }),
    ...(type ? { scope: type } : {}),
    includeDescendantTerms,
  }
  const problem = problemOf(filter)
  if (problem !== undefined) throw invalid(problem.slice(0, LONGEST_PROBLEM))
  return filter
}

/** In a URL `HP_0000006` may stand for `HP:0000006`. */
function withColon({ id, ...rest }: Filter): Filter {
  return { ...rest, id: id.replace('_', ':') }
}

/**
 * The filters in the spelling that the node knows.
 *
 * @throws NodeError invalid_input: no dataset that the caller may ask, and no ontology, knows a term
 */
export function requireKnown(groups: FilterGroups, grant: Grant, { metadata, terms }: BeaconData): FilterGroups {
  const indexes = grant.datasetIds.flatMap((id) => {
    const index = metadata.index(id)
    return index ? [{ index, visible: grant.visibleOf(id)! }] : []
  })
  const isKnown = (filter: Filter): boolean =>
    indexes.some(({ index, visible }) => knowsFilter(index, filter, terms.descendants, visible)) ||
    (!isValueFilter(filter) && terms.descendants(filter.id) !== undefined)
  return groups.map((group) =>
    group.map((filter) => {
      const known = [filter, withColon(filter)].find(isKnown)
      if (known) return known
      const message = `the filtering term "${filter.id.slice(0, LONGEST_SHOWN)}" is unknown to this node`
      throw new NodeError('invalid_input', message, { detail: UNKNOWN_FILTERING_TERM })
    }),
  )
}

/** What a caller has to know of how the filters were understood. */
export function toFilterNotes({ filters }: BeaconRequest, groups: FilterGroups, data: BeaconData): readonly string[] {
  const unexpanded = groups
    .flat()
    .filter((filter) => !isValueFilter(filter) && filter.includeDescendantTerms)
    .map(({ id }) => id)
    .filter((id) => data.terms.descendants(id) === undefined)
  const similar = filters
    .flat()
    .filter(({ similarity }) => similarity !== undefined && similarity !== 'exact')
    .map(({ id }) => id)
  return [
    ...(unexpanded.length > 0
      ? [`descendants were not expanded, because no ontology that is loaded has ${unexpanded.join(', ')}`]
      : []),
    ...(similar.length > 0 ? [`similarity was taken as exact for ${similar.join(', ')}`] : []),
  ]
}
