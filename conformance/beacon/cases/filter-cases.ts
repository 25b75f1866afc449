import { demandsLogin, describeStatus, existsIn, isDataAnswer, recordIds, totalIn } from '../answers.js'
import { fail, firstFailure, pass, skip, type Severity, type Verdict } from '../../suite/case.js'
import { mapConcurrently, type AskedFilter, type Exchange } from '../client.js'
import { canonical, show } from '../json.js'
import { listEndpoint, type FilteringTerm, type World, type BeaconCase } from '../world.js'
import { neededVariant } from './path-cases.js'

const SPEC = 'Beacon v2.1.1 framework, filteringTerms; docs, filters'
const AT_ONCE = 8
/** Terms that are tried of each type: a beacon may have tens of thousands. */
const TRIED = 5
const OPERATORS = ['=', '<', '>', '!', '>=', '<='] as const
/** Values that an alphanumeric term may take when it lists none: an age, then a number, then a text. */
const GUESSED_VALUES = ['P40Y', '1', 'a'] as const

/** Entry types of the term's scopes, or of its absence, whose lists can be asked; plural path names are read too. */
function scopesOf(world: World, term: FilteringTerm): readonly string[] {
  const named = term.scopes.flatMap((scope) =>
    [...world.lists.keys()].filter(
      (type) => scope === type || scope === `${type}s` || world.lists.get(type)?.endpoint.url.endsWith(`/${scope}`),
    ),
  )
  const scopes = term.scopes.length > 0 ? named : [...world.lists.keys()].filter((type) => type === 'individual')
  return scopes.filter((type) => listEndpoint(world, type) !== undefined)
}

async function ask(
  world: World,
  entryType: string,
  filters: readonly AskedFilter[],
  method: 'GET' | 'POST' = 'POST',
): Promise<Exchange | undefined> {
  const endpoint = listEndpoint(world, entryType)!
  const needed = neededVariant(world, endpoint)
  if (!needed) return undefined
  return world.client.ask(method, endpoint.url, entryType, { granularity: 'record', limit: 100, filters, ...needed })
}

function essence({ status, body }: Exchange): string {
  return canonical([status, existsIn(body), totalIn(body), recordIds(body)])
}

const LOGIN = skip('the beacon demands a login')
const NO_VARIANT = skip('no variant is known to ask for')

/** A few terms of one type (or not of it), each with a scope it can be asked in. */
function sampleTerms(
  world: World,
  isWanted: (term: FilteringTerm) => boolean,
): readonly { term: FilteringTerm; scope: string }[] {
  return world.terms
    .filter(isWanted)
    .slice(0, TRIED)
    .flatMap((term) => scopesOf(world, term).map((scope) => ({ term, scope })))
}

const isAlphanumeric = ({ type }: FilteringTerm) => /^alphanumeric$/i.test(type)

async function forTerms(
  world: World,
  isWanted: (term: FilteringTerm) => boolean,
  nothing: string,
  judge: (term: FilteringTerm, scope: string) => Promise<readonly Verdict[]>,
): Promise<Verdict> {
  const sampled = sampleTerms(world, isWanted)
  const verdicts = await mapConcurrently(sampled, AT_ONCE, ({ term, scope }) => judge(term, scope))
  return firstFailure(verdicts.flat(), nothing)
}

/** Answers may hold fewer with a filter than without, never more. */
async function judgeKnown(world: World, { id }: FilteringTerm, scope: string): Promise<readonly Verdict[]> {
  const [all, filtered] = [await ask(world, scope, []), await ask(world, scope, [{ id }])]
  if (!all || !filtered) return [NO_VARIANT]
  if (demandsLogin(filtered)) return [LOGIN]
  if (!isDataAnswer(filtered))
    return [
      fail(`${show(id)}: ${describeStatus(filtered)}`, 'HTTP 200: the term is in /filtering_terms', filtered.where),
    ]
  const [before, after] = [totalIn(all.body), totalIn(filtered.body)]
  return before !== undefined && after !== undefined && after > before
    ? [fail(`${before} without ${show(id)}, ${after} with it`, 'a filter only takes away', filtered.where)]
    : [pass()]
}

