import type { IncomingHttpHeaders } from 'node:http'
import { errors, type Dispatcher } from 'undici'
import { checkJson } from '../json-limits.js'
import { PRIVATE_ADDRESS_CODE, PRIVATE_REASON, whyAddressRefused } from '../regions/address-policy.js'
import { TOO_MANY_BYTES_CODE, type Agents } from './agents.js'
import type { OutgoingRequest, SignRequest } from './sign-request.js'

export interface Limits {
  readonly maximumResponseBytes: number
  readonly allowPrivate: boolean
  /** Absent: requests go out unsigned. */
  readonly sign?: SignRequest
}

/** What ends a call, and who hears that its request goes out. */
export interface CallEvents {
  readonly signal: AbortSignal
  readonly onSent?: () => void
}

export type Reply =
  | {
      readonly kind: 'json'
      readonly status: number
      readonly body: unknown
      /** The Date header. */
      readonly date: string | undefined
    }
  /** The status is not 200 and the body is not a JSON document that we read. */
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'timed-out' | 'unreachable' | 'invalid'; readonly reason: string; readonly byHub?: true }

const TOO_LARGE = 'the answer is too large'
const TIMED_OUT: Reply = { kind: 'timed-out', reason: 'did not answer in time' }

function invalid(reason: string): Reply {
  return { kind: 'invalid', reason }
}

/** Of undici's errors: by class, because those of its parser come without a code. */
function isImproperHttp(error: Error): boolean {
  return (
    error instanceof errors.HTTPParserError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError
  )
}

function toFailure(error: Error): Reply {
  const { code } = error as { code?: unknown }
  if (code === TOO_MANY_BYTES_CODE) return invalid(TOO_LARGE)
  if (code === PRIVATE_ADDRESS_CODE) return { kind: 'unreachable', reason: PRIVATE_REASON }
  if (isImproperHttp(error)) return invalid('does not speak proper HTTP')
  if (OWN_LIMITS.has(code))
    return { kind: 'unreachable', reason: 'this hub has no connection left for it', byHub: true }
  return { kind: 'unreachable', reason: toUnreachableReason(code) }
}

/** This process has no file descriptor or no memory for another socket. */
const OWN_LIMITS: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS'])

/** UND_ERR_SOCKET: the other side closed the connection. */
const BROKEN_CONNECTION: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function isBrokenConnection(error: Error): boolean {
  return BROKEN_CONNECTION.has((error as NodeJS.ErrnoException).code)
}

function toUnreachableReason(code: unknown): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused the connection'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known'
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'broke the connection'
    default:
      return typeof code === 'string' && /CERT|TLS|SSL|SIGNATURE/.test(code)
        ? 'the certificate is not trusted'
        : 'cannot be reached'
  }
}

/** A header that was sent several times is a list. */
function toText(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header ?? []).join(', ')
}

/** Why the body cannot be read as our JSON; undefined when it can. */
function whyNotJson(headers: IncomingHttpHeaders): string | undefined {
  const mediaType = toText(headers['content-type']).split(';')[0]!.trim().toLowerCase()
  if (mediaType !== 'application/json' && mediaType !== 'application/problem+json') return 'the answer is not JSON'
  const encoding = toText(headers['content-encoding'])
  if (encoding !== '' && encoding.toLowerCase() !== 'identity')
    return 'the answer is compressed, which was not asked for'
  return undefined
}

function parseBody(text: string): { readonly value: unknown } | { readonly reason: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { reason: 'the answer is not JSON' }
  }
  switch (checkJson(value)) {
    case 'ok':
      return { value }
    case 'too-deep':
      return { reason: 'the answer is nested too deep' }
    case 'forbidden-key':
      return { reason: 'the answer has a forbidden key' }
  }
}

const UTF8 = new TextDecoder()

