import { GRANULARITIES, type SchemaPath } from '../../../schemas/index.js'
import { COLLECTION_TYPES, isDataAnswer, recordsOf, totalIn } from '../answers.js'
import type { Exchange } from '../client.js'
import { at, entriesAt, isObject, listAt, show } from '../json.js'
import { judgeAll, toComplaint, type Complaint } from '../../suite/judge-all.js'
import { frameworkErrors, type SchemaError } from '../standard-schemas.js'
import type { BeaconCase, World } from '../world.js'

/** Errors of a part of an answer, with places in the whole. */
function partErrors(path: SchemaPath, body: unknown, ...part: string[]): readonly SchemaError[] {
  const place = part.map((key) => `/${key}`).join('')
  return frameworkErrors(path, at(body, ...part)).map((error) => ({
    ...error,
    pointer: place + (error.pointer === '/' ? '' : error.pointer),
  }))
}

const META =
  'the whole meta: beaconId, apiVersion, returnedGranularity, returnedSchemas and receivedRequestSummary with apiVersion, requestedSchemas, pagination, requestedGranularity'

export function metaComplaint({ body }: Exchange): Complaint | undefined {
  return toComplaint(partErrors('beacon/responseMeta.json', body, 'meta'), META)
}

/** `v2.2.0` and later allow result sets without counts and records. */
export function saysVersion22(body: unknown): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(String(at(body, 'meta', 'apiVersion')))
  return match !== null && (Number(match[1]) > 2 || (Number(match[1]) === 2 && Number(match[2]) >= 2))
}

function hasSets(body: unknown): boolean {
  return Array.isArray(at(body, 'response', 'resultSets'))
}

function hasCollections(body: unknown): boolean {
  return Array.isArray(at(body, 'response', 'collections'))
}

function formComplaint({ body }: Exchange): Complaint | undefined {
  const granularity = at(body, 'meta', 'returnedGranularity')
  const bySummary = granularity === 'count' ? 'beacon/countResponse.json' : 'beacon/booleanResponse.json'
  const summary = toComplaint(frameworkErrors(bySummary, body), `an answer valid by ${bySummary}`)
  if (summary) return summary
  if (hasCollections(body)) {
    return toComplaint(frameworkErrors('beacon/collectionsResponse.json', body), 'valid collections')
  }
  if (!hasSets(body)) {
    return granularity === 'record'
      ? {
          seen: 'neither response.resultSets nor response.collections',
          required: 'records, or a lower returnedGranularity',
        }
      : undefined
  }
  const sets = toComplaint(frameworkErrors('beacon/resultSetsResponse.json', body), 'valid result sets')
  if (sets || saysVersion22(body)) return sets
  const index = listAt(body, 'response', 'resultSets').findIndex(
    (set) => !Number.isInteger(at(set, 'resultsCount')) || !Array.isArray(at(set, 'results')),
  )
  return index < 0
    ? undefined
    : { seen: `/response/resultSets/${index} lacks resultsCount or results`, required: 'both, before version 2.2' }
}

const rank = (granularity: unknown) => (GRANULARITIES as readonly unknown[]).indexOf(granularity)

/** The detail that an answer really has. */
function shownGranularity(body: unknown): { readonly rank: number; readonly by: string } {
  const [record] = recordsOf(body)
  if (record) return { rank: rank('record'), by: `a record at ${record.pointer}` }
  if (totalIn(body) !== undefined) return { rank: rank('count'), by: 'responseSummary.numTotalResults' }
  const set = listAt(body, 'response', 'resultSets').findIndex((item) => typeof at(item, 'resultsCount') === 'number')
  return set >= 0
    ? { rank: rank('count'), by: `/response/resultSets/${set}/resultsCount` }
    : { rank: rank('boolean'), by: 'exists' }
}

