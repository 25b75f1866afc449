import { demandsLogin, describeStatus, existsIn, isDataAnswer, recordsOf } from '../answers.js'
import { fail, firstFailure, pass, skip, type Severity, type Verdict } from '../../suite/case.js'
import { mapConcurrently, type Exchange, type Question } from '../client.js'
import { fillTemplate, hasPlaceholder, type Endpoint } from '../endpoints.js'
import { at, canonical, entriesAt, isObject, listAt, show, textAt } from '../json.js'
import { rangeQuery } from '../known-variant.js'
import { listEndpoint, type World, type BeaconCase } from '../world.js'
import { judgeAll, type Complaint } from '../../suite/judge-all.js'
import { neededVariant } from './path-cases.js'

const ECHO = 'Beacon v2.1.1 framework, beaconReceivedRequestSummary'
const TEST_MODE = 'Beacon v2.1.1 framework, testMode'
const AT_ONCE = 8

/** What was asked is said again: each member that was sent, as far as the echo has it. */
function echoComplaint({ body, question }: Exchange): Complaint | undefined {
  const summary = at(body, 'meta', 'receivedRequestSummary')
  const { granularity, include, skip: skipped, limit, testMode } = question!
  const sent: readonly (readonly [string, unknown, unknown])[] = [
    ['requestedGranularity', granularity, at(summary, 'requestedGranularity')],
    ['includeResultsetResponses', include, at(summary, 'includeResultsetResponses')],
    ['testMode', testMode, at(summary, 'testMode')],
    ['pagination.skip', skipped, at(summary, 'pagination', 'skip')],
    // A beacon has a most of its own, which is what the echo then says.
    ['pagination.limit', limit === 0 ? undefined : limit, at(summary, 'pagination', 'limit')],
  ]
  for (const [name, asked, echoed] of sent) {
    if (asked === undefined || echoed === undefined || asked === echoed) continue
    if (name === 'pagination.limit' && typeof echoed === 'number' && echoed < Number(asked)) continue
    return {
      seen: `asked with ${name} ${show(asked)}, the echo says ${show(echoed)}`,
      required: 'the request as it was read',
    }
  }
  return undefined
}

/** The echo of variant parameters and filters is of what was sent. */
function contentComplaint({ body, question }: Exchange): Complaint | undefined {
  const summary = at(body, 'meta', 'receivedRequestSummary')
  const echoedFilters = listAt(summary, 'filters')
  const filters = echoedFilters.filter((item) => typeof item === 'string')
  // Echoes that are no strings are the matter of the case about their form.
  const isReadable = filters.length === echoedFilters.length
  const missing = isReadable
    ? question!.filters?.find(({ id }) => !filters.some((text) => text.includes(id)))
    : undefined
  if (missing && at(summary, 'filters') !== undefined) {
    return {
      seen: `asked with the filter ${show(missing.id)}, the echo has ${show(filters)}`,
      required: 'the filters as they were read',
    }
  }
  const parameters = at(summary, 'requestParameters')
  const flat = isObject(parameters) ? Object.values(parameters).filter(isObject) : []
  if (!question!.gVariant || flat.length === 0) return undefined
  const echoed = Object.assign({}, ...flat) as Record<string, unknown>
  // Chromosome names may be read into another spelling; the rest stays.
  const wrong = Object.entries(question!.gVariant).find(
    ([key, value]) =>
      ['start', 'end', 'alternateBases', 'referenceBases', 'geneId'].includes(key) &&
      canonical(echoed[key]) !== canonical(value),
  )
  return wrong
    ? {
        seen: `asked with ${wrong[0]} ${show(wrong[1])}, the echo says ${show(echoed[wrong[0]])}`,
        required: 'the parameters as they were read',
      }
    : undefined
}

const hasEcho = (exchange: Exchange) =>
  exchange.kind === 'data' && isDataAnswer(exchange) && exchange.question !== undefined

/** Flat parameters are read by most beacons though they are not valid; their echo must be nested all the same. */
async function judgeFlat(world: World): Promise<Verdict> {
  const endpoint = listEndpoint(world, 'genomicVariant')
  const [variant] = world.variants
  if (!endpoint || !variant) return skip('no variant is known to ask for')
  const query = { requestParameters: rangeQuery(variant), requestedGranularity: 'boolean', testMode: variant.testMode }
  const body = JSON.stringify({ meta: { apiVersion: 'v2.1.1' }, query })
  const exchange = await world.client.send({
    method: 'POST',
    url: endpoint.url,
    kind: 'hostile',
    returns: endpoint.returns,
    body,
  })
  if (exchange.status >= 500 || exchange.failure !== undefined)
    return fail(describeStatus(exchange), 'no fault', exchange.where)
  if (!isDataAnswer(exchange)) return pass('refused')
  const flat = entriesAt(exchange.body, 'meta', 'receivedRequestSummary', 'requestParameters').find(
    ([, v]) => !isObject(v),
  )
  return flat
    ? fail(`the echo has ${flat[0]} at the top`, 'parameters nested by entry type', exchange.where)
    : pass('read, and nested')
}

