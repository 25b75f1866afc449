import { describeStatus, isDataAnswer } from '../answers.js'
import { fail, firstFailure, pass, skip, type Severity, type Verdict } from '../../suite/case.js'
import type { Exchange, RawRequest } from '../client.js'
import { at, isObject, show } from '../json.js'
import { contigOf, type KnownVariant } from '../known-variant.js'
import { frameworkErrors } from '../standard-schemas.js'
import { listEndpoint, type World, type BeaconCase } from '../world.js'
import { judgeAll, toComplaint } from '../../suite/judge-all.js'
import { metaComplaint } from './answer-cases.js'

const SPEC = 'Beacon v2.1.1 framework, beaconErrorResponse'

/** What a case takes for right: refused with one of the 4xx codes, or only no fault. */
type Wanted = 'refused' | 'no-fault' | readonly number[]

function judge(exchange: Exchange, wanted: Wanted): Verdict {
  const { status, failure, where } = exchange
  if (failure !== undefined || status >= 500) return fail(describeStatus(exchange), 'below HTTP 500', where)
  if (wanted === 'no-fault') return pass(`HTTP ${status}`)
  if (wanted === 'refused') {
    return status >= 400
      ? pass(`HTTP ${status}`)
      : fail(`HTTP ${status}`, 'HTTP 400: the request cannot be understood', where)
  }
  return wanted.includes(status) ? pass(`HTTP ${status}`) : fail(`HTTP ${status}`, `HTTP ${wanted.join(' or ')}`, where)
}

function send(world: World, request: Partial<RawRequest> & { readonly url: string }): Promise<Exchange> {
  return world.client.send({ method: 'POST', kind: 'hostile', ...request })
}

function hostileCase(id: string, title: string, severity: Severity, run: BeaconCase['run'], spec = SPEC): BeaconCase {
  return { id: `errors.${id}`, title, spec, severity, run }
}

/** Any list, those of people first: they take a request without parameters. */
function anyList(world: World): string | undefined {
  const types = ['individual', 'biosample', 'dataset', ...world.lists.keys()]
  return types.map((type) => listEndpoint(world, type)?.url).find((url) => url !== undefined)
}

/** A body sent as it is to a list. */
function rawCase(
  id: string,
  title: string,
  severity: Severity,
  wanted: Wanted,
  body: string | undefined,
  contentType?: string,
): BeaconCase {
  return hostileCase(id, title, severity, async (world) => {
    const url = anyList(world)
    if (url === undefined) return skip('the map has no list')
    return judge(
      await send(world, { url, ...(body === undefined ? {} : { body }), ...(contentType ? { contentType } : {}) }),
      wanted,
    )
  })
}

function queryBody(query: object): string {
  return JSON.stringify({ meta: { apiVersion: 'v2.1.1' }, query })
}

const PLACE: Pick<KnownVariant, 'referenceName' | 'assemblyId'> = { assemblyId: 'GRCh38', referenceName: '17' }

/** Variant parameters that make no question. */
function variantCase(id: string, title: string, severity: Severity, wanted: Wanted, g_variant: object): BeaconCase {
  return hostileCase(
    id,
    title,
    severity,
    async (world) => {
      const endpoint = listEndpoint(world, 'genomicVariant')
      if (!endpoint) return skip('the beacon has no variants in its map')
      const known = world.variants.find(({ testMode }) => !testMode)
      const place = known ? contigOf(known) : PLACE
      const body = queryBody({ requestParameters: { g_variant: { ...place, ...g_variant } } })
      return judge(await send(world, { url: endpoint.url, body }), wanted)
    },
    'Beacon v2.1.1 model, genomicVariations requestParameters',
  )
}

