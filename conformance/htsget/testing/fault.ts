import type { ByteAnswer, ByteTransport, HttpRequest } from '../../suite/transport.js'

/** One thing that a right service does wrong, planted between it and the suite, and the case that must say so. */
export interface Fault {
  readonly finds: string
  readonly name: string
  readonly wire: (right: ByteTransport) => ByteTransport
  /** Cases that ask what the one that judges all answers has to see. */
  readonly needs?: readonly string[]
}

export type IsChosen = (request: HttpRequest) => boolean

const pathOf = ({ url }: HttpRequest): string => new URL(url).pathname

/** Requests for tickets, by `GET` or `POST`, service-infos left out. */
export const isTicketRequest: IsChosen = (request) =>
  /\/(reads|variants)\//.test(pathOf(request)) && !pathOf(request).endsWith('/service-info')

export const isServiceInfo: IsChosen = (request) => pathOf(request).endsWith('/service-info')

/** Requests for what tickets name. */
export const isData: IsChosen = (request) => !isTicketRequest(request) && !isServiceInfo(request)

export const parameterOf = ({ url }: HttpRequest, name: string): string | undefined =>
  new URL(url).searchParams.get(name) ?? undefined

export const hasParameter =
  (name: string): IsChosen =>
  (request) =>
    isTicketRequest(request) && parameterOf(request, name) !== undefined

/** Changes requests on their way. */
export function inRequests(isChosen: IsChosen, change: (request: HttpRequest) => HttpRequest): Fault['wire'] {
  return (right) => (request) => right(isChosen(request) ? change(request) : request)
}

/** Changes parameters of URLs; undefined takes one away. */
export function inParameters(
  isChosen: IsChosen,
  change: (parameters: URLSearchParams) => Readonly<Record<string, string | undefined>>,
): Fault['wire'] {
  return inRequests(isChosen, (request) => {
    const url = new URL(request.url)
    for (const [name, value] of Object.entries(change(url.searchParams))) {
      if (value === undefined) url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    }
    return { ...request, url: url.toString() }
  })
}

/** Changes answers on their way. */
export function inAnswers(
  isChosen: IsChosen,
  change: (answer: ByteAnswer, request: HttpRequest) => ByteAnswer,
): Fault['wire'] {
  return (right) => async (request) => {
    const answer = await right(request)
    return isChosen(request) ? change(answer, request) : answer
  }
}

interface AnyTicket {
  format: string
  urls: { url: string; headers?: Record<string, string>; class?: string }[]
}

/** Changes tickets on their way; errors stay as they are. */
export function inTickets(
  change: (htsget: AnyTicket, request: HttpRequest) => unknown,
  isChosen: IsChosen = isTicketRequest,
): Fault['wire'] {
  return inAnswers(isChosen, (answer, request) => {
    if (answer.status !== 200) return answer
    const { htsget } = JSON.parse(answer.bytes.toString()) as { htsget: AnyTicket }
    return { ...answer, bytes: Buffer.from(JSON.stringify(change(htsget, request))) }
  })
}

export function answering(status: number, document: unknown): ByteAnswer {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  const type = typeof document === 'string' ? 'text/html' : 'application/json'
  return { status, headers: { 'content-type': type }, bytes: Buffer.from(text) }
}

export function without(headers: Readonly<Record<string, string>>, ...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())))
}
