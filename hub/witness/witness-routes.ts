import { raw, type ErrorRequestHandler, type Express } from 'express'
import { SIZE_MEDIA_TYPE } from '../../schemas/index.js'
import type { Witness } from '../../schemas/witness/open-witness.js'
import { HubError, toHttpStatus, toHubError } from '../errors.js'

export const WITNESS_PATH = '/witness'
const ADD_PATH = `${WITNESS_PATH}/add-checkpoint`
const CHECKPOINT_PATH = `${WITNESS_PATH}/:origin/checkpoint`

/** More than the longest proof and a checkpoint of some hundred chains. */
const LARGEST_BODY = 64 * 1024

/** A witness over HTTP (c2sp.org/tlog-witness). Requests need no other proof than the signature of the checkpoint. */
export function addWitnessRoutes(app: Express, witness: Witness): void {
  const readBody = raw({ type: () => true, limit: LARGEST_BODY, inflate: false })
  app
    .route(ADD_PATH)
    .post(readBody, (request, response) => {
      const body: unknown = request.body
      const reply = witness.addCheckpoint(body instanceof Uint8Array ? body : Buffer.alloc(0))
      response.status(reply.status)
      if (reply.status === 200) response.type('text/plain').send(reply.cosignature)
      else if (reply.status === 409) {
        // `set` would add a charset.
        response.setHeader('content-type', SIZE_MEDIA_TYPE)
        response.end(`${reply.size}\n`)
      } else response.type('text/plain').send(`${reply.reason}\n`)
    })
    .all((_request, response) => {
      response.set('allow', 'POST')
      throw new HubError('method_not_allowed', 'checkpoints are sent by POST')
    })
  app.get(CHECKPOINT_PATH, (request, response) => {
    const note = witness.readCheckpoint(request.params.origin)
    if (note === undefined) throw new HubError('not_found', 'no checkpoint of this log was cosigned here')
    response.type('text/plain').send(note)
  })
  const sayPlainly: ErrorRequestHandler = (thrown, _request, response, next) => {
    const error = toHubError(thrown)
    // Faults of our own are logged where all are.
    if (error.code === 'internal' || response.headersSent) return next(thrown)
    const message = error.code === 'payload_too_large' ? 'the request is too large' : error.message
    response.status(toHttpStatus(error.code)).type('text/plain').send(`${message}\n`)
  }
  app.use(WITNESS_PATH, sayPlainly)
}
