import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import { parseBeaconRequest, type BeaconRequest, type DataResponse, type Granularity } from '../../schemas/index.js'
import { keepBody, toCredentials } from '../credentials.js'
import { NodeError, toHttpStatus } from '../errors.js'
import type { Protocol } from '../protocol.js'
import { nameRoute, setRoute } from '../route-name.js'
import { createSchemaRoutes } from '../schema-routes.js'
import { sendJson } from '../send.js'
import { isListed } from '../access/dataset-access.js'
import { answerCohorts, answerDatasets } from './answer-collections.js'
import { answerRecords } from './answer-records.js'
import { answerVariants } from './answer-variants.js'
import type { BeaconContext, Envelope } from './context.js'
import { toErrorResponse } from './error-response.js'
import { BELOW, ENTRY_TYPES, PATH_NAMES, WITH_OWN_TERMS, type EntryPoint } from './entry-point.js'
import { answerFilteringTerms, type TermsWanted } from './filtering-terms.js'
import { toConfiguration, toEntryTypesAnswer, toInfo, toMap, toServiceInfo } from './informational.js'

/** Where the Beacon API stands on every node. */
export const BEACON_PATH = '/beacon/v2'

/** Beacon requests are small; the largest are lists of dataset ids and filters. */
const LARGEST_BODY = '100kb'

/** HEAD is GET without the body. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

/** @throws NodeError a body that is no JSON is refused; no body at all is an empty request */
function requireJson(request: Request): void {
  // The spelling that nearly every client sends; `is` parses all others.
  if (request.headers['content-type'] === 'application/json') return
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  if (request.method === 'POST' && hasBody && !request.is('application/json')) {
    throw new NodeError('unsupported_media_type', 'send the request body as application/json')
  }
}

/** Beacon v2, as a node speaks it. */
export function createBeaconProtocol(context: BeaconContext): Protocol {
  return {
    name: 'Beacon',
    path: BEACON_PATH,
    addRoutes: (app) => addBeaconRoutes(app, context),
    sendError(_request, response, error) {
      sendJson(response, toHttpStatus(error.code), toErrorResponse(context.config, error), error.headers)
    },
  }
}

/** Adds every Beacon v2 endpoint of a node, GET and POST. */
function addBeaconRoutes(app: Express, context: BeaconContext): void {
  const { config, baseUrl } = context
  const readBody = express.json({ limit: LARGEST_BODY, inflate: false, verify: keepBody })

  function parse(request: Request, defaultGranularity: Granularity): BeaconRequest {
    const parsed = parseBeaconRequest(request.query, request.body, defaultGranularity)
    if (!parsed.ok) throw new NodeError('invalid_input', parsed.message)
    return parsed.value
  }

  function on(path: string, answer: (request: Request, response: Response) => object | Promise<object>): void {
    const route = path === '/' ? BEACON_PATH : BEACON_PATH + path
    const prepare: RequestHandler = (request, response, next) => {
      setRoute(response, route)
      if (!METHODS.has(request.method)) throw new NodeError('method_not_allowed', 'use GET or POST')
      requireJson(request)
      readBody(request, response, next)
    }
    app.all(route, prepare, async (request, response) => {
      sendJson(response, 200, await answer(request, response))
    })
  }

  // First, because routes are tried in turn and nearly every request is one of these.
  on('/g_variants', (request, response) => answer(request, response, { wanted: 'genomicVariant' }))
  on('/g_variants/:id', (request, response) =>
    answer(request, response, { wanted: 'genomicVariant', id: String(request.params['id']) }),
  )

  function info(request: Request): object {
    const schema = request.query['requestedSchema']
    if (typeof schema === 'string' && schema.startsWith('ga4gh-service-info')) return toServiceInfo(config, baseUrl())
    const listed = context.data.store
      .datasets()
      .filter((one) => isListed(one, { rules: context.rules, now: context.now() }))
    const updates = listed.map(({ updateDateTime }) => updateDateTime)
    return toInfo(config, baseUrl(), updates.sort().at(-1))
  }

  on('/', info)
  on('/info', info)
  on('/service-info', () => toServiceInfo(config, baseUrl()))
  on('/configuration', () => toConfiguration(config, baseUrl()))
  on('/entry_types', () => toEntryTypesAnswer(config, baseUrl()))
  on('/map', () => toMap(config, baseUrl()))
  on('/filtering_terms', (request, response) => terms(request, response, {}))
  // Before `/individuals/:id`, whose id it would be.
  on('/individuals/filtering_terms', (request, response) => terms(request, response, { scope: 'individual' }))
  for (const type of WITH_OWN_TERMS) {
    on(`/${PATH_NAMES[type]}/:id/filtering_terms`, (request, response) =>
      terms(request, response, { of: { type, id: String(request.params['id']) } }),
    )
  }
  for (const type of ENTRY_TYPES) {
    const path = `/${PATH_NAMES[type]}`
    if (type !== 'genomicVariant') {
      on(path, (request, response) => answer(request, response, { wanted: type }))
      on(`${path}/:id`, (request, response) =>
        answer(request, response, { wanted: type, id: String(request.params['id']) }),
      )
    }
    for (const wanted of BELOW[type]) {
      on(`${path}/:id/${PATH_NAMES[wanted]}`, (request, response) =>
        answer(request, response, { wanted, below: { type, id: String(request.params['id']) } }),
      )
    }
  }

  app.use(`${BEACON_PATH}/schemas`, nameRoute('/schemas'), createSchemaRoutes())

  function answer(request: Request, response: Response, point: EntryPoint): Promise<DataResponse> {
    const envelope = toEnvelope(request, response)
    const isCollection = point.wanted === 'cohort' || point.wanted === 'dataset'
    return answerEntries(context, parse(request, isCollection ? 'record' : config.defaultGranularity), point, envelope)
  }

  function terms(request: Request, response: Response, wanted: TermsWanted): Promise<object> {
    const asked = parse(request, config.defaultGranularity)
    const page = hasLimit(request) ? { page: { ...asked.pagination } } : {}
    return answerFilteringTerms(context, asked, { ...wanted, ...page }, toEnvelope(request, response))
  }
}

function toEnvelope(request: Request, response: Response): Envelope {
  return { requestId: String(response.locals['requestId']), credentials: toCredentials(request) }
}

function answerEntries(
  context: BeaconContext,
  request: BeaconRequest,
  point: EntryPoint,
  envelope: Envelope,
): Promise<DataResponse> {
  const { wanted } = point
  switch (wanted) {
    case 'genomicVariant':
      return answerVariants(context, request, { ...point, wanted }, envelope)
    case 'dataset':
      return answerDatasets(context, request, { ...point, wanted }, envelope)
    case 'cohort':
      return answerCohorts(context, request, { ...point, wanted }, envelope)
    default:
      return answerRecords(context, request, { ...point, wanted }, envelope)
  }
}

/** Whether the list is wanted in pages: `limit=0`, and no limit, want all terms. */
function hasLimit({ query, body }: Request): boolean {
  const inUrl: unknown = query['limit']
  const inBody = (body as { query?: { pagination?: { limit?: unknown } } } | undefined)?.query?.pagination?.limit
  return Number(inUrl ?? inBody ?? 0) > 0
}
