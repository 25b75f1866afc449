import { createServer } from 'node:net'
import { ADMIN_PORT_OFFSET } from '../../schemas/index.js'
import { DemoError } from './demo-error.js'

export const LOOPBACK = '127.0.0.1'

/** Every port of a network whose hub has this one: hub and regions, public and admin, and the identity provider. */
export function portsOf(hubPort: number, regions: number, identityPort: number): readonly number[] {
  const listeners = Array.from({ length: regions + 1 }, (_, i) => hubPort + i)
  return [...listeners, ...listeners.map((port) => port + ADMIN_PORT_OFFSET), identityPort]
}

function bind(port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, LOOPBACK, () => server.close(() => resolve(undefined)))
  })
}

/** @throws DemoError that names the first port that cannot be had */
export async function assertPortsFree(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const error = await bind(port)
    if (error) throw toPortError(error, port)
  }
}

export function toPortError(error: NodeJS.ErrnoException, port: number): DemoError {
  const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${error.code ?? error.message})`
  return new DemoError(`Port ${port} ${reason}; stop what uses it, or set FYR_PORT to another one.`)
}
