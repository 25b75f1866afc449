import { readFileSync } from 'node:fs'
import type { Express } from 'express'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { ConfigError, messagesOf, type ListenTls } from '../schemas/index.js'

/** How long requests in flight may take after a stop was asked for. */
export const DRAIN_MS = 10_000

/** How often connections that became idle meanwhile are closed. */
const CLOSE_IDLE_MS = 50

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
}

export interface PublicServerOptions {
  /** Absent: plain HTTP. */
  readonly tls: ListenTls | undefined
  /** Most bytes of a request's head; absent: as many as Node.js takes. */
  readonly maxHeaderSize: number | undefined
}

/** With it a server asks for a certificate and takes those who have none: what one is needed for is for `access` to say. */
function readTls({ keyFile, certFile, clientCaFile }: ListenTls): TlsOptions {
  const key = read(keyFile)
  const cert = read(certFile)
  const ca = clientCaFile === undefined ? {} : { ca: read(clientCaFile) }
  return { key, cert, ...ca, requestCert: true, rejectUnauthorized: false }
}

/** The server of the public listener. @throws ConfigError a file of `listen.tls` cannot be used */
export function createPublicServer(app: Express, { tls, maxHeaderSize }: PublicServerOptions): Server | TlsServer {
  const limits = { ...messagesOf(app), ...(maxHeaderSize === undefined ? {} : { maxHeaderSize }) }
  if (!tls) return createServer(limits, app)
  const options = { ...limits, ...readTls(tls) }
  try {
    return createTlsServer(options, app)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'no PEM'
    throw new ConfigError(`listen.tls: key and certificates cannot be used (${code})`)
  }
}

/** Starts a listener; gives its URL without a path. @throws Error the port is taken */
export function startListener(server: Server | TlsServer, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address() as AddressInfo
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
      resolve(`${server instanceof TlsServer ? 'https' : 'http'}://${name}:${address.port}`)
    })
  })
}

/** Takes no more connections and lets requests in flight finish, but not for ever. */
export function drainListener(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve()
    const cutting = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    const closing = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS)
    server.close(() => {
      clearTimeout(cutting)
      clearInterval(closing)
      resolve()
    })
    server.closeIdleConnections()
  })
}
