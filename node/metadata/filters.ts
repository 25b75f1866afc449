import { Bitmap } from '../variants/bitmap.js'
import { restrictionTo, visibleOf, type VisibleSet } from '../variants/visible-set.js'
import type { DatasetIndex, NumberList, TypeIndex } from './dataset-index.js'
import { classifyText, type ValueKind } from './index-document.js'
import { RECORD_TYPES, type RecordType } from './record.js'

export type Operator = '=' | '!' | '<' | '>' | '<=' | '>='

/** Finds people or records by an ontology term, or by a value (`operator` and `value` then). */
export interface Filter {
  /** Ontology term, or the field of a value. */
  readonly id: string
  readonly operator?: Operator
  readonly value?: string
  /** Of which records it speaks; absent: of all that know it. */
  readonly scope?: RecordType
  readonly includeDescendantTerms: boolean
}

/** Of the filters of a group one must hold; of the groups all. */
export type FilterGroups = readonly (readonly Filter[])[]

/** The term with all that is below it in its ontology; undefined when no ontology knows it. */
export type Descendants = (term: string) => readonly string[] | undefined

/** Why a filter cannot mean anything, e.g. `<` before a word; undefined when it can. To be asked before a filter is applied. */
export function problemOf({ id, operator = '=', value = '' }: Filter): string | undefined {
  if (operator === '=' || operator === '!' || typeof parseValue(value).value === 'number') return undefined
  return `${id}: ${operator} compares with a number, an ISO 8601 duration or a date, and "${value}" is none of them`
}

/** Fields that clients know by another name. */
const FIELD_NAMES: ReadonlyMap<string, string> = new Map([
  ['ageOfOnset', 'diseases.ageOfOnset'],
  ['EFO:0004847', 'diseases.ageOfOnset'],
  ['ageAtOnset', 'diseases.ageOfOnset'],
])

const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/

export function isValueFilter({ operator, value }: Filter): boolean {
  return operator !== undefined || value !== undefined
}

function fieldOf({ id }: Filter): string {
  return FIELD_NAMES.get(id) ?? id
}

function typesOf({ scope }: Filter): readonly RecordType[] {
  return scope ? [scope] : RECORD_TYPES
}

/** Whether some record of somebody who may be seen has the term, one below it, or the field. */
export function knowsFilter(
  index: DatasetIndex,
  filter: Filter,
  descendants: Descendants,
  visible: VisibleSet,
): boolean {
  return typesOf(filter).some((type) => {
    const { terms, texts, numbers, people, toEntities } = index[type]
    const among = restrictionTo(visible, people)
    const theirs = among && toEntities(among)
    const isTheirs = (entities: Bitmap) => theirs === undefined || entities.intersects(theirs)
    if (!isValueFilter(filter)) {
      return namedTerms(filter, descendants).some((term) => {
        const entities = terms.get(term)?.entities
        return entities !== undefined && isTheirs(entities)
      })
    }
    const field = fieldOf(filter)
    const values = [...(texts.get(field)?.values() ?? [])]
    const lists = numbers.get(field) ?? []
    return values.some(isTheirs) || lists.some(({ entities }) => isTheirs(new Bitmap(entities)))
  })
}

/**
 * Whether the dataset has records of the kind that the filter speaks of, of somebody who may be seen; without them nothing can
 * be said.
 */
export function canDecide(index: DatasetIndex, filter: Filter, visible: VisibleSet): boolean {
  return typesOf(filter).some((type) => !visibleOf(visible, index[type].people).isEmpty)
}

function namedTerms({ id, includeDescendantTerms }: Filter, descendants: Descendants): readonly string[] {
  return includeDescendantTerms ? (descendants(id) ?? [id]) : [id]
}

/**
 * The people of whom every group of filters holds, or the records of them: a filter on records of another type holds of a
 * record when it holds of one of its person's.
 *
 * @param wanted of which type the entities of the result are; of `individual` they are people, with and without a record
 * @throws FilterError
 */
