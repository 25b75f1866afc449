import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { checkJson } from '../json-limits.js'
import { PRIVATE_ADDRESS_CODE, PRIVATE_REASON, whyAddressRefused } from '../regions/address-policy.js'
import type { Agents } from './agents.js'

export interface Limits {
  readonly maximumResponseBytes: number
  readonly allowPrivate: boolean
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

const TIMED_OUT: Reply = { kind: 'timed-out', reason: 'did not answer in time' }

function invalid(reason: string): Reply {
  return { kind: 'invalid', reason }
}

/** Node's codes for a server that speaks no proper HTTP begin with HPE_. */
function toFailure(error: unknown, signal: AbortSignal): Reply {
  if (signal.aborted) return TIMED_OUT
  const { code } = error as { code?: unknown }
  if (error instanceof TooLarge) return invalid('the answer is too large')
  if (code === PRIVATE_ADDRESS_CODE) return { kind: 'unreachable', reason: PRIVATE_REASON }
  if (typeof code === 'string' && code.startsWith('HPE_')) return invalid('does not speak proper HTTP')
  if (OWN_LIMITS.has(code))
    return { kind: 'unreachable', reason: 'this hub has no connection left for it', byHub: true }
  return { kind: 'unreachable', reason: toUnreachableReason(code) }
}

/** This process has no file descriptor or no memory for another socket. */
const OWN_LIMITS: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS'])

function isBrokenConnection(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(String((error as NodeJS.ErrnoException).code))
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
    case 'ECONNABORTED':
      return 'broke the connection'
    default:
      return typeof code === 'string' && /CERT|TLS|SSL|SIGNATURE/.test(code)
        ? 'the certificate is not trusted'
        : 'cannot be reached'
  }
}

/** Why the body cannot be read as our JSON; undefined when it can. */
function whyNotJson({ headers }: IncomingMessage): string | undefined {
  const mediaType = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  if (mediaType !== 'application/json' && mediaType !== 'application/problem+json') return 'the answer is not JSON'
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
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

class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

const UTF8 = new TextDecoder()

/** The body up to a cap. */
function readText(response: IncomingMessage, maximumBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maximumBytes) return void chunks.push(chunk)
      reject(new TooLarge())
      response.destroy()
    })
    response.on('end', () => resolve(UTF8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))))
    response.on('error', reject)
    // After the end this changes nothing.
    response.on('close', () => reject(Object.assign(new Error('the body broke off'), { code: 'ECONNABORTED' })))
  })
}

async function readReply(response: IncomingMessage, maximumBytes: number): Promise<Reply> {
  const status = response.statusCode!
  const wrong = status >= 300 && status < 400 ? 'redirects, which is not followed' : whyNotJson(response)
  if (wrong !== undefined) {
    response.destroy()
    return status < 400 ? invalid(wrong) : { kind: 'status', status }
  }
  const parsed = parseBody(await readText(response, maximumBytes))
  const { date } = response.headers
  if ('value' in parsed) return { kind: 'json', status, body: parsed.value, date }
  return status < 400 ? invalid(parsed.reason) : { kind: 'status', status }
}

/**
 * Sends a request and waits for the head of its answer. Node's own client, which neither follows redirects nor unpacks: one
 * question is many calls, and a client on top of it took more time than the calls themselves (conformance/bench).
 */
function send(url: URL, options: RequestOptions, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
    request.on('response', resolve)
    request.on('error', reject)
    request.end(body)
  })
}

/**
 * One guarded call: no redirect, no compression, a byte cap, JSON of bounded depth, and only to addresses that policy allows.
 * Never throws; `signal` ends it wherever it is, and it is over at once even if the network does not notice.
 *
 * @param headers sent beside our own; never an Authorization
 * @param body JSON; with one it is a POST, without a GET
 */
async function callJson(
  url: URL,
  body: string | undefined,
  headers: Readonly<Record<string, string>>,
  agents: Agents,
  limits: Limits,
  signal: AbortSignal,
): Promise<Reply> {
  const refused = whyAddressRefused(url, limits.allowPrivate)
  if (refused !== undefined) return { kind: 'unreachable', reason: refused }
  if (signal.aborted) return TIMED_OUT
  const agent = agents.agentFor(url)
  const sent = {
    ...headers,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'fyr-hub',
    ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}),
  }
  const options = { method: body ? 'POST' : 'GET', headers: sent, agent, signal }
  const call = async (): Promise<Reply> => {
    try {
      const response = await send(url, options, body).catch((error: unknown) => {
        // A kept connection that the region closed at this moment looks like this; the question changes nothing, so ask again.
        if (signal.aborted || !isBrokenConnection(error)) throw error
        return send(url, options, body)
      })
      return await readReply(response, limits.maximumResponseBytes)
    } catch (error) {
      return toFailure(error, signal)
    }
  }
  return await Promise.race([call(), whenAborted(signal)])
}

/** A guarded POST of JSON; see `callJson`. */
export function postJson(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  agents: Agents,
  limits: Limits,
  signal: AbortSignal,
): Promise<Reply> {
  return callJson(url, body, headers, agents, limits, signal)
}

/** A guarded GET of JSON; see `callJson`. */
export function getJson(url: URL, agents: Agents, limits: Limits, signal: AbortSignal): Promise<Reply> {
  return callJson(url, undefined, {}, agents, limits, signal)
}

function whenAborted(signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(TIMED_OUT), { once: true }))
}
