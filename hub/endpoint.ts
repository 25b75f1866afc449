import { json, type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import { HubError } from './errors.js'
import { checkJson } from './json-limits.js'

export const MAXIMUM_BODY = '32kb'

const parseJson = json({ limit: MAXIMUM_BODY, inflate: false })

function refuseOtherTypes(request: Request, _response: Response, next: NextFunction): void {
  // `is` says null without a body.
  if (request.is('application/json') === false) {
    throw new HubError('unsupported_format', 'send the request body as application/json')
  }
  next()
}

function refuseHostileJson(request: Request, _response: Response, next: NextFunction): void {
  if (checkJson(request.body) !== 'ok')
    throw new HubError('invalid_input', 'the request body is nested too deep or has a forbidden key')
  next()
}

/** Reads a JSON body into `request.body`; undefined without one. */
const readBody: readonly RequestHandler[] = [refuseOtherTypes, parseJson, refuseHostileJson]

export interface Methods {
  readonly get?: RequestHandler
  readonly post?: RequestHandler
}

/** One path with its methods; every other method is refused with `Allow`. Paths stand in full here, so that metrics can name them. */
export function addEndpoint(app: Express, path: string, { get, post }: Methods): void {
  const route = app.route(path)
  if (get) route.get(get)
  if (post) route.post(...readBody, post)
  const allow = [...(get ? ['GET', 'HEAD'] : []), ...(post ? ['POST'] : []), 'OPTIONS'].join(', ')
  route.all((request, response) => {
    response.set('allow', allow)
    if (request.method === 'OPTIONS') response.status(204).end()
    else throw new HubError('method_not_allowed', `this path knows ${allow}`)
  })
}
