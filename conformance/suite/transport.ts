import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface ByteAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

export interface HttpAnswer extends Omit<ByteAnswer, 'bytes'> {
  readonly text: string
}

/** One request and its answer. @throws Error the answer did not come, or not whole */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>

/** The same of answers that are not text. */
export type ByteTransport = (request: HttpRequest) => Promise<ByteAnswer>

/** The concurrency cases have this many questions in flight. */
export const MOST_IN_FLIGHT = 64
/** No answer of the suites' questions should come near it; a service that sends more is cut off. */
const LARGEST_ANSWER_BYTES = 64 * 2 ** 20

function readHeaders(response: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
}

/** A server ends connections that are idle; one that it ended as the next request went out looks so. RFC 9112 9.3.1: ask again. */
const ENDED_CONNECTION: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE'])

/**
 * Real HTTP, over kept connections; redirects are not followed, because clients need not.
 *
 * @param timeoutMs for one whole answer
 */
export function createByteTransport(timeoutMs: number): ByteTransport & { close(): void } {
  const settings = { keepAlive: true, maxSockets: MOST_IN_FLIGHT }
  const agents = { http: new HttpAgent(settings), https: new HttpsAgent(settings) }
  function send(request: HttpRequest): Promise<ByteAnswer> {
    const { method, url, headers, body } = request
    const isSecure = url.startsWith('https:')
    const sized = body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) }
    return new Promise((resolve, reject) => {
      const agent = isSecure ? agents.https : agents.http
      let hasBegun = false
      const sent = (isSecure ? httpsRequest : httpRequest)(url, { method, headers: sized, agent }, (response) => {
        hasBegun = true
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > LARGEST_ANSWER_BYTES) sent.destroy(new Error('the answer is over 64 MiB'))
          chunks.push(chunk)
        })
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: readHeaders(response), bytes: Buffer.concat(chunks) }),
        )
        response.on('close', () => clearTimeout(timer))
      })
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
      sent.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer)
        // Every connection that is used again may be such a one; a new one never is, so this comes to an end.
        if (!hasBegun && sent.reusedSocket && ENDED_CONNECTION.has(error.code)) resolve(send(request))
        else reject(error)
      })
      sent.end(body)
    })
  }
  return Object.assign(send, {
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  })
}

/** The same for answers that are text. */
export function createHttpTransport(timeoutMs: number): Transport & { close(): void } {
  const transport = createByteTransport(timeoutMs)
  async function send(request: HttpRequest): Promise<HttpAnswer> {
    const { bytes, ...answer } = await transport(request)
    return { ...answer, text: bytes.toString() }
  }
  return Object.assign(send, { close: () => transport.close() })
}
