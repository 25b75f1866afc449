import type { RequestHandler, Response } from 'express'

export function setRoute(response: Response, pattern: string): void {
  response.locals['route'] = pattern
}

/** Names the route of a request by its pattern: logs and metric labels must not hold the URL, which holds the question. */
export function nameRoute(pattern: string): RequestHandler {
  return (_request, response, next) => {
    setRoute(response, pattern)
    next()
  }
}

export function routeOf(response: Response): string {
  const route: unknown = response.locals['route']
  return typeof route === 'string' ? route : 'unknown'
}