const HOSTILE_TEXTS: readonly string[] = [
  queryBody({ filters: [{ id: '' }] }),
  queryBody({ filters: [{ id: "x' OR '1'='1" }] }),
  queryBody({ filters: [{ id: 'x'.repeat(20_000) }] }),
  queryBody({ pagination: { skip: 1e300, limit: 1e300 } }),
  queryBody({ requestParameters: { g_variant: { __proto__: null, constructor: 'x' } } }),
  queryBody({ requestParameters: [1, 2, 3] }),
  queryBody({ filters: [[{ id: 'HP:0000001' }], [[]]] }),
  '{"query":'.repeat(500) + '1' + '}'.repeat(500),
]

async function judgeHostileTexts(world: World): Promise<Verdict> {
  const url = anyList(world)
  if (url === undefined) return skip('the map has no list')
  const verdicts: Verdict[] = []
  for (const body of HOSTILE_TEXTS) verdicts.push(judge(await send(world, { url, body }), 'no-fault'))
  for (const query of [
    'filters=%00',
    'filters=%E0%A4%A',
    'skip=-1',
    'limit=abc',
    'filters=:',
    'requestedGranularity=x&requestedGranularity=y',
  ]) {
    verdicts.push(judge(await send(world, { method: 'GET', url: `${url}?${query}` }), 'no-fault'))
  }
  return firstFailure(verdicts, 'nothing was sent')
}

async function judgeTemplates(world: World): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const { kind, url } of world.endpoints) {
    if (kind !== 'single') continue
    const literal = url.replaceAll('{', '%7B').replaceAll('}', '%7D')
    for (const odd of [
      literal,
      url.replace(/\{[^}]*\}/, '%E0%A4%A'),
      url.replace(/\{[^}]*\}/, `${'x'.repeat(3000)}`),
    ]) {
      verdicts.push(judge(await send(world, { method: 'GET', url: odd }), 'no-fault'))
    }
  }
  return firstFailure(verdicts, 'the map has no path for a single entry')
}

async function judgeHead(world: World): Promise<Verdict> {
  const verdicts: Verdict[] = []
  for (const url of [`${world.base}/info`, `${world.base}/map`]) {
    const got = await send(world, { method: 'GET', url })
    const head = await send(world, { method: 'HEAD', url })
    verdicts.push(
      head.status === got.status && head.text === ''
        ? pass()
        : fail(
            `HTTP ${head.status}${head.text === '' ? '' : ' with a body'}`,
            `HTTP ${got.status} as for GET, without a body`,
            head.where,
          ),
    )
  }
  return firstFailure(verdicts, 'nothing was sent')
}

const isError = ({ method, status, text }: Exchange) => status >= 400 && method !== 'HEAD' && text !== ''

