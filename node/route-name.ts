import type { RequestHandler, Response } from 'express'

/** Names the route of a request by its pattern: logs and metric labels must not hold the URL, which holds the question. */
export function nameRoute(pattern: string): RequestHandler {
  return (_request, response, next) => {
    response.locals['route'] = pattern
    next()
  }
}

export function routeOf(response: Response): string {
  const route: unknown = response.locals['route']
  return typeof route === 'string' ? route : 'unknown'
}
