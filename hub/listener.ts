import type { Express } from 'express'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { messagesOf } from '../schemas/index.js'

export interface Listener {
  /** Resolves to the address, `http://host:port`. */
  listen(host: string, port: number): Promise<string>
  /** Stops accepting, lets requests in flight end, and after `limitMs` cuts off what is left. */
  close(limitMs: number): Promise<void>
}

/** `0.0.0.0` and `::` say where to listen, not where to find it. */
function toUrl(host: string, { port }: AddressInfo): string {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}

/**
 * An HTTP server that knows which of its connections are busy. Node's closeIdleConnections leaves alone connections on which
 * no request has come yet, and browsers open such in advance: one of them would hold up every shutdown.
 */
export function createListener(app: Express): Listener {
  const requestsOf = new Map<Socket, number>()
  let closing = false
  const server = createServer(messagesOf(app), (request, response) => {
    const { socket } = request
    requestsOf.set(socket, (requestsOf.get(socket) ?? 0) + 1)
    if (closing) response.setHeader('connection', 'close')
    response.on('close', () => {
      const open = (requestsOf.get(socket) ?? 1) - 1
      if (requestsOf.has(socket)) requestsOf.set(socket, open)
      if (closing && open === 0) socket.destroySoon()
    })
    app(request, response)
  })
  server.on('connection', (socket: Socket) => {
    requestsOf.set(socket, 0)
    socket.on('close', () => requestsOf.delete(socket))
  })
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve(toUrl(host, server.address() as AddressInfo))
        })
      }),
    close: (limitMs) =>
      new Promise((resolve) => {
        if (!server.listening) return resolve()
        closing = true
        const limit = setTimeout(() => server.closeAllConnections(), limitMs)
        server.close(() => {
          clearTimeout(limit)
          resolve()
        })
        for (const [socket, open] of requestsOf) if (open === 0) socket.destroy()
      }),
  }
}