function ceilingComplaint({ body, question }: Exchange): Complaint | undefined {
  const asked = question?.granularity
  const returned = at(body, 'meta', 'returnedGranularity')
  if (rank(returned) > rank(asked))
    return {
      seen: `asked for ${asked}, returnedGranularity is ${show(returned)}`,
      required: 'never more than was asked',
    }
  const shown = shownGranularity(body)
  return shown.rank > rank(asked)
    ? { seen: `asked for ${asked}, and there is ${shown.by}`, required: 'never more than was asked' }
    : undefined
}

function returnedComplaint({ body }: Exchange): Complaint | undefined {
  const returned = at(body, 'meta', 'returnedGranularity')
  if (rank(returned) < 0) return undefined
  const shown = shownGranularity(body)
  return shown.rank > rank(returned)
    ? {
        seen: `returnedGranularity is ${show(returned)}, and there is ${shown.by}`,
        required: 'the granularity of the answer as it is',
      }
    : undefined
}

function includeComplaint({ body, question }: Exchange): Complaint | undefined {
  const sets = listAt(body, 'response', 'resultSets')
  const include = question?.include
  const wrong = (exists: boolean) => sets.findIndex((set) => at(set, 'exists') === exists)
  const seen = (index: number) => `/response/resultSets/${index} has exists ${show(at(sets[index], 'exists'))}`
  if (include === 'NONE' && sets.length > 0)
    return { seen: `${sets.length} result sets`, required: 'no result sets with NONE' }
  if (include === 'HIT' && wrong(false) >= 0) return { seen: seen(wrong(false)), required: 'only sets with hits' }
  if (include === 'MISS' && wrong(true) >= 0) return { seen: seen(wrong(true)), required: 'only sets without hits' }
  return undefined
}

function countsComplaint({ body }: Exchange): Complaint | undefined {
  const isExact = (holder: unknown) => [undefined, 'exact'].includes(at(holder, 'countPrecision') as string | undefined)
  const summary = at(body, 'responseSummary')
  const [exists, total] = [at(summary, 'exists'), totalIn(body)]
  if (isExact(summary) && total !== undefined && total > 0 !== exists) {
    return {
      seen: `exists is ${show(exists)}, numTotalResults ${total}`,
      required: 'exists exactly when there are results',
    }
  }
  for (const [i, set] of listAt(body, 'response', 'resultSets').entries()) {
    const [count, here, shown] = [at(set, 'resultsCount'), at(set, 'exists'), listAt(set, 'results').length]
    if (typeof count !== 'number' || !isExact(set)) continue
    const place = `/response/resultSets/${i}`
    if (count > 0 !== here)
      return {
        seen: `${place}: exists is ${show(here)}, resultsCount ${count}`,
        required: 'exists exactly when there are results',
      }
    if (shown > count)
      return { seen: `${place}: ${shown} results, resultsCount ${count}`, required: 'a count of all results' }
    if (total !== undefined && isExact(summary) && count > total) {
      return {
        seen: `${place}: resultsCount ${count}, numTotalResults ${total}`,
        required: 'a total of no less than each set',
      }
    }
  }
  return undefined
}

function collectionsComplaint({ body, returns }: Exchange): Complaint | undefined {
  const isCollection = COLLECTION_TYPES.includes(returns ?? '')
  if (isCollection && hasSets(body)) return { seen: `${returns}s as resultSets`, required: 'response.collections' }
  if (!isCollection && hasCollections(body))
    return { seen: `${returns}s as collections`, required: 'response.resultSets' }
  return undefined
}

function requestFormComplaint({ body }: Exchange): Complaint | undefined {
  const summary = at(body, 'meta', 'receivedRequestSummary')
  const flat = entriesAt(summary, 'requestParameters').find(([, value]) => !isObject(value))
  if (flat) {
    return {
      seen: `/meta/receivedRequestSummary/requestParameters/${flat[0]} is ${show(flat[1])}`,
      required: 'parameters nested by entry type: {"g_variant": {…}}',
    }
  }
  const parameters = at(summary, 'requestParameters')
  if (parameters !== undefined && !isObject(parameters))
    return { seen: `requestParameters is ${show(parameters)}`, required: 'an object' }
  const filter = listAt(summary, 'filters').find((item) => typeof item !== 'string')
  return filter === undefined ? undefined : { seen: `filters has ${show(filter)}`, required: 'filters as strings' }
}

