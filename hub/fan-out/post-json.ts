import type { Readable } from 'node:stream'
import fetch, { type Response } from 'node-fetch'
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
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return 'broke the connection'
    default:
      return typeof code === 'string' && /CERT|TLS|SSL|SIGNATURE/.test(code)
        ? 'the certificate is not trusted'
        : 'cannot be reached'
  }
}

/** Why the body cannot be read as our JSON; undefined when it can. */
function whyNotJson(response: Response): string | undefined {
  const mediaType = (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (mediaType !== 'application/json' && mediaType !== 'application/problem+json') return 'the answer is not JSON'
  const encoding = response.headers.get('content-encoding')
  if (encoding !== null && encoding.toLowerCase() !== 'identity')
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

/** The body up to a cap; by events, which are cheaper than the asynchronous iterator of `response.text()`. */
function readText(body: NodeJS.ReadableStream | null, maximumBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (body === null) return resolve('')
    const chunks: Buffer[] = []
    let bytes = 0
    let isWhole = false
    body.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maximumBytes) return void chunks.push(chunk)
      reject(new TooLarge())
      ;(body as Readable).destroy()
    })
    body.on('end', () => {
      isWhole = true
      resolve(UTF8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    })
    body.on('error', reject)
    body.on('close', () => {
      if (!isWhole) reject(Object.assign(new Error('the body broke off'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }))
    })
  })
}

async function readReply(response: Response, maximumBytes: number): Promise<Reply> {
  const { status } = response
  const wrong = status >= 300 && status < 400 ? 'redirects, which is not followed' : whyNotJson(response)
  if (wrong !== undefined) {
    response.body?.resume()
    ;(response.body as { destroy?: () => void } | null)?.destroy?.()
    return status < 400 ? invalid(wrong) : { kind: 'status', status }
  }
  const parsed = parseBody(await readText(response.body, maximumBytes))
  const date = response.headers.get('date') ?? undefined
  if ('value' in parsed) return { kind: 'json', status, body: parsed.value, date }
  return status < 400 ? invalid(parsed.reason) : { kind: 'status', status }
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
  const call = async (mayRetry: boolean): Promise<Reply> => {
    try {
      const response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        ...(body ? { body } : {}),
        headers: {
          ...headers,
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...(body ? { 'content-type': 'application/json' } : {}),
          'user-agent': 'fyr-hub',
        },
        redirect: 'manual',
        compress: false,
        agent: agents.agentFor(url),
        signal,
      })
      return await readReply(response, limits.maximumResponseBytes)
    } catch (error) {
      // A kept connection that the region closed at this moment looks like this; the question changes nothing, so ask again.
      if (mayRetry && !signal.aborted && isBrokenConnection(error)) return call(false)
      return toFailure(error, signal)
    }
  }
  return await Promise.race([call(true), whenAborted(signal)])
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
