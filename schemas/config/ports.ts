import type { Listen } from './listen.js'
import { ConfigError } from './read-config.js'

/** The admin listener never leaves the machine. */
export const ADMIN_HOST = '127.0.0.1'
/** Unless it is stated, the admin listener of a process is this far above its public one. */
export const ADMIN_PORT_OFFSET = 1_000
const LAST_PORT = 65_535

/** @throws ConfigError the default lies beyond the last port */
export function toAdminPort({ port, adminPort }: Listen): number {
  const chosen = adminPort ?? (port === 0 ? 0 : port + ADMIN_PORT_OFFSET)
  if (chosen > LAST_PORT)
    throw new ConfigError(`admin port ${chosen} does not exist: set listen.adminPort or --admin-port`)
  return chosen
}

/** Ports given to a command, in place of those in its file. */
export interface PortOptions {
  readonly port?: number
  readonly adminPort?: number
}

/** A port given to a command moves the admin port along with it, unless that is given too. */
export function withPorts<T extends Listen>(listen: T, { port, adminPort }: PortOptions): T {
  const { adminPort: storedAdminPort, ...stored } = listen
  const chosenAdminPort = adminPort ?? (port === undefined ? storedAdminPort : undefined)
  return {
    ...stored,
    ...(port === undefined ? {} : { port }),
    ...(chosenAdminPort === undefined ? {} : { adminPort: chosenAdminPort }),
  } as T
}
