import { GRANULARITIES, INCLUDE_RESULTSET_RESPONSES } from '../../../schemas/index.js'
import { demandsLogin, describeStatus, existsIn, isDataAnswer, recordIds, recordsOf } from '../answers.js'
import { fail, firstFailure, pass, skip, type Verdict } from '../../suite/case.js'
import { mapConcurrently, type Question } from '../client.js'
import { fillTemplate, hasPlaceholder, type Endpoint } from '../endpoints.js'
import { at, show, textAt } from '../json.js'
import { rangeQuery } from '../known-variant.js'
import { frameworkErrors } from '../standard-schemas.js'
import type { BeaconCase, World } from '../world.js'

const AT_ONCE = 8
/** A page small enough for every combination of every path. */
const PAGE = 3

/** Every granularity with every choice of result sets. */
const COMBINATIONS: readonly Question[] = GRANULARITIES.flatMap((granularity) =>
  INCLUDE_RESULTSET_RESPONSES.map((include) => ({ granularity, include, skip: 0, limit: PAGE })),
)

/** A record whose id fills the endpoint's template: one that the beacon listed, or that the truth file names. */
export function ownerRecord(world: World, endpoint: Endpoint): unknown {
  const id = world.truth.ids[endpoint.owner]
  const listed = world.lists.get(endpoint.owner)?.records[0]
  const variant =
    endpoint.owner === 'genomicVariant' ? world.variants.find((v) => !v.testMode && v.exists && v.id) : undefined
  return listed ?? (id === undefined ? variant && { id: variant.id } : { id })
}

/** The endpoint's URL with an id; undefined when none is known. */
export function filledUrl(world: World, endpoint: Endpoint): string | undefined {
  return hasPlaceholder(endpoint.url) ? fillTemplate(endpoint.url, ownerRecord(world, endpoint)) : endpoint.url
}

/** Variant parameters that a path cannot do without, because the beacon says it does not list everything. */
export function neededVariant(world: World, { kind, returns }: Endpoint): Pick<Question, 'gVariant'> | undefined {
  if (kind !== 'list' || returns !== 'genomicVariant') return {}
  const entryTypes = at(world.documents.configuration.body, 'response', 'entryTypes')
  const definition = at(entryTypes, 'genomicVariant') ?? at(entryTypes, 'genomicVariation')
  const sample = world.lists.get('genomicVariant')
  const mustFilter = at(definition, 'nonFilteredQueriesAllowed') === false
  if (!mustFilter && sample?.gVariant === undefined) return {}
  const known = world.variants.find((variant) => variant.exists && !variant.testMode)
  const gVariant = known ? rangeQuery(known) : sample?.gVariant
  return gVariant ? { gVariant } : undefined
}

async function judgeTerms(world: World, endpoint: Endpoint, method: 'GET' | 'POST'): Promise<Verdict> {
  const url = filledUrl(world, endpoint)
  if (url === undefined) return skip(`no ${endpoint.owner} is known to ask by`)
  const body = method === 'POST' ? { body: JSON.stringify({ meta: { apiVersion: 'v2.1.1' } }) } : {}
  const exchange = await world.client.send({ method, url, kind: 'framework', ...body })
  if (exchange.status !== 200) return fail(describeStatus(exchange), 'HTTP 200', exchange.where)
  const [error] = frameworkErrors('beacon/filteringTermsResponse.json', exchange.body)
  return error ? fail(`${error.pointer} ${error.message}`, 'a list of filtering terms', exchange.where) : pass()
}

async function judgePath(world: World, endpoint: Endpoint, method: 'GET' | 'POST'): Promise<Verdict> {
  if (endpoint.kind === 'terms') return judgeTerms(world, endpoint, method)
  const url = filledUrl(world, endpoint)
  if (url === undefined) return skip(`no ${endpoint.owner} is known to ask by: the beacon showed no record`)
  const needed = neededVariant(world, endpoint)
  if (needed === undefined)
    return skip('the beacon does not list all variants, and none is known to ask for (use --truth)')
  const exchanges = await mapConcurrently(COMBINATIONS, AT_ONCE, (question) =>
    world.client.ask(method, url, endpoint.returns, { ...question, ...needed }),
  )
  const verdicts = exchanges.map((exchange): Verdict => {
    if (demandsLogin(exchange)) return skip(`the beacon demands a login (HTTP ${exchange.status})`)
    if (!isDataAnswer(exchange)) return fail(describeStatus(exchange), 'HTTP 200 and a responseSummary', exchange.where)
    return existsIn(exchange.body) === undefined
      ? fail(
          `responseSummary.exists is ${show(at(exchange.body, 'responseSummary', 'exists'))}`,
          'true or false',
          exchange.where,
        )
      : pass()
  })
  return firstFailure(verdicts, 'nothing was asked')
}

/** A case for each path of the map and each method. */
export function pathCases(endpoints: readonly Endpoint[]): readonly BeaconCase[] {
  return endpoints.flatMap((endpoint) =>
    (['GET', 'POST'] as const).map((method): BeaconCase => ({
      id: `paths.${method.toLowerCase()} ${endpoint.name}`,
      title: `${method} ${endpoint.name} works at every granularity, with every choice of result sets`,
      spec: 'Beacon v2.1.1 framework, beaconMap; model, endpoints.json',
      severity: 'must',
      run: (world) => judgePath(world, endpoint, method),
    })),
  )
}

