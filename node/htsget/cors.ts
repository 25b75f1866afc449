import type { Request, Response } from 'express'
import { writeHead } from '../send.js'

/** Seconds for which a browser need not ask again (htsget 1.3, "CORS"). */
const MAXIMUM_AGE = 2_592_000
const EXPOSED = 'Accept-Ranges, Content-Length, Content-Range, ETag'

/**
 * Headers that let pages of any origin read an answer, names and values in turn. What is secret goes in headers that a page
 * must set itself, and cookies mean nothing here.
 */
export function corsHeaders({ headers }: Request): readonly string[] {
  const { origin } = headers
  if (origin === undefined) return ['vary', 'origin']
  return ['access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED, 'vary', 'origin']
}

/** Answers an OPTIONS request, without asking who sends it. */
export function sendPreflight(request: Request, response: Response, methods: readonly string[]): void {
  const wanted = request.headers['access-control-request-headers']
  const list = methods.join(', ')
  const preflight =
    request.headers.origin === undefined
      ? []
      : [
          'access-control-allow-methods',
          list,
          'access-control-max-age',
          String(MAXIMUM_AGE),
          ...(wanted === undefined ? [] : ['access-control-allow-headers', wanted]),
        ]
  writeHead(response, 204, [...corsHeaders(request), 'allow', list, ...preflight])
  response.end()
}
