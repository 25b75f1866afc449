import type { Request, Response } from 'express'
import { parseBeaconRequest, type BeaconRequest } from '../../schemas/index.js'
import { DEFAULT_GRANULARITY, HubError } from '../errors.js'
import { HOPS_HEADER, type Passage } from '../fan-out/ask-region.js'
import { arrivalOf } from '../request-log.js'
import type { Session } from '../session/sessions.js'

/** Hubs of hubs are two deep in practice; a question that has passed three is going round. */
const MAXIMUM_HOPS = 3

/** @throws HubError */
export function readBeaconRequest(request: Request): BeaconRequest {
  const parsed = parseBeaconRequest(request.query, request.body, DEFAULT_GRANULARITY)
  if (!parsed.ok) throw new HubError('invalid_input', parsed.message)
  return parsed.value
}

/** @throws HubError */
export function readPassage(request: Request): Passage {
  const sent = request.get(HOPS_HEADER) ?? '0'
  const hops = /^\d{1,3}$/.test(sent) ? Number(sent) : undefined
  if (hops === undefined) throw new HubError('invalid_input', `${HOPS_HEADER} must be a small whole number`)
  if (hops >= MAXIMUM_HOPS)
    throw new HubError('invalid_input', 'this question has passed too many hubs; do they ask each other in a ring?')
  return { ...arrivalOf(request), hops }
}

/** Monotonic milliseconds that are left of a question's deadline. */
export type TimeLeft = (passage: Passage) => number

/**
 * With what the person who asks shows to each region; the time for it is a part of the question's.
 *
 * @throws HubError unauthenticated, unavailable
 */
export async function withPasses(passage: Passage, session: Session | undefined, left: TimeLeft): Promise<Passage> {
  return session ? { ...passage, passes: await session.passes(left(passage)) } : passage
}

/** Aborted when the caller leaves before the answer is complete. */
export function untilCallerLeaves(response: Response): AbortSignal {
  const controller = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}
