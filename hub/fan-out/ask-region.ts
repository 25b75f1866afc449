import { UNKNOWN_FILTERING_TERM, UNSUPPORTED_QUERY, type RegionConfig } from '../../schemas/index.js'
import { isJsonObject } from '../json-limits.js'
import type { Agents } from './agents.js'
import type { UntimedOutcome } from './outcome.js'
import { parseNodeAnswer } from './parse-node-answer.js'
import { postJson, type CallEvents, type Limits } from './post-json.js'
import { toPath, type Question } from './question.js'
import { toPassHeaders, type RegionPasses } from './region-pass.js'
import { toTraceparent, type Trace } from './trace.js'

/** How many hubs a question has passed; a network of hubs that ask each other in a ring stops by it. */
export const HOPS_HEADER = 'fyr-hops'

/** `error.reason` of a node that its administrator has paused. */
export const PAUSED = 'paused'

export interface Passage {
  readonly trace: Trace
  /** When the question came in, monotonic milliseconds; absent: as it is asked. */
  readonly arrivedAt?: number
  /** Hops that the question had when it came in. */
  readonly hops: number
  /** What the person who asks shows to each region; absent: nobody in particular asks. */
  readonly passes?: RegionPasses
}

function errorReasonOf(body: unknown): unknown {
  return isJsonObject(body) && isJsonObject(body['error']) ? body['error']['reason'] : undefined
}

const NO_TEST_MODE: UntimedOutcome = {
  kind: 'refused',
  refusal: 'not-applicable',
  reason: 'does not say that it answers in testMode',
}

function saysTestMode(body: unknown): boolean {
  return isJsonObject(body) && isJsonObject(body['meta']) && body['meta']['testMode'] === true
}

function toErrorOutcome(status: number, reason: unknown): UntimedOutcome {
  if (status === 401 || status === 403) {
    return { kind: 'refused', refusal: 'access', reason: 'may not be asked by this hub' }
  }
  if (status === 429) return { kind: 'refused', refusal: 'access', reason: 'has been asked too much for now' }
  if (status === 503 && reason === PAUSED)
    return { kind: 'refused', refusal: 'paused', reason: 'is paused by its administrator' }
  if (status === 400 && reason === UNKNOWN_FILTERING_TERM) {
    return { kind: 'refused', refusal: 'not-applicable', reason: 'does not know a filtering term that was asked' }
  }
  if (status === 400 && reason === UNSUPPORTED_QUERY) {
    return { kind: 'refused', refusal: 'not-applicable', reason: 'does not answer this kind of question' }
  }
  return { kind: 'invalid', reason: `answered HTTP ${status}`, httpStatus: status }
}

/**
 * Asks one region. Never throws; ends when the signal does.
 *
 * @param body of the question in UTF-8, the same for every region
 */
export async function askRegion(
  region: RegionConfig,
  question: Question,
  body: Buffer,
  passage: Passage,
  agents: Agents,
  limits: Limits,
  events: CallEvents,
): Promise<UntimedOutcome> {
  const url = new URL(region.url.replace(/\/+$/, '') + toPath(question))
  const headers = {
    traceparent: toTraceparent(passage.trace),
    'x-request-id': passage.trace.requestId,
    [HOPS_HEADER]: String(passage.hops + 1),
    ...toPassHeaders(passage.passes?.get(region.id)),
  }
  const reply = await postJson(url, body, headers, agents, limits, events)
  if (reply.kind === 'status') return toErrorOutcome(reply.status, undefined)
  if (reply.kind !== 'json') return reply
  if (reply.status !== 200) return toErrorOutcome(reply.status, errorReasonOf(reply.body))
  // A Beacon that does not know testMode answers with what it has, which is no test.
  const isTest = saysTestMode(reply.body)
  if (question.testMode && !isTest) return NO_TEST_MODE
  if (isTest && !question.testMode)
    return { kind: 'invalid', reason: 'answers with test data, which were not asked for' }
  const { assemblyId } = question
  const parsed = parseNodeAnswer(reply.body, {
    beaconId: region.id,
    origin: url.origin,
    ...(assemblyId ? { assemblyId } : {}),
  })
  if (!parsed.ok) return { kind: 'invalid', reason: parsed.reason }
  return { kind: 'answered', answer: parsed.answer, droppedRecords: parsed.droppedRecords }
}
