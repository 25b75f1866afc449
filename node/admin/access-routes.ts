import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express'
import type { AccessChanges } from '../access/register/change-access.js'
import { RegisterError, type RegisterErrorCode } from '../access/register/register-error.js'
import type { ApplicationState } from '../access/register/register-types.js'
import { toNodeError, toHttpStatus } from '../errors.js'
import { sendJson } from '../send.js'
import { findAdministrator, listAdministrators } from './administrators.js'
import { sendProblem } from '../problem.js'

/** Enough for ten thousand regions. */
const LARGEST_BODY = '2mb'

const STATUS: Readonly<Record<RegisterErrorCode, number>> = { invalid: 400, not_found: 404, conflict: 409 }

/** What the last word of an address does to an application. */
const MOVES: Readonly<Record<string, ApplicationState>> = {
  submit: 'submitted',
  review: 'in_review',
  return: 'returned',
  close: 'closed',
  revoke: 'revoked',
  expire: 'expired',
}

type Body = Readonly<Record<string, unknown>>

export interface AccessRoutesOptions {
  /** The node's directory, where the administrators are. */
  readonly directory: string
  readonly access: AccessChanges
  /** Told of faults that are ours. */
  readonly onFault: (fault: unknown) => void
}

/**
 * `/admin/v1`: what the command line does to projects, tags, applications, decisions, grants and pauses, as JSON. Every request
 * bears the token of an administrator, who is the actor of every change, and no cookie is ever looked at, so that no page in a
 * browser can ask for anything in somebody's name.
 */
export function createAccessRoutes({ directory, access, onFault }: AccessRoutesOptions): Router {
  const router = express.Router()
  router.use(requireToken(directory))
  router.use(requireJson)
  // Any JSON value: what is no object is refused in the same words as a wrong one.
  router.use(express.json({ limit: LARGEST_BODY, strict: false, type: () => true, inflate: false }))

  const get = (path: string, read: (request: Request) => unknown) =>
    router.get(path, (request, response) => {
      sendJson(response, 200, read(request) as object, ['cache-control', 'no-store'])
    })
  const post = (path: string, status: number, change: (request: Request, body: Body, by: string) => Promise<unknown>) =>
    router.post(path, async (request, response) => {
      const body = toBody(request.body)
      if ('by' in body) throw new RegisterError('invalid', 'leave "by" out: the token says who does it')
      const result = await change(request, body, actorOf(response))
      sendJson(response, status, result as object, ['cache-control', 'no-store'])
    })

  get('/projects', () => access.projects())
  post('/projects', 201, (_, body, by) => access.addProject(body, by))
  get('/projects/:id', ({ params }) => access.project(one(params['id'])))
  post('/projects/:id/close', 200, ({ params }, _, by) => access.closeProject(one(params['id']), by))
  post('/projects/:id/members', 201, ({ params }, body, by) => access.addMember(one(params['id']), body, by))
  post('/projects/:id/members/remove', 200, ({ params }, body, by) => access.removeMember(one(params['id']), body, by))

  get('/tags', () => access.tags())
  post('/tags', 200, (_, body, by) => access.defineTag(body, by))
  get('/tags/:name', ({ params }) => access.tag(one(params['name'])))
  post('/tags/:name/objects', 200, async ({ params }, body, by) => ({
    added: await access.addTagged({ ...body, tag: one(params['name']) }, by),
  }))
  post('/tags/:name/objects/remove', 200, async ({ params }, body, by) => ({
    removed: await access.removeTagged({ ...body, tag: one(params['name']) }, by),
  }))

  get('/applications', () => access.applications())
  post('/applications', 201, (_, body, by) => access.addApplication(body, by))
  get('/applications/:id', ({ params }) => access.application(one(params['id'])))
  post('/applications/:id/wants', 200, ({ params }, { wants }, by) => access.changeWants(one(params['id']), wants, by))
  post('/applications/:id/decisions', 201, ({ params }, body, by) =>
    access.proposeDecision(one(params['id']), body['decision'], by),
  )
  for (const [move, state] of Object.entries(MOVES)) {
    post(`/applications/:id/${move}`, 200, ({ params }, { note }, by) =>
      access.moveApplication(one(params['id']), state, by, note === undefined ? undefined : requireText('note', note)),
    )
  }

  get('/proposals', () => access.openProposals())
  post('/proposals/:id/confirm', 201, ({ params }, _, by) =>
    access.confirmProposal(one(params['id']), by, (other) =>
      listAdministrators(directory).some(({ name }) => toActor(name) === other),
    ),
  )
  post('/proposals/:id/withdraw', 200, ({ params }, { note }, by) =>
    access.withdrawProposal(one(params['id']), by, note === undefined ? undefined : requireText('note', note)),
  )

  get('/grants', ({ query }) => access.grants(typeof query['project'] === 'string' ? query['project'] : undefined))
  post('/grants/:id/revoke', 200, ({ params }, { reason }, by) =>
    access.revokeGrant(one(params['id']), requireText('reason', reason), by),
  )

  get('/pauses', () => access.pauses())
  post('/pauses', 201, (_, { reason, ...scope }, by) => access.pause(scope, requireText('reason', reason), by))
  post('/pauses/resume', 200, (_, { reason, ...scope }, by) => access.resume(scope, requireText('reason', reason), by))

  router.use((_request, response) => sendProblem(response, 404, 'not_found', 'there is nothing at this address'))
  router.use(sendError(onFault))
  return router
}

/** How an administrator stands in register and audit; no command of the node can act as one. */
function toActor(name: string): string {
  return `admin:${name}`
}

function actorOf({ locals }: Response): string {
  const actor: unknown = locals['actor']
  if (typeof actor === 'string') return actor
  throw new TypeError('nobody is known who changes something')
}

function requireToken(directory: string): RequestHandler {
  return (request, response, next) => {
    const values = request.headersDistinct['authorization'] ?? []
    const name = values.length < 2 ? findAdministrator(directory, values[0]) : undefined
    if (name !== undefined) {
      response.locals['actor'] = toActor(name)
      return next()
    }
    const challenge = ['www-authenticate', 'Bearer realm="fyr-node admin"']
    const message = 'send the token that fyr-node admin add made for you as a bearer token'
    sendProblem(response, 401, 'unauthenticated', message, challenge)
  }
}

const requireJson: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next()
  if (request.method !== 'POST') {
    return sendProblem(response, 405, 'method_not_allowed', 'ask by GET, change by POST', ['allow', 'GET, POST'])
  }
  if (/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return next()
  sendProblem(response, 415, 'unsupported_media_type', 'send a body of application/json')
}

function toBody(value: unknown): Body {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body
  throw new RegisterError('invalid', 'the body must be a JSON object')
}

function requireText(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new RegisterError('invalid', `the body needs "${name}", a text`)
}

function one(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}

function sendError(onFault: (fault: unknown) => void): ErrorRequestHandler {
  return (thrown: unknown, _request, response, _next) => {
    if (response.headersSent) return void response.destroy()
    if (thrown instanceof RegisterError) return sendProblem(response, STATUS[thrown.code], thrown.code, thrown.message)
    const error = toNodeError(thrown)
    if (error.code === 'internal') onFault(thrown)
    sendProblem(response, toHttpStatus(error.code), error.code, error.message)
  }
}