function about(kind: Exchange['kind'] | 'any', isAbout: (exchange: Exchange) => boolean) {
  return (exchange: Exchange) => (kind === 'any' || exchange.kind === kind) && isAbout(exchange)
}

function sweep(
  id: string,
  title: string,
  section: string,
  isAbout: (exchange: Exchange) => boolean,
  complain: (exchange: Exchange) => Complaint | undefined,
): BeaconCase {
  const run = ({ client }: World) => judgeAll(client.exchanges, isAbout, complain)
  return { id, title, spec: `Beacon v2.1.1 framework, ${section}`, severity: 'must', run }
}

const hasContent = ({ method, text }: Exchange) => method !== 'HEAD' && text !== ''

/** What is true of every answer; judged at the end, over all that was asked. */
export const ANSWER_CASES: readonly BeaconCase[] = [
  sweep(
    'answers.no-fault',
    'no well-formed question is answered by a fault',
    'responses; HTTP 5xx is never right',
    ({ kind }) => kind !== 'hostile',
    ({ status, failure }) =>
      failure !== undefined || status >= 500
        ? { seen: failure ?? `HTTP ${status}`, required: 'an answer below HTTP 500' }
        : undefined,
  ),
  sweep(
    'answers.json',
    'answers are JSON, and say so',
    'responses, application/json',
    about('any', (exchange) => exchange.status === 200 && exchange.method !== 'OPTIONS' && hasContent(exchange)),
    ({ body, headers, text }) =>
      body === undefined || !/^application\/([\w.-]+\+)?json\b/.test(headers['content-type'] ?? '')
        ? { seen: body === undefined ? show(text) : show(headers['content-type']), required: 'application/json' }
        : undefined,
  ),
  sweep(
    'answers.meta',
    'data answers have the whole meta',
    'beaconResponseMeta',
    about('any', isDataAnswer),
    metaComplaint,
  ),
  sweep(
    'answers.no-null',
    'what is absent is left out, not null',
    'all schemas: no member may be null',
    about('any', hasContent),
    ({ nulls }) => (nulls.length > 0 ? { seen: `${nulls[0]} is null`, required: 'no member at all' } : undefined),
  ),
  sweep(
    'answers.form',
    'an answer has the form of its granularity',
    'beaconBooleanResponse, beaconCountResponse, beaconResultsetsResponse, beaconCollectionsResponse',
    about('any', isDataAnswer),
    formComplaint,
  ),
  sweep(
    'answers.collections',
    'datasets and cohorts come as collections, everything else as result sets',
    'beaconCollectionsResponse',
    about('data', isDataAnswer),
    collectionsComplaint,
  ),
  sweep(
    'answers.granularity-ceiling',
    'an answer never tells more than was asked for',
    'requestedGranularity',
    about('data', (exchange) => isDataAnswer(exchange) && exchange.question?.granularity !== undefined),
    ceilingComplaint,
  ),
  sweep(
    'answers.returned-granularity',
    'returnedGranularity says what the answer is',
    'beaconResponseMeta, returnedGranularity',
    about('any', isDataAnswer),
    returnedComplaint,
  ),
  sweep(
    'answers.include',
    'includeResultsetResponses decides which result sets are there',
    'includeResultsetResponses',
    about('data', (exchange) => isDataAnswer(exchange) && exchange.question?.include !== undefined),
    includeComplaint,
  ),
  sweep(
    'answers.counts',
    'exists and the counts agree',
    'responseSummary and resultSets',
    about('any', isDataAnswer),
    countsComplaint,
  ),
  sweep(
    'answers.request-form',
    'the echo of the request has nested parameters, and filters as strings',
    'beaconReceivedRequestSummary',
    about('any', ({ body }) => isObject(at(body, 'meta', 'receivedRequestSummary'))),
    requestFormComplaint,
  ),
]
