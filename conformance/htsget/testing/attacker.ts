import { Agent, request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { readError, readTicket, type TicketUrl } from '../ticket.js'

export const CAPABILITY = 'fyr-capability'

export type Headers = Readonly<Record<string, string>>

export interface Sent {
  readonly method?: string
  readonly headers?: Headers
  readonly body?: string
}

export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  /** What an error is called; undefined when the answer is none. */
  readonly error: string | undefined
}

/** Where the records of a ticket are. */
export interface Block {
  /** As it stands in a request. */
  readonly target: string
  readonly headers: Headers
  readonly token: string
}

/** Asks one node, and keeps what it was told. */
export interface Attacker {
  readonly answers: readonly { readonly sent: string; readonly received: Received }[]
  /** Every capability that was had. */
  readonly secrets: ReadonlySet<string>
  /** Sends a target as it is written: no client in between tidies it. */
  send(target: string, sent?: Sent): Promise<Received>
  /** Those of a ticket. @throws Error the answer is none */
  urlsOf(answer: Received): readonly TicketUrl[]
  block(target: string, headers?: Headers): Promise<Block>
  /** What the URLs of a ticket for VCF hold. */
  text(target: string, headers?: Headers): Promise<string>
  close(): void
}

function documentOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** Of htsget; beside its API the node speaks Beacon. */
function errorOf(body: Buffer): string | undefined {
  const document = documentOf(body)
  const { error } = (document ?? {}) as { readonly error?: { readonly errorCode: number } }
  return readError(document)?.error ?? (error && `Beacon ${error.errorCode}`)
}

export function createAttacker(nodeUrl: string): Attacker {
  const { hostname, port } = new URL(nodeUrl)
  const agent = new Agent({ keepAlive: true })
  const answers: { readonly sent: string; readonly received: Received }[] = []
  const secrets = new Set<string>()

  async function send(target: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Received> {
    const received = await new Promise<Received>((resolve, reject) => {
      const call = request({ hostname, port, path: target, method, headers, agent }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          resolve({ status: response.statusCode!, headers: response.headers, body: bytes, error: errorOf(bytes) })
        })
      })
      call.on('error', reject).end(body)
    })
    answers.push({ sent: `${method} ${target}`, received })
    return received
  }

  function urlsOf({ status, body }: Received): readonly TicketUrl[] {
    const ticket = readTicket(documentOf(body))
    if (status !== 200 || !ticket) throw new Error(`${status} ${body.toString()}`)
    for (const { headers } of ticket.urls) if (headers) secrets.add(headers['Fyr-Capability']!)
    return ticket.urls
  }

  return {
    ...{ answers, secrets, send, urlsOf },
    async block(target, headers = {}) {
      const found = urlsOf(await send(target, { headers })).find((url) => url.headers)!
      const token = found.headers!['Fyr-Capability']!
      return { target: new URL(found.url).pathname, headers: { [CAPABILITY]: token }, token }
    },
    async text(target, headers = {}) {
      const pieces: Buffer[] = []
      for (const { url, headers: own } of urlsOf(await send(target, { headers }))) {
        if (url.startsWith('data:')) pieces.push(Buffer.from(url.replace(/^.*,/, ''), 'base64'))
        else pieces.push((await send(new URL(url).pathname, { headers: { ...own } })).body)
      }
      return gunzipSync(Buffer.concat(pieces)).toString()
    },
    close: () => agent.destroy(),
  }
}
