import { Socket } from 'node:net'
import { buildConnector, Client, type Dispatcher } from 'undici'
import { createGuardedLookup, type ResolveAll } from '../regions/address-policy.js'
import type { ClientTls } from './read-tls.js'

/** Idle connections kept to each region. */
const MAXIMUM_FREE_CONNECTIONS = 16
/** How long an idle connection is kept to a region that does not say how long it keeps one, milliseconds. */
const IDLE_MS = 30_000

/** Code of the error of a call whose connection brought more bytes than it may. */
export const TOO_MANY_BYTES_CODE = 'ETOOMANYBYTES'

/** A connection to one region that carries one call at a time. */
export interface Connection {
  /**
   * Starts a call; whatever becomes of it is told to `handler`.
   *
   * @param maximumBytes of all that comes over the wire, heads and the framing of chunks included, which no parser bounds
   */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler, maximumBytes: number): void
  /** Ends the connection at once, also one that is still being opened. */
  destroy(): void
}

/** Kept-alive connections of one hub; every socket has its address checked before it is opened. */
export interface Agents {
  /** An idle connection to the region, or a new one; to be handed back or destroyed. */
  take(url: URL): Connection
  /** Keeps a connection whose call is over for another call. */
  giveBack(url: URL, connection: Connection): void
  destroy(): void
}

export interface AgentOptions {
  /** Default: the system's. */
  readonly resolve?: ResolveAll | undefined
  readonly tls?: ClientTls | undefined
}

/**
 * Connections by undici, whose pools cannot end a connection attempt when the call that it was made for is over: a region that
 * swallows packets would hold a socket for each such call.
 */
export function createAgents(allowPrivate: boolean, { resolve, tls = {} }: AgentOptions = {}): Agents {
  const lookup = createGuardedLookup(allowPrivate, resolve)
  // The call has a deadline, and nothing else ends it.
  const open = buildConnector({ lookup, timeout: 0, ...tls })
  const free = new Map<string, Connection[]>()
  const all = new Set<Connection>()

  const create = (origin: string): Connection => {
    let connecting: Socket | undefined
    let connected: Socket | undefined
    let mayRead = 0
    const endIfTooMuch = (socket: Socket) => {
      if (socket.bytesRead <= mayRead) return
      socket.destroy(Object.assign(new Error('too many bytes'), { code: TOO_MANY_BYTES_CODE }))
    }
    const client = new Client(origin, {
      connect: (options, done) => {
        // It returns the socket, which its type leaves out.
        const socket: unknown = open(options, (...result) => {
          connecting = undefined
          const [, opened] = result
          connected = opened ?? undefined
          // Before undici's own listener, which parses what there is.
          opened?.on('readable', () => endIfTooMuch(opened))
          done(...result)
        })
        connecting = socket instanceof Socket ? socket : undefined
      },
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_MS,
    })
    const connection: Connection = {
      dispatch(options, handler, maximumBytes) {
        mayRead = (connected?.bytesRead ?? 0) + maximumBytes
        client.dispatch(options, handler)
      },
      destroy() {
        all.delete(connection)
        connecting?.destroy()
        void client.destroy()
      },
    }
    all.add(connection)
    return connection
  }

  return {
    take: ({ origin }) => free.get(origin)?.pop() ?? create(origin),
    giveBack({ origin }, connection) {
      if (!all.has(connection)) return
      const others = free.get(origin) ?? []
      if (others.length === 0) free.set(origin, others)
      if (others.length < MAXIMUM_FREE_CONNECTIONS) others.push(connection)
      else connection.destroy()
    },
    destroy() {
      free.clear()
      for (const connection of all) connection.destroy()
    },
  }
}