/** Requests that are wrong, each in one way. */
export const ERROR_CASES: readonly BeaconCase[] = [
  rawCase('malformed-json', 'a body that is no JSON is refused', 'must', 'refused', '{"meta": '),
  rawCase('array-body', 'a body that is no object is refused', 'must', 'refused', '[1, 2]'),
  rawCase('content-type', 'a body that is not called JSON is no fault', 'must', 'no-fault', 'a=b', 'text/plain'),
  rawCase('empty-body', 'POST without a body is no fault', 'must', 'no-fault', undefined),
  rawCase(
    'granularity',
    'a granularity that does not exist is refused',
    'must',
    'refused',
    queryBody({ requestedGranularity: 'everything' }),
  ),
  rawCase(
    'pagination',
    'a negative skip is refused',
    'must',
    'refused',
    queryBody({ pagination: { skip: -1, limit: 10 } }),
  ),
  rawCase(
    'pagination-type',
    'a limit that is no number is refused',
    'must',
    'refused',
    queryBody({ pagination: { limit: 'all' } }),
  ),
  rawCase(
    'filter-strings',
    'filters of a body that are no objects are refused',
    'should',
    'refused',
    queryBody({ filters: ['HP:0000001'] }),
  ),
  variantCase('wrong-type', 'a start that is no number is refused', 'must', 'refused', {
    start: ['abc'],
    alternateBases: 'A',
  }),
  variantCase('bases', 'bases that are none are refused', 'must', 'refused', {
    start: [1000],
    referenceBases: 'A',
    alternateBases: '<script>',
  }),
  variantCase('start-alone', 'a start without end or alternateBases is refused', 'must', 'refused', { start: [1000] }),
  variantCase('backward-range', 'a range whose end is not after its start is refused', 'should', 'refused', {
    start: [2000],
    end: [1000],
  }),
  variantCase('mixed-coordinates', 'two starts with one end are refused', 'should', 'refused', {
    start: [1000, 2000],
    end: [3000],
  }),
  hostileCase('unknown-route', 'an unknown route is HTTP 404', 'must', async (world) =>
    // A beacon that asks first who is there does not tell strangers what there is.
    judge(await send(world, { method: 'GET', url: `${world.base}/no_such_entry_type_0f3a` }), [404, 401, 403]),
  ),
  hostileCase('wrong-method', 'a method that is not allowed is HTTP 405', 'should', async (world) => {
    const url = anyList(world)
    if (url === undefined) return skip('the map has no list')
    const verdicts: Verdict[] = []
    for (const method of ['DELETE', 'PUT', 'PATCH'])
      verdicts.push(judge(await send(world, { method, url }), [405, 404, 501]))
    return firstFailure(verdicts, 'nothing was sent')
  }),
  hostileCase('hostile-texts', 'strange but well-formed requests are no fault', 'must', judgeHostileTexts),
  hostileCase('strange-ids', 'strange ids in a path are no fault', 'must', judgeTemplates),
  {
    id: 'methods.head',
    title: 'HEAD answers as GET, without a body',
    spec: 'RFC 9110, 9.3.2',
    severity: 'should',
    run: judgeHead,
  },
  {
    id: 'methods.options',
    title: 'OPTIONS is no fault',
    spec: 'RFC 9110, 9.3.7; browsers ask so before they POST',
    severity: 'must',
    run: async (world) =>
      judge(await send(world, { method: 'OPTIONS', url: anyList(world) ?? `${world.base}/info` }), 'no-fault'),
  },
]

/** What is true of every error; judged at the end, over all that was asked. */
export const ERROR_FORM_CASES: readonly BeaconCase[] = [
  {
    id: 'errors.form',
    title: 'errors are JSON in the form of the standard',
    spec: SPEC,
    severity: 'must',
    run: ({ client }) =>
      judgeAll(client.exchanges, isError, ({ body, text }) =>
        isObject(body)
          ? isObject(at(body, 'error'))
            ? undefined
            : toComplaint(frameworkErrors('beacon/errorResponse.json', body), 'an object "error"')
          : { seen: show(text), required: 'a JSON object' },
      ),
  },
  {
    id: 'errors.meta',
    title: 'errors have the whole meta',
    spec: SPEC,
    severity: 'must',
    run: ({ client }) =>
      judgeAll(
        client.exchanges,
        (exchange) => isError(exchange) && isObject(at(exchange.body, 'error')),
        metaComplaint,
      ),
  },
  {
    id: 'errors.code',
    title: 'errorCode is an integer, and the HTTP status',
    spec: SPEC,
    severity: 'must',
    run: ({ client }) =>
      judgeAll(
        client.exchanges,
        (exchange) => isError(exchange) && isObject(at(exchange.body, 'error')),
        ({ body, status }) => {
          const code = at(body, 'error', 'errorCode')
          return code === status
            ? undefined
            : {
                seen: `errorCode ${JSON.stringify(code) ?? 'missing'} with HTTP ${status}`,
                required: `the integer ${status}`,
              }
        },
      ),
  },
  {
    id: 'errors.not-both',
    title: 'an answer is either data or an error',
    spec: SPEC,
    severity: 'must',
    run: ({ client }) =>
      judgeAll(client.exchanges, isDataAnswer, ({ body }) =>
        at(body, 'error') === undefined ? undefined : { seen: 'HTTP 200 with an error', required: 'one of them' },
      ),
  },
]