function parseReply(status: number, headers: IncomingHttpHeaders, chunks: readonly Buffer[]): Reply {
  const parsed = parseBody(UTF8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
  if ('value' in parsed) return { kind: 'json', status, body: parsed.value, date: toText(headers.date) || undefined }
  return status < 400 ? invalid(parsed.reason) : { kind: 'status', status }
}

/** Why the rest of an answer is not worth reading; undefined when it is. */
function whyRefusedAtHead(status: number, headers: IncomingHttpHeaders, maximumBytes: number): string | undefined {
  if (status >= 300 && status < 400) return 'redirects, which is not followed'
  return whyNotJson(headers) ?? (Number(headers['content-length'] ?? 0) > maximumBytes ? TOO_LARGE : undefined)
}

const FIRST_FINAL_STATUS = 200
/** What may come over the wire beside twice the body: heads, and the framing of chunks. */
const WIRE_MARGIN_BYTES = 65_536

/**
 * Makes one call over a connection of its own, which is given back when the answer is complete and ended in every other case.
 * undici neither follows redirects nor unpacks, and makes no stream of each request and answer: one question is many calls
 * (conformance/bench). Never rejects.
 *
 * @param toOptions called for each sending: a signature is good for one
 */
function exchange(
  url: URL,
  toOptions: () => Dispatcher.DispatchOptions,
  agents: Agents,
  maximumBytes: number,
  { signal, onSent }: CallEvents,
): Promise<Reply> {
  return new Promise((resolve) => {
    const connection = agents.take(url)
    const chunks: Buffer[] = []
    let bytes = 0
    let head: { readonly status: number; readonly headers: IncomingHttpHeaders } | undefined
    let isSecondTry = false
    let isSettled = false

    const settle = (reply: Reply, keep: boolean) => {
      if (isSettled) return
      isSettled = true
      signal.removeEventListener('abort', leave)
      if (keep) agents.giveBack(url, connection)
      else connection.destroy()
      resolve(reply)
    }
    const leave = () => settle(TIMED_OUT, false)
    const dispatch = () => connection.dispatch(toOptions(), handler, 2 * maximumBytes + WIRE_MARGIN_BYTES)

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => onSent?.(),
      onResponseStart(_controller, status, headers) {
        if (status < FIRST_FINAL_STATUS) return
        head = { status, headers }
        const wrong = whyRefusedAtHead(status, headers, maximumBytes)
        if (wrong !== undefined) settle(status < 400 ? invalid(wrong) : { kind: 'status', status }, false)
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length
        if (bytes <= maximumBytes) chunks.push(chunk)
        else settle(invalid(TOO_LARGE), false)
      },
      onResponseEnd() {
        if (head && !isSettled) settle(parseReply(head.status, head.headers, chunks), true)
      },
      onResponseError(_controller, error) {
        // A kept connection that the region closed at this moment looks like this; the question changes nothing, so ask again.
        const mayTryAgain = !isSettled && !isSecondTry && !head && isBrokenConnection(error)
        if (!mayTryAgain) return settle(toFailure(error), false)
        isSecondTry = true
        queueMicrotask(() => {
          if (!isSettled) dispatch()
        })
      },
    }
    signal.addEventListener('abort', leave, { once: true })
    dispatch()
  })
}

/**
 * One guarded call: no redirect, no compression, a byte cap, JSON of bounded depth, and only to addresses that policy allows.
 * Never throws; its signal ends it wherever it is.
 *
 * @param headers sent beside our own
 * @param body JSON; with one it is a POST, without a GET
 */
async function callJson(
  url: URL,
  body: Buffer | undefined,
  headers: Readonly<Record<string, string>>,
  agents: Agents,
  limits: Limits,
  events: CallEvents,
): Promise<Reply> {
  const refused = whyAddressRefused(url, limits.allowPrivate)
  if (refused !== undefined) return { kind: 'unreachable', reason: refused }
  if (events.signal.aborted) return TIMED_OUT
  const request: OutgoingRequest = {
    method: body ? 'POST' : 'GET',
    url,
    headers: {
      ...headers,
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'fyr-hub',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body,
  }
  const toOptions = (): Dispatcher.DispatchOptions => ({
    path: url.pathname + url.search,
    method: request.method,
    headers: { ...request.headers, ...limits.sign?.(request) },
    body: body ?? null,
  })
  return exchange(url, toOptions, agents, limits.maximumResponseBytes, events)
}

/** A guarded POST of JSON; see `callJson`. */
export function postJson(
  url: URL,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  agents: Agents,
  limits: Limits,
  events: CallEvents,
): Promise<Reply> {
  return callJson(url, body, headers, agents, limits, events)
}

/** A guarded GET of JSON; see `callJson`. */
export function getJson(url: URL, agents: Agents, limits: Limits, signal: AbortSignal): Promise<Reply> {
  return callJson(url, undefined, {}, agents, limits, { signal })
}
