import type { Granularity, IncludeResultsetResponses } from '../../schemas/index.js'
import { findNulls, withoutNulls } from './json.js'
import type { HttpAnswer, HttpRequest, Transport } from '../suite/transport.js'

/** Variant parameters, as they stand in `requestParameters.g_variant`. */
export type GVariant = Readonly<Record<string, string | number | readonly number[]>>

export interface AskedFilter {
  readonly id: string
  readonly operator?: string
  readonly value?: string
  readonly scope?: string
  readonly includeDescendantTerms?: boolean
}

/** A Beacon question in the suite's own form, to be sent by GET or by POST. */
export interface Question {
  readonly granularity?: Granularity
  readonly include?: IncludeResultsetResponses
  readonly skip?: number
  readonly limit?: number
  readonly filters?: readonly AskedFilter[]
  readonly gVariant?: GVariant
  readonly testMode?: boolean
  readonly requestedSchemas?: readonly object[]
}

export type ExchangeKind = 'framework' | 'data' | 'hostile'

/** A request of the suite and what came back; every one is kept, and the cases about all answers look at them at the end. */
export interface Exchange {
  readonly kind: ExchangeKind
  readonly method: string
  readonly url: string
  /** What a report names: `POST /individuals`. */
  readonly where: string
  /** The entry type of the records that the answer may hold. */
  readonly returns: string | undefined
  readonly question: Question | undefined
  /** 0: no answer came. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Parsed JSON without nulls; undefined when the answer is no JSON. */
  readonly body: unknown
  /** JSON pointers of the nulls it had. */
  readonly nulls: readonly string[]
  /** Why no answer came. */
  readonly failure: string | undefined
}

export interface RawRequest {
  readonly method: string
  readonly url: string
  readonly kind: ExchangeKind
  readonly body?: string
  readonly contentType?: string
  readonly returns?: string
  readonly question?: Question
  /** Without credentials, even where the suite was given some. */
  readonly anonymous?: boolean
}

export interface Client {
  readonly exchanges: readonly Exchange[]
  send(request: RawRequest): Promise<Exchange>
  /** A question to a data URL, in Beacon's form for the method. */
  ask(method: 'GET' | 'POST', url: string, returns: string, question: Question): Promise<Exchange>
}

export interface ClientOptions {
  readonly transport: Transport
  /** Base URL, for shorter names in reports. */
  readonly base: string
  readonly apiVersion: () => string
  readonly token?: string
  readonly sleep?: (ms: number) => Promise<void>
}

const TOO_MANY_REQUESTS = 429
const MOST_RETRIES = 3
const LONGEST_WAIT_MS = 10_000

function toFilterText({ id, operator, value }: AskedFilter): string {
  return value === undefined ? id : `${id}:${operator ?? '='}${value}`
}

/** Query string of a question; lists are comma-joined. Beacon v2.1.1 docs, GET requests. */
export function toQueryString(question: Question): string {
  const { granularity, include, skip, limit, filters, gVariant, testMode } = question
  const pairs: (readonly [string, unknown])[] = [
    ...Object.entries(gVariant ?? {}),
    ['filters', filters?.map(toFilterText)],
    ['skip', skip],
    ['limit', limit],
    ['requestedGranularity', granularity],
    ['includeResultsetResponses', include],
    ['testMode', testMode],
  ]
  const given = pairs.filter(([, value]) => value !== undefined)
  return new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
}

/** Request body of a question, valid by beaconRequestBody. */
export function toRequestBody(question: Question, apiVersion: string): object {
  const { granularity, include, skip, limit, filters, gVariant, testMode, requestedSchemas } = question
  const pagination = { ...(skip === undefined ? {} : { skip }), ...(limit === undefined ? {} : { limit }) }
  return {
    meta: { apiVersion, ...(requestedSchemas ? { requestedSchemas } : {}) },
    query: {
      ...(gVariant ? { requestParameters: { g_variant: gVariant } } : {}),
      ...(filters ? { filters } : {}),
      ...(include ? { includeResultsetResponses: include } : {}),
      ...(Object.keys(pagination).length > 0 ? { pagination } : {}),
      ...(granularity ? { requestedGranularity: granularity } : {}),
      ...(testMode === undefined ? {} : { testMode }),
    },
  }
}

function parse(text: string): { readonly body: unknown; readonly nulls: readonly string[] } {
  try {
    const document: unknown = JSON.parse(text)
    // Most answers have none, and walking through each of thousands takes a tenth of the run.
    if (!text.includes('null')) return { body: document, nulls: [] }
    return { body: withoutNulls(document) ?? undefined, nulls: findNulls(document) }
  } catch {
    return { body: undefined, nulls: [] }
  }
}

/** How long a beacon that is asked too fast wants to be left alone. */
function waitMs(headers: Readonly<Record<string, string>>, attempt: number): number {
  const seconds = Number(headers['retry-after'])
  return Math.min(LONGEST_WAIT_MS, seconds > 0 ? seconds * 1000 : 500 * 2 ** attempt)
}

export function createClient(options: ClientOptions): Client {
  const { transport, base, token } = options
  const sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)))
  const exchanges: Exchange[] = []
  // A map may name other hosts; they are asked, but a token that was meant for this beacon is not for them.
  const isOwnHost = (url: string) => URL.canParse(url) && new URL(url).origin === new URL(base).origin

  async function attempt(request: HttpRequest): Promise<Partial<HttpAnswer> & { readonly failure?: string }> {
    for (let attempts = 0; ; attempts++) {
      try {
        const answer = await transport(request)
        if (answer.status !== TOO_MANY_REQUESTS || attempts >= MOST_RETRIES) return answer
        await sleep(waitMs(answer.headers, attempts))
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        return { failure: message || code || 'the connection failed' }
      }
    }
  }

  async function send(request: RawRequest): Promise<Exchange> {
    const { method, url, kind, body, contentType = 'application/json', returns, question, anonymous } = request
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(token === undefined || anonymous || !isOwnHost(url) ? {} : { authorization: `Bearer ${token}` }),
    }
    const {
      status = 0,
      headers: got = {},
      text = '',
      failure,
    } = await attempt({
      method,
      url,
      headers,
      ...(body === undefined ? {} : { body }),
    })
    const short = url.startsWith(base) ? url.slice(base.length) || '/' : url
    const where = `${method} ${short}`
    const exchange = {
      kind,
      method,
      url,
      where,
      returns,
      question,
      status,
      headers: got,
      text,
      failure,
      ...parse(text),
    }
    exchanges.push(exchange)
    return exchange
  }

  return {
    exchanges,
    send,
    ask(method, url, returns, question) {
      const anonymous = question.testMode === true
      const common = { method, kind: 'data', returns, question, anonymous } as const
      if (method === 'POST') {
        return send({ ...common, url, body: JSON.stringify(toRequestBody(question, options.apiVersion())) })
      }
      const query = toQueryString(question)
      return send({ ...common, url: query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}` })
    },
  }
}

/** Works through a list with a bounded number at a time; results in the order of the list. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  async function worker(): Promise<void> {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index]!, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