async function judgeGet(world: World, { id }: FilteringTerm, scope: string): Promise<readonly Verdict[]> {
  // A comma joins filters in a query string.
  if (id.includes(',')) return []
  const [got, posted] = [await ask(world, scope, [{ id }], 'GET'), await ask(world, scope, [{ id }])]
  if (!got || !posted) return [NO_VARIANT]
  if (!isDataAnswer(posted)) return [skip('the filter does not work by POST')]
  return essence(got) === essence(posted)
    ? [pass()]
    : [fail(`GET says ${show(essence(got))}, POST ${show(essence(posted))}`, 'the same answer', got.where)]
}

async function judgeUnknown(world: World): Promise<Verdict> {
  const types = [...world.lists.keys()].filter((type) => listEndpoint(world, type))
  const verdicts = await mapConcurrently(types, AT_ONCE, async (type): Promise<Verdict> => {
    const exchange = await ask(world, type, [{ id: 'NOSUCH:0000000' }])
    if (!exchange) return NO_VARIANT
    if (demandsLogin(exchange)) return LOGIN
    if (exchange.status >= 400 && exchange.status < 500) return pass()
    if (exchange.status !== 200) return fail(describeStatus(exchange), 'HTTP 400, or nothing found', exchange.where)
    return existsIn(exchange.body) === false
      ? pass()
      : fail('exists is true: the filter was ignored', 'HTTP 400, or nothing found', exchange.where)
  })
  return firstFailure(verdicts, 'no lists')
}

async function judgeOperators(world: World, term: FilteringTerm, scope: string): Promise<readonly Verdict[]> {
  for (const value of term.values[0] === undefined ? GUESSED_VALUES : [term.values[0]]) {
    const exchanges = []
    for (const operator of OPERATORS) exchanges.push(await ask(world, scope, [{ id: term.id, operator, value }]))
    const asked = exchanges.flatMap((exchange) => exchange ?? [])
    if (asked.length < OPERATORS.length) return [NO_VARIANT]
    if (asked.some(demandsLogin)) return [LOGIN]
    const [equal] = asked
    // A value of another kind than the term's may be refused; another is tried then.
    if (equal!.status === 400 && term.values.length === 0) continue
    const bad = asked.findIndex((exchange) => !isDataAnswer(exchange))
    // Texts have no order: `<` of a text may be refused, `=` and `!` may not.
    const onlyOrder =
      bad >= 0 &&
      asked.every(
        (exchange, i) => isDataAnswer(exchange) || (exchange.status === 400 && !['=', '!'].includes(OPERATORS[i]!)),
      )
    if (bad >= 0 && !onlyOrder) {
      return [
        fail(
          `${show(term.id)} ${OPERATORS[bad]} ${show(value)}: ${describeStatus(asked[bad]!)}`,
          'HTTP 200',
          asked[bad]!.where,
        ),
      ]
    }
    const sums = judgeSums(
      asked.map((exchange) => totalIn(exchange.body)),
      term.id,
      value,
    )
    return [...sums, await judgeSameByGet(world, scope, { id: term.id, operator: '=', value }, asked[0]!)]
  }
  return [skip(`no value is known for ${show(term.id)}`)]
}

/** `id:=value` in a query string. */
async function judgeSameByGet(world: World, scope: string, filter: AskedFilter, posted: Exchange): Promise<Verdict> {
  // A comma joins filters in a query string.
  if (filter.value!.includes(',') || !isDataAnswer(posted)) return pass()
  const got = await ask(world, scope, [filter], 'GET')
  return got === undefined || essence(got) === essence(posted)
    ? pass()
    : fail(`GET says ${show(essence(got))}, POST ${show(essence(posted))}`, 'the same answer', got.where)
}

