import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import { HTSGET_FORMATS, HTSGET_MEDIA_TYPE, type HtsgetEndpoint, type HtsgetFormat } from '../../schemas/index.js'
import { keepBody, toCredentials } from '../credentials.js'
import { NodeError } from '../errors.js'
import type { Protocol } from '../protocol.js'
import { setRoute } from '../route-name.js'
import { sendJson, sendJsonText } from '../send.js'
import { answerData } from './answer-data.js'
import { answerTicket, DATA_PATH } from './answer-ticket.js'
import { CAPABILITY_HEADER } from './capability.js'
import type { Envelope, HtsgetContext } from './context.js'
import { corsHeaders, sendPreflight } from './cors.js'
import { toHtsgetError } from './error-response.js'
import { parseHtsgetRequest } from './parse-request.js'
import { sendData } from './send-data.js'
import { toHtsgetServiceInfo } from './service-info.js'

/** Where the htsget API stands on every node. */
export const HTSGET_PATH = '/htsget/v1'

/** Thousands of regions; what a ticket cannot hold of them is refused as well. */
const LARGEST_BODY = '256kb'

const SERVICE_INFO = 'service-info'
const TICKET_METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS']
const READ_METHODS = ['GET', 'HEAD', 'OPTIONS']

/** htsget 1.3, as a node speaks it. */
export function createHtsgetProtocol(context: HtsgetContext): Protocol {
  return {
    name: 'htsget',
    path: HTSGET_PATH,
    addRoutes: (app) => addHtsgetRoutes(app, context),
    sendError(request, response, error) {
      const headers = [...error.headers, ...corsHeaders(request)]
      const { status, body } = toHtsgetError(error)
      sendJsonText(response, status, JSON.stringify(body), headers, HTSGET_MEDIA_TYPE)
    },
  }
}

function addHtsgetRoutes(app: Express, context: HtsgetContext): void {
  const readBody = express.json({ limit: LARGEST_BODY, inflate: false, strict: false, verify: keepBody })
  for (const endpoint of Object.keys(HTSGET_FORMATS) as HtsgetEndpoint[]) {
    const path = `${HTSGET_PATH}/${endpoint}`
    app.all(`${path}/${SERVICE_INFO}`, allow(`${path}/${SERVICE_INFO}`, READ_METHODS), (request, response) => {
      const info = toHtsgetServiceInfo(context.config, endpoint, context.baseUrl())
      sendJson(response, 200, info, corsHeaders(request))
    })
    const prepare: RequestHandler = (request, response, next) => {
      requireJson(request)
      if (request.method === 'POST') readBody(request, response, next)
      else next()
    }
    // Ids may hold slashes, so the rest of the path is the id.
    app.all(`${path}/*id`, allow(`${path}/{id}`, TICKET_METHODS), prepare, async (request, response) => {
      const id = [request.params['id']].flat().join('/')
      const body: unknown = request.method === 'POST' ? request.body : 'none'
      const asked = parseHtsgetRequest(endpoint, id, request.query, body, request.headers)
      const ticket = await answerTicket(context, asked, toEnvelope(request, response))
      context.metrics.tickets.inc({ format: ticket.htsget.format })
      sendJsonText(response, 200, JSON.stringify(ticket), ticketHeaders(request), HTSGET_MEDIA_TYPE)
    })
  }
  const onSent = (format: HtsgetFormat, bytes: number) => context.metrics.fileBytes.inc({ format }, bytes)
  const path = `${HTSGET_PATH}${DATA_PATH}/:ticket/:part`
  app.all(path, allow(path, READ_METHODS), async (request, response) => {
    const token = request.headers[CAPABILITY_HEADER.toLowerCase()]
    const asked = {
      requestId: String(request.params['ticket']),
      part: String(request.params['part']),
      token: typeof token === 'string' ? token : undefined,
    }
    const answer = await answerData(context, asked, toEnvelope(request, response))
    await sendData(request, response, answer, { now: context.now, onSent })
  })
}

/** Tickets hold what opens the data, so nobody keeps them. */
function ticketHeaders(request: Request): readonly string[] {
  return ['cache-control', 'no-store', ...corsHeaders(request)]
}

/** Names the route, answers OPTIONS, and refuses other methods than these. */
function allow(route: string, methods: readonly string[]): RequestHandler {
  return (request, response, next) => {
    setRoute(response, route)
    if (request.method === 'OPTIONS') return sendPreflight(request, response, methods)
    if (!methods.includes(request.method)) {
      const list = methods.join(', ')
      throw new NodeError('method_not_allowed', `use ${list}`, { headers: ['allow', list] })
    }
    next()
  }
}

/** @throws NodeError a body that is no JSON is refused; no body at all asks for the whole file */
function requireJson(request: Request): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  if (request.method === 'POST' && hasBody && !request.is('application/json')) {
    throw new NodeError('invalid_input', 'send the request body as application/json')
  }
}

function toEnvelope(request: Request, response: Response): Envelope {
  let leaving: AbortController | undefined
  return {
    requestId: String(response.locals['requestId']),
    credentials: toCredentials(request),
    // Made for who streams: tickets do not.
    get signal() {
      leaving ??= abortWhenGone(response)
      return leaving.signal
    },
  }
}

function abortWhenGone(response: Response): AbortController {
  const leaving = new AbortController()
  const onClose = () => {
    if (!response.writableFinished) leaving.abort()
  }
  if (response.destroyed) onClose()
  else response.on('close', onClose)
  return leaving
}
