import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Request } from 'express'
import type { Credentials } from './access/caller.js'

const bodies = new WeakMap<IncomingMessage, Buffer>()

/** For the `verify` of a body parser: signatures cover the body as it was sent. */
export function keepBody(request: IncomingMessage, _response: unknown, body: Buffer): void {
  bodies.set(request, body)
}

/** What a request says of who sent it. */
export function toCredentials(request: Request): Credentials {
  const body = bodies.get(request)
  const certificateSha256 = certificateOf(request)
  return {
    method: request.method,
    target: request.originalUrl,
    headers: headersOf(request),
    ...(body ? { body } : {}),
    ...(certificateSha256 ? { certificateSha256 } : {}),
  }
}

/** Node.js reads the values of all headers one by one when the first of them is asked for, and nobody asks for most requests. */
function headersOf(request: Request): Credentials['headers'] {
  const has = (name: string) => request.headers[name] !== undefined
  return { has, get: (name) => (has(name) ? request.headersDistinct[name] : undefined) }
}

/** By connection: a certificate stays as it was shown when the connection was opened. */
const certificates = new WeakMap<TLSSocket, { readonly sha256: string | undefined }>()

function certificateOf({ socket }: Request): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  let known = certificates.get(socket)
  if (!known) {
    known = { sha256: socket.authorized ? fingerprintOf(socket) : undefined }
    certificates.set(socket, known)
  }
  return known.sha256
}

/** Of a connection that was taken up again nobody need have shown one, whatever `authorized` says. */
function fingerprintOf(socket: TLSSocket): string | undefined {
  const { fingerprint256 }: { readonly fingerprint256?: string } = socket.getPeerCertificate()
  return fingerprint256?.replaceAll(':', '').toLowerCase()
}
