import { randomBytes, randomUUID } from 'node:crypto'

/** What ties the log lines of caller, hub and nodes together. */
export interface Trace {
  readonly requestId: string
  /** 32 hexadecimal digits, W3C Trace Context. */
  readonly traceId: string
  /** Two hexadecimal digits; bit 0 says sampled. */
  readonly flags: string
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const NO_TRACE = '0'.repeat(32)
const NO_SPAN = '0'.repeat(16)
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export type RandomHex = (bytes: number) => string

export const randomHex: RandomHex = (bytes) => randomBytes(bytes).toString('hex')

/** Continues the caller's trace, or begins one. A request id is taken over only as a UUID: any other text could be a variant. */
export function createTrace(
  traceparent: string | undefined,
  requestId: string | undefined,
  random: RandomHex = randomHex,
): Trace {
  const match = TRACEPARENT.exec(traceparent ?? '')
  const continued = match && match[1] !== NO_TRACE && match[2] !== NO_SPAN
  return {
    requestId: requestId !== undefined && UUID.test(requestId) ? requestId.toLowerCase() : randomUUID(),
    traceId: continued ? match[1]! : random(16),
    flags: continued ? match[3]! : '01',
  }
}

/** 16 of a random UUID's digits, which Node draws many at a time; `randomBytes` is a system call for each region. */
const randomSpan: RandomHex = () => randomUUID().replaceAll('-', '').slice(-16)

/** The header for one outgoing call, which is a span of its own. */
export function toTraceparent(trace: Trace, random: RandomHex = randomSpan): string {
  return `00-${trace.traceId}-${random(8)}-${trace.flags}`
}