export function applyFilters(
  index: DatasetIndex,
  groups: FilterGroups,
  wanted: RecordType,
  descendants: Descendants,
): Bitmap | undefined {
  let result: Bitmap | undefined
  for (const group of groups) {
    const found = Bitmap.orMany(group.map((filter) => applyFilter(index, filter, wanted, descendants)))
    if (result) result.andInPlace(found)
    else result = found
  }
  return result
}

function applyFilter(index: DatasetIndex, filter: Filter, wanted: RecordType, descendants: Descendants): Bitmap {
  const sets = typesOf(filter).map((type) => {
    const matching = matchEntities(index[type], filter, descendants)
    if (type === wanted) return matching
    const people = index[type].toIndividuals(matching)
    return wanted === 'individual' ? people : index[wanted].toEntities(people)
  })
  return Bitmap.orMany(sets)
}

function matchEntities(index: TypeIndex, filter: Filter, descendants: Descendants): Bitmap {
  if (isValueFilter(filter)) return matchValues(index, filter)
  const sets = namedTerms(filter, descendants).flatMap((term) => index.terms.get(term)?.entities ?? [])
  return Bitmap.orMany(sets)
}

interface ComparedValue {
  readonly kind: ValueKind
  readonly value: number | string
}

function parseValue(text: string): ComparedValue {
  return NUMBER.test(text) ? { kind: 'number', value: Number(text) } : classifyText(text)
}

function matchValues(index: TypeIndex, filter: Filter): Bitmap {
  const { operator = '=', value = '' } = filter
  const field = fieldOf(filter)
  const texts = index.texts.get(field)
  const lists = index.numbers.get(field) ?? []
  if (operator === '=') return matchEqual(texts, lists, value)
  if (operator === '!') {
    const having = Bitmap.orMany([...(texts?.values() ?? []), ...lists.map(({ entities }) => new Bitmap(entities))])
    return Bitmap.andNot(having, matchEqual(texts, lists, value))
  }
  const asked = parseValue(value)
  if (typeof asked.value !== 'number') throw new TypeError('a filter that was not checked')
  const wanted = asked.value
  const sets = lists.filter(({ kind }) => kind === asked.kind).map((list) => sliceOf(list, operator, wanted))
  return Bitmap.orMany(sets)
}

function matchEqual(
  texts: ReadonlyMap<string, Bitmap> | undefined,
  lists: readonly NumberList[],
  value: string,
): Bitmap {
  const sets: Bitmap[] = []
  if (value.includes('%')) {
    const isLike = toLikeTest(value)
    for (const [text, entities] of texts ?? []) if (isLike(text)) sets.push(entities)
    return Bitmap.orMany(sets)
  }
  const same = texts?.get(value)
  if (same) sets.push(same)
  const asked = parseValue(value)
  if (typeof asked.value === 'number') {
    for (const list of lists) if (list.kind === asked.kind) sets.push(sliceOf(list, '=', asked.value))
  }
  return Bitmap.orMany(sets)
}

/** `%` stands for any text; no regular expression, so that no value takes long. */
function toLikeTest(pattern: string): (text: string) => boolean {
  const parts = pattern.split('%')
  const first = parts[0]!
  const last = parts.at(-1)!
  const inner = parts.slice(1, -1)
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const part of inner) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= text.length - last.length
  }
}

function sliceOf({ numbers, entities }: NumberList, operator: Exclude<Operator, '!'>, value: number): Bitmap {
  const below = lowerBound(numbers, value, false)
  const notAbove = lowerBound(numbers, value, true)
  switch (operator) {
    case '=':
      return new Bitmap(entities.subarray(below, notAbove))
    case '<':
      return new Bitmap(entities.subarray(0, below))
    case '<=':
      return new Bitmap(entities.subarray(0, notAbove))
    case '>':
      return new Bitmap(entities.subarray(notAbove))
    case '>=':
      return new Bitmap(entities.subarray(below))
  }
}

/** How many numbers are below the value, or with `orEqual` at most it. */
function lowerBound(numbers: Float64Array, value: number, orEqual: boolean): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const number = numbers[middle]!
    if (number < value || (orEqual && number === value)) low = middle + 1
    else high = middle
  }
  return low
}
