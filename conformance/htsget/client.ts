import type { ByteAnswer, ByteTransport } from '../suite/transport.js'
import { readTicket, type Ticket, type TicketUrl } from './ticket.js'

export type Endpoint = 'reads' | 'variants'

export const ENDPOINTS: readonly Endpoint[] = ['reads', 'variants']

/** Parameters of a GET, as they stand in the query; several of one name are sent as they are. */
export type Parameters = readonly (readonly [name: string, value: string])[]

export interface Region {
  readonly referenceName: string
  /** 0-based, inclusive. */
  readonly start?: number
  /** Exclusive. */
  readonly end?: number
}

/** A request of the suite and what came back; every one is kept, and the cases about all answers look at them at the end. */
export interface Exchange {
  readonly kind: 'ticket' | 'service-info' | 'hostile'
  /** What a report names: `GET /reads/ID?referenceName=1`. */
  readonly where: string
  /** 0: no answer came. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Parsed JSON; undefined when the answer is none. */
  readonly body: unknown
  /** Undefined when the answer is no ticket. */
  readonly ticket: Ticket | undefined
  /** Why no answer came. */
  readonly failure: string | undefined
}

export interface RawRequest {
  readonly method: string
  /** Below the base, with query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What an URL of a ticket gave. */
export interface Block extends ByteAnswer {
  readonly where: string
}

export interface Client {
  readonly base: string
  /** Every exchange so far, in order. */
  readonly exchanges: readonly Exchange[]
  send(request: RawRequest, kind?: Exchange['kind']): Promise<Exchange>
  get(endpoint: Endpoint, id: string, parameters?: Parameters): Promise<Exchange>
  post(endpoint: Endpoint, id: string, body: object): Promise<Exchange>
  /** What an URL of a ticket gives, asked as a client does: with its headers, and with nothing else. */
  fetchBlock(url: TicketUrl, options?: BlockOptions): Promise<Block>
  /** The contents of all URLs, one after the other. @throws Error one of them cannot be had */
  fetchAll(ticket: Ticket): Promise<Buffer>
}

export interface BlockOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

export function toPath(endpoint: Endpoint, id: string, parameters: Parameters = []): string {
  // Slashes of an id stand in its path; everything else is encoded.
  const path = id.split('/').map(encodeURIComponent).join('/')
  const query = parameters.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
  return `/${endpoint}/${path}${query === '' ? '' : `?${query}`}`
}

export function toParameters({ referenceName, start, end }: Region, format?: string): Parameters {
  const pairs: [string, string | number | undefined][] = [
    ['format', format],
    ['referenceName', referenceName],
    ['start', start],
    ['end', end],
  ]
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `data:` URLs may name a media type; htsget itself writes none. */
const DATA_URL = /^data:[^,]*?(;base64)?,(.*)$/s

function readDataUrl(url: string): Buffer | undefined {
  const match = DATA_URL.exec(url)
  if (!match) return undefined
  return match[1] === undefined ? Buffer.from(decodeURIComponent(match[2]!)) : Buffer.from(match[2]!, 'base64')
}

/** @param token bearer token for the tickets; never sent to the URLs in them */
export function createClient(transport: ByteTransport, base: string, token?: string): Client {
  const exchanges: Exchange[] = []

  async function send({ method, path, headers = {}, body }: RawRequest, kind: Exchange['kind'] = 'ticket') {
    const where = `${method} ${path}`
    const sent = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }
    let exchange: Exchange
    try {
      const answer = await transport({
        method,
        url: `${base}${path}`,
        headers: sent,
        ...(body === undefined ? {} : { body }),
      })
      const text = answer.bytes.toString()
      const parsed = parseJson(text)
      const ticket = answer.status === 200 ? readTicket(parsed) : undefined
      exchange = {
        kind,
        where,
        status: answer.status,
        headers: answer.headers,
        text,
        body: parsed,
        ticket,
        failure: undefined,
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      const failure = message || code || 'the connection failed'
      exchange = { kind, where, status: 0, headers: {}, text: '', body: undefined, ticket: undefined, failure }
    }
    exchanges.push(exchange)
    return exchange
  }

  async function fetchBlock({ url, headers = {} }: TicketUrl, options: BlockOptions = {}): Promise<Block> {
    const inline = readDataUrl(url)
    if (inline) return { status: 200, headers: {}, bytes: inline, where: 'a data: URL' }
    const { method = 'GET', headers: more = {} } = options
    const answer = await transport({ method, url, headers: { ...headers, ...more } })
    return { ...answer, where: `${method} ${new URL(url).pathname}` }
  }

  return {
    base,
    exchanges,
    send,
    fetchBlock,
    get: (endpoint, id, parameters) => send({ method: 'GET', path: toPath(endpoint, id, parameters) }),
    post: (endpoint, id, body) => send({ method: 'POST', path: toPath(endpoint, id), body: JSON.stringify(body) }),
    async fetchAll({ urls }) {
      const blocks: Buffer[] = []
      for (const url of urls) {
        const { status, bytes, where } = await fetchBlock(url)
        if (status !== 200 && status !== 206) throw new Error(`${where} of the ticket answers ${status}`)
        blocks.push(bytes)
      }
      return Buffer.concat(blocks)
    },
  }
}
