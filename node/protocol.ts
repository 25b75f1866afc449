import type { Express, Request, Response } from 'express'
import type { NodeError } from './errors.js'

/** One of the languages that a node speaks: its addresses, and its own form of every failure below them. */
export interface Protocol {
  readonly name: string
  /** Where it stands, without a slash at the end. */
  readonly path: string
  addRoutes(app: Express): void
  /** Answers a request that failed; nothing was sent yet. */
  sendError(request: Request, response: Response, error: NodeError): void
}

/** The protocol whose address a path is, known to it or not. */
export function protocolAt(protocols: readonly Protocol[], path: string): Protocol | undefined {
  return protocols.find((protocol) => path === protocol.path || path.startsWith(`${protocol.path}/`))
}
