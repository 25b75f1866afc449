import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How long requests in flight may take after a stop was asked for. */
export const DRAIN_MS = 10_000

/** How often connections that became idle meanwhile are closed. */
const CLOSE_IDLE_MS = 50

/** Starts a listener; gives its URL without a path. @throws Error the port is taken */
export function startListener(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address() as AddressInfo
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
      resolve(`http://${name}:${address.port}`)
    })
  })
}

/** Takes no more connections and lets requests in flight finish, but not for ever. */
export function drainListener(server: Server): Promise<void> {
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