/** Totals in the order of OPERATORS. */
function judgeSums(totals: readonly (number | undefined)[], id: string, value: string): readonly Verdict[] {
  const [equal, less, greater, , atLeast, atMost] = totals
  const parts: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['<=', less, atMost],
    ['>=', greater, atLeast],
  ]
  return parts.map(([operator, strict, whole]): Verdict => {
    if (equal === undefined || strict === undefined || whole === undefined) return pass()
    return strict <= whole && equal <= whole
      ? pass()
      : fail(
          `${show(id)} ${operator} ${show(value)}: ${whole}, though ${strict} without equality and ${equal} with it`,
          'no fewer than its parts',
        )
  })
}

async function judgeAnd(world: World): Promise<Verdict> {
  const sampled = sampleTerms(world, (term) => !isAlphanumeric(term))
  const [first] = sampled
  const second = sampled.find(({ term, scope }) => scope === first?.scope && term.id !== first.term.id)
  if (!first || !second) return skip('there are not two terms of one scope')
  const total = async (filters: readonly AskedFilter[]) => {
    const exchange = await ask(world, first.scope, filters)
    return exchange && totalIn(exchange.body)
  }
  const [a, b] = [{ id: first.term.id }, { id: second.term.id }]
  const [one, other, both] = [await total([a]), await total([b]), await total([a, b])]
  if (one === undefined || other === undefined || both === undefined) return skip('the beacon shows no counts')
  return both <= Math.min(one, other)
    ? pass(`${one}, ${other}, both ${both}`)
    : fail(`${one} with ${a.id}, ${other} with ${b.id}, ${both} with both`, 'filters are joined by AND')
}

async function judgeTruth(world: World): Promise<Verdict> {
  const verdicts = await mapConcurrently(
    world.truth.filters,
    AT_ONCE,
    async ({ entryType, filters, exists, count }): Promise<Verdict> => {
      if (!listEndpoint(world, entryType))
        return fail(`no ${entryType} in the map`, 'the entry type that the truth file names')
      const exchange = await ask(world, entryType, filters)
      if (!exchange) return NO_VARIANT
      if (!isDataAnswer(exchange)) return fail(describeStatus(exchange), 'HTTP 200', exchange.where)
      const [found, total] = [existsIn(exchange.body), totalIn(exchange.body)]
      if (found !== exists)
        return fail(`exists is ${show(found)}`, `${exists} for ${show(canonical(filters))}`, exchange.where)
      return count !== undefined && total !== undefined && total !== count
        ? fail(`${total} results`, `${count} for ${show(canonical(filters))}`, exchange.where)
        : pass()
    },
  )
  return firstFailure(verdicts, 'no truth file tells of filters')
}

function filterCase(id: string, title: string, severity: Severity, run: BeaconCase['run']): BeaconCase {
  return { id: `filters.${id}`, title, spec: SPEC, severity, run }
}

const NO_TERMS = 'the beacon has no such filtering terms'

/** Filters, with the terms that the beacon itself lists. */
export const FILTER_CASES: readonly BeaconCase[] = [
  filterCase('known', 'a term of /filtering_terms filters the entry types of its scopes', 'must', (world) =>
    forTerms(
      world,
      (term) => !isAlphanumeric(term),
      NO_TERMS,
      (term, scope) => judgeKnown(world, term, scope),
    ),
  ),
  filterCase('unknown', 'an unknown term is refused or finds nothing; it is never ignored', 'must', judgeUnknown),
  filterCase('alphanumeric', 'an alphanumeric term takes every operator, in a query string too', 'must', (world) =>
    forTerms(world, isAlphanumeric, NO_TERMS, (term, scope) => judgeOperators(world, term, scope)),
  ),
  filterCase('get', 'a filter in a query string does what it does in a body', 'must', (world) =>
    forTerms(
      world,
      (term) => !isAlphanumeric(term),
      NO_TERMS,
      (term, scope) => judgeGet(world, term, scope),
    ),
  ),
  filterCase('and', 'several filters are joined by AND', 'must', judgeAnd),
  filterCase('truth', 'filters find what the truth file says', 'must', judgeTruth),
]
