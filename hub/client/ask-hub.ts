import fetch from 'node-fetch'
import {
  API_VERSION_2_2,
  validate,
  type AssemblyId,
  type ErrorResponse,
  type NetworkInfo,
  type VariantText,
} from '../../schemas/index.js'
import { CommandFailure } from '../command.js'

/** A hub answers within its own deadline, by default 3 s; this one is for a hub that does not. */
const TIMEOUT_MS = 60_000
const HTTP_OK = 200
const HTTP_TOO_MANY_REQUESTS = 429
const MAXIMUM_RESPONSE_BYTES = 64 * 1024 * 1024

export interface HubDocument {
  readonly info: NetworkInfo
}

export interface ClientQuestion {
  readonly variant: VariantText
  readonly assemblyId: AssemblyId
  readonly filters: readonly string[]
}

/** The Beacon request for what a person typed. */
export function toHubRequest({ variant, assemblyId, filters }: ClientQuestion): object {
  const { kind, start, ...rest } = variant
  const coordinates = kind === 'range' && 'end' in rest ? { ...rest, end: [rest.end] } : rest
  return {
    meta: { apiVersion: API_VERSION_2_2 },
    query: {
      requestParameters: { g_variant: { assemblyId, start: [start], ...coordinates } },
      ...(filters.length > 0 ? { filters: filters.map((id) => ({ id })) } : {}),
      includeResultsetResponses: 'ALL',
      requestedGranularity: 'count',
    },
  }
}

interface HubReply {
  readonly status: number
  readonly retryAfter: string | null
  readonly value: unknown
}

async function post(url: string, body: object, login: Readonly<Record<string, string>>): Promise<HubReply> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...login },
      body: JSON.stringify(body),
      redirect: 'error',
      size: MAXIMUM_RESPONSE_BYTES,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const { status } = response
    // A proxy in front of the hub may say the same with a body of its own.
    const value: unknown = status === HTTP_TOO_MANY_REQUESTS ? await response.text() : await response.json()
    return { status, retryAfter: response.headers.get('retry-after'), value }
  } catch (error) {
    const code = (error as { code?: unknown }).code
    const why =
      error instanceof SyntaxError ? 'it does not answer in JSON' : typeof code === 'string' ? code : 'no answer'
    throw new CommandFailure(`cannot ask the hub at ${new URL(url).origin}: ${why}`)
  }
}

/**
 * Asks a hub.
 *
 * @param hubUrl base URL of the hub
 * @param login headers by which it knows who asks; none: nobody in particular does
 * @throws CommandFailure
 */
export async function fetchNetworkAnswer(
  hubUrl: string,
  question: ClientQuestion,
  login: Readonly<Record<string, string>> = {},
): Promise<HubDocument> {
  const url = `${hubUrl.replace(/\/+$/, '')}/beacon/v2/g_variants`
  const { status, retryAfter, value } = await post(url, toHubRequest(question), login)
  const ok = status === HTTP_OK
  if (ok && validate('network/networkAnswer.json', value).ok) return value as HubDocument
  if (status === HTTP_TOO_MANY_REQUESTS) {
    // The other form of the header is a date, which a person does not need.
    const when = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? `in ${retryAfter} s` : 'later'
    throw new CommandFailure(`the hub has too many questions at once; ask again ${when}`)
  }
  if (!ok && validate('beacon/errorResponse.json', value).ok) {
    throw new CommandFailure(`the hub refuses: ${(value as ErrorResponse).error.errorMessage}`)
  }
  throw new CommandFailure(`what answers at ${new URL(hubUrl).origin} is no Fyr hub`)
}
