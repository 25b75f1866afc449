import { request as httpRequest } from 'node:http'
import { validate, type SchemaPath, type Ticket, type TicketUrl } from '../../../schemas/index.js'

export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** Sends exactly what it is told. */
export function send(
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(url, { method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const received = response.headers as Received['headers']
        resolve({ status: response.statusCode!, headers: received, body: Buffer.concat(chunks) })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}

function requireValid(schema: SchemaPath, document: unknown): void {
  const result = validate(schema, document)
  if (!result.ok) throw new Error(`${schema}: ${result.violation.pointer} ${result.violation.message}`)
}

/** The JSON of an answer below `/htsget`, checked against its schema. */
export function toDocument(url: string, { status, body }: Received): { readonly htsget: Record<string, unknown> } {
  const document = JSON.parse(body.toString()) as { readonly htsget: Record<string, unknown> }
  const isInfo = /\/service-info$/.test(url)
  requireValid(
    status >= 400 ? 'htsget/error.json' : isInfo ? 'htsget/serviceInfo.json' : 'htsget/ticket.json',
    document,
  )
  return document
}

/** Asks for a ticket; a body makes it a POST. @throws Error the answer is none, or not valid */
export async function fetchTicket(
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Ticket['htsget']> {
  const answer = body
    ? await send('POST', url, { 'content-type': 'application/json', ...headers }, JSON.stringify(body))
    : await send('GET', url, headers)
  const document = toDocument(url, answer)
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${answer.body.toString()}`)
  return (document as unknown as Ticket).htsget
}

/** What the URLs of a ticket hold, put together. @throws Error one of them does not answer with all it has */
export async function fetchTicketData(ticket: Ticket['htsget']): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (const { url, headers } of ticket.urls) {
    if (url.startsWith('data:;base64,')) pieces.push(Buffer.from(url.slice('data:;base64,'.length), 'base64'))
    else {
      const { status, body } = await send('GET', url, { ...headers })
      if (status !== 200) throw new Error(`${url}: ${status} ${body.toString()}`)
      pieces.push(body)
    }
  }
  return Buffer.concat(pieces)
}

/** Where a ticket's data are that do not stand in it, and what to send for them. */
export type DataUrl = TicketUrl & { readonly headers: Record<string, string> }

/** The URL of the records that a ticket speaks of. */
export async function bodyUrl(url: string, headers: Record<string, string> = {}): Promise<DataUrl> {
  const ticket = await fetchTicket(url, undefined, headers)
  const found = ticket.urls.find((one) => one.headers)!
  return { ...found, headers: { ...found.headers } }
}

export function tokenOf({ headers }: Pick<TicketUrl, 'headers'>): string {
  return headers!['Fyr-Capability']!
}