async function judgeSingle(world: World, endpoint: Endpoint): Promise<Verdict> {
  const record = ownerRecord(world, endpoint)
  const url = fillTemplate(endpoint.url, record)
  if (url === undefined) return skip(`no ${endpoint.owner} is known`)
  const exchange = await world.client.ask('POST', url, endpoint.returns, { granularity: 'record' })
  if (!isDataAnswer(exchange)) return skip(`the path answers ${describeStatus(exchange)}`)
  if (existsIn(exchange.body) !== true) return fail('exists is false', 'the entry that the list showed', exchange.where)
  const ids = recordIds(exchange.body)
  const id = textAt(record, 'id') ?? textAt(record, 'variantInternalId')
  if (ids.length === 0) return skip('the beacon shows no records here')
  return ids.every((other) => other === id)
    ? pass()
    : fail(
        `the record ${show(ids.find((other) => other !== id))}`,
        `the record ${show(id)} and no other`,
        exchange.where,
      )
}

/** How a record names its parent, by the parent's entry type. */
const PARENT_KEYS: Readonly<Record<string, string>> = {
  individual: 'individualId',
  biosample: 'biosampleId',
  run: 'runId',
  analysis: 'analysisId',
}

async function judgeBelonging(world: World, endpoint: Endpoint): Promise<readonly Verdict[]> {
  const key = PARENT_KEYS[endpoint.owner]
  const record = ownerRecord(world, endpoint)
  const id = textAt(record, 'id')
  const url = fillTemplate(endpoint.url, record)
  if (key === undefined || id === undefined || url === undefined) return []
  const exchange = await world.client.ask('POST', url, endpoint.returns, { granularity: 'record', limit: 100 })
  return recordsOf(exchange.body).flatMap(({ pointer, record: found }) => {
    const parent = textAt(found, key)
    if (parent === undefined || parent === id) return pass()
    return fail(`${pointer}/${key} is ${show(parent)}`, `${show(id)}, whose records were asked for`, exchange.where)
  })
}

export const LINK_CASES: readonly BeaconCase[] = [
  {
    id: 'links.single',
    title: 'an entry asked for by its id is that entry',
    spec: 'Beacon v2.1.1 model, endpoints.json, {id}',
    severity: 'must',
    async run(world) {
      const singles = world.endpoints.filter(({ kind }) => kind === 'single')
      return firstFailure(
        await mapConcurrently(singles, AT_ONCE, (endpoint) => judgeSingle(world, endpoint)),
        'no such path',
      )
    },
  },
  {
    id: 'links.related',
    title: 'records below an entry belong to it',
    spec: 'Beacon v2.1.1 model, endpoints.json, related entries',
    severity: 'must',
    async run(world) {
      const related = world.endpoints.filter(({ kind }) => kind === 'related')
      const verdicts = await mapConcurrently(related, AT_ONCE, (endpoint) => judgeBelonging(world, endpoint))
      return firstFailure(verdicts.flat(), 'no path shows records that name their parent')
    },
  },
  {
    id: 'links.unknown-id-is-nothing',
    title: 'an unknown id is never found',
    spec: 'Beacon v2.1.1 framework, responses, exists',
    severity: 'must',
    run: (world) =>
      judgeUnknownIds(
        world,
        (exchange) => {
          if (exchange.status >= 500 || exchange.failure !== undefined) return describeStatus(exchange)
          return existsIn(exchange.body) === true || recordsOf(exchange.body).length > 0 ? 'exists is true' : undefined
        },
        'nothing found, and no fault',
      ),
  },
  {
    id: 'links.unknown-id-is-200',
    title: 'an unknown id is answered by HTTP 200 with exists false',
    spec: 'silent; networks take 300 and above for a failure of the beacon',
    severity: 'should',
    run: (world) =>
      judgeUnknownIds(
        world,
        (exchange) => (exchange.status === 200 ? undefined : describeStatus(exchange)),
        'HTTP 200, exists false',
      ),
  },
]

const UNKNOWN_ID = 'no-such-entry-0f3a'

async function judgeUnknownIds(
  world: World,
  wrong: (exchange: Awaited<ReturnType<World['client']['send']>>) => string | undefined,
  required: string,
): Promise<Verdict> {
  const templates = world.endpoints.filter(({ kind, url }) => kind !== 'terms' && hasPlaceholder(url))
  const verdicts = await mapConcurrently(templates, AT_ONCE, async (endpoint): Promise<Verdict> => {
    const url = fillTemplate(endpoint.url, { id: UNKNOWN_ID })!
    const exchange = await world.client.ask('POST', url, endpoint.returns, { granularity: 'boolean' })
    if (demandsLogin(exchange)) return skip('the beacon demands a login')
    // A path that is dead for known ids says nothing of unknown ones.
    const dead = [404, 405, 501].includes(exchange.status) && !(await worksOtherwise(world, endpoint))
    if (dead) return skip('the path does not work for any id')
    const seen = wrong(exchange)
    return seen === undefined ? pass() : fail(seen, required, exchange.where)
  })
  return firstFailure(verdicts, 'the map has no path with an id')
}

async function worksOtherwise(world: World, endpoint: Endpoint): Promise<boolean> {
  const url = filledUrl(world, endpoint)
  if (url === undefined) return true
  return isDataAnswer(await world.client.ask('POST', url, endpoint.returns, { granularity: 'boolean' }))
}
