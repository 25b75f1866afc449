import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A file of a server. Without `etag` it has the hash of its content; `null`: it has none. */
export interface StoredObject {
  readonly content: Buffer
  readonly etag?: string | null
  readonly lastModified?: string
}

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Port of the caller: the same for requests over one connection. */
  readonly clientPort: number | undefined
}

/** Answers one request in the place of the right answer, which it can give by `right`. */
export type Fault = (request: IncomingMessage, response: ServerResponse, right: () => void) => void

export interface ObjectServer {
  /** Without a slash at its end. */
  readonly url: string
  readonly requests: readonly SeenRequest[]
  /** Puts an object at a path, which begins with a slash and is as in a URL. */
  put(path: string, object: StoredObject): void
  /** The next requests are answered so, one each. */
  misbehave(...faults: readonly Fault[]): void
  close(): Promise<void>
}

/** How a server says no. */
export type Refuse = (response: ServerResponse, status: number, headers?: Record<string, string>) => void

/** A server of objects on loopback. @param refusal why a request is not even looked at: its status */
export async function startObjectServer(
  refuse: Refuse,
  refusal: (request: IncomingMessage) => number | undefined = () => undefined,
): Promise<ObjectServer> {
  const objects = new Map<string, StoredObject>()
  const requests: SeenRequest[] = []
  const faults: Fault[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers, socket } = request
    const path = url.replace(/\?.*$/, '')
    requests.push({ method, path, headers, clientPort: socket.remotePort })
    const right = () => {
      const status = refusal(request)
      if (status !== undefined) refuse(response, status)
      else answer(request, response, objects.get(path), refuse)
    }
    const fault = faults.shift()
    if (fault) fault(request, response, right)
    else right()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    put: (path, object) => void objects.set(path, object),
    misbehave: (...next) => void faults.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** RFC 9110, 13 and 14: GET and HEAD with one range and conditions. */
function answer(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  object: StoredObject | undefined,
  refuse: Refuse,
): void {
  if (!object) return refuse(response, 404)
  const { content, lastModified } = object
  const etag = object.etag === undefined ? `"${createHash('sha256').update(content).digest('hex')}"` : object.etag
  const ifMatch = headers['if-match']
  if (ifMatch !== undefined && ifMatch !== etag) return refuse(response, 412)
  const unmodifiedSince = headers['if-unmodified-since']
  if (
    unmodifiedSince !== undefined &&
    lastModified !== undefined &&
    Date.parse(lastModified) > Date.parse(unmodifiedSince)
  )
    return refuse(response, 412)
  const validators = {
    'accept-ranges': 'bytes',
    ...(etag === null ? {} : { etag }),
    ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
  }
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')
  if (!range) {
    response.writeHead(200, { 'content-length': content.length, ...validators })
    return void response.end(method === 'HEAD' ? undefined : content)
  }
  const start = Number(range[1])
  const end = Math.min(Number(range[2]) + 1, content.length)
  if (start >= end) return refuse(response, 416, { 'content-range': `bytes */${content.length}`, ...validators })
  response.writeHead(206, {
    'content-range': `bytes ${start}-${end - 1}/${content.length}`,
    'content-length': end - start,
    ...validators,
  })
  response.end(method === 'HEAD' ? undefined : content.subarray(start, end))
}