async function askTest(world: World, endpoint: Endpoint, url: string, method: 'GET' | 'POST'): Promise<Verdict> {
  const question: Question = { granularity: 'record', testMode: true, skip: 0, limit: 1 }
  const exchange = await world.client.ask(method, url, endpoint.returns, question)
  return isDataAnswer(exchange) && existsIn(exchange.body) !== undefined
    ? pass()
    : fail(describeStatus(exchange), 'HTTP 200 without a login', exchange.where)
}

async function judgeTestMode(
  world: World,
  isWanted: (endpoint: Endpoint) => boolean,
  method: 'GET' | 'POST',
): Promise<Verdict> {
  const endpoints = world.endpoints.filter((endpoint) => endpoint.kind !== 'terms' && isWanted(endpoint))
  const verdicts = await mapConcurrently(endpoints, AT_ONCE, (endpoint) => {
    const test = world.testLists.get(endpoint.owner)
    const record = recordsOf(test?.body)[0]?.record ?? { id: 'no-such-entry-0f3a' }
    const url = hasPlaceholder(endpoint.url) ? fillTemplate(endpoint.url, record) : endpoint.url
    return url === undefined
      ? Promise.resolve(skip('the test data have no ids'))
      : askTest(world, endpoint, url, method)
  })
  return firstFailure(verdicts, 'no such path in the map')
}

async function judgeSchemas(world: World, schema: (entryType: string) => object, required: string): Promise<Verdict> {
  const lists = [...world.lists.values()]
  const verdicts = await mapConcurrently(lists, AT_ONCE, async ({ endpoint }): Promise<Verdict> => {
    const needed = neededVariant(world, endpoint)
    if (!needed) return skip('no variant is known to ask for')
    const question = { granularity: 'boolean', requestedSchemas: [schema(endpoint.returns)], ...needed } as const
    const exchange = await world.client.ask('POST', endpoint.url, endpoint.returns, question)
    if (demandsLogin(exchange)) return skip('the beacon demands a login')
    const isRight = required === 'HTTP 200' ? isDataAnswer(exchange) : exchange.status > 0 && exchange.status < 500
    return isRight ? pass() : fail(describeStatus(exchange), required, exchange.where)
  })
  return firstFailure(verdicts, 'no lists')
}

function defaultSchemaOf(world: World, entryType: string): string {
  const definition = at(world.documents.configuration.body, 'response', 'entryTypes', entryType)
  return textAt(definition, 'defaultSchema', 'id') ?? `ga4gh-beacon-${entryType}-v2.1.1`
}

function testModeCase(id: string, title: string, severity: Severity, run: BeaconCase['run']): BeaconCase {
  return { id: `test-mode.${id}`, title, spec: TEST_MODE, severity, run }
}

export const REQUEST_CASES: readonly BeaconCase[] = [
  testModeCase('lists', 'testMode answers on every list, without a login', 'must', (world) =>
    judgeTestMode(world, ({ kind }) => kind === 'list', 'POST'),
  ),
  testModeCase('sub-paths', 'testMode answers on every other path, without a login', 'must', (world) =>
    judgeTestMode(world, ({ kind }) => kind !== 'list', 'POST'),
  ),
  testModeCase('get', 'testMode works by GET too', 'should', (world) => judgeTestMode(world, () => true, 'GET')),
  {
    id: 'requests.requested-schema',
    title: 'the default schema of an entry type may be asked for',
    spec: 'Beacon v2.1.1 framework, requestedSchemas',
    severity: 'must',
    run: (world) =>
      judgeSchemas(world, (entityType) => ({ entityType, schema: defaultSchemaOf(world, entityType) }), 'HTTP 200'),
  },
  {
    id: 'requests.unknown-schema',
    title: 'an unknown schema is no fault',
    spec: 'Beacon v2.1.1 framework, requestedSchemas',
    severity: 'must',
    run: (world) => judgeSchemas(world, (entityType) => ({ entityType, schema: 'no-such-schema' }), 'below HTTP 500'),
  },
  {
    id: 'requests.flat-parameters',
    title: 'flat variant parameters are refused, or echoed nested',
    spec: ECHO,
    severity: 'should',
    run: judgeFlat,
  },
]

/** Judged at the end, over all that was asked. */
export const ECHO_CASES: readonly BeaconCase[] = [
  {
    id: 'requests.echo',
    title: 'the answer says what was asked: granularity, result sets, page, testMode',
    spec: ECHO,
    severity: 'must',
    run: ({ client }) => judgeAll(client.exchanges, hasEcho, echoComplaint),
  },
  {
    id: 'requests.echo-content',
    title: 'the echo of filters and variant parameters is of those that were sent',
    spec: ECHO,
    severity: 'must',
    run: ({ client }) => judgeAll(client.exchanges, hasEcho, contentComplaint),
  },
  testModeCase('echo', 'meta of an answer in testMode says so', 'must', ({ client }) =>
    judgeAll(
      client.exchanges,
      (exchange) => hasEcho(exchange) && exchange.question?.testMode === true,
      ({ body }) =>
        at(body, 'meta', 'testMode') === true
          ? undefined
          : { seen: `meta.testMode is ${show(at(body, 'meta', 'testMode'))}`, required: 'true' },
    ),
  ),
]
