import { createGuardedLookup, whyAddressRefused, type Resolve } from './address-policy.js'
import { toAnsweredAt } from './answered-at.js'
import { parseUniqueJson } from './unique-json.js'

/** For a whole answer, milliseconds. */
const DEADLINE_MS = 5_000
/** Two hundred visas of the largest size, and some. */
const MAXIMUM_BYTES = 2 * 1024 * 1024

export interface JsonReply {
  readonly status: number
  /** undefined: the status is not 200. */
  readonly body: unknown
  /** By the clock of who answers, milliseconds since 1970. */
  readonly answeredAt?: number
}

/**
 * Asks a broker or an issuer for a JSON document. Redirects are answers like others.
 *
 * @param token sent as `Authorization: Bearer`
 * @param headers beside it
 * @throws Error it cannot be asked, does not answer in time, or answers 200 with something else
 */
export type FetchJson = (
  address: string,
  token?: string,
  headers?: Readonly<Record<string, string>>,
) => Promise<JsonReply>

export interface JsonClient {
  readonly fetchJson: FetchJson
  close(): Promise<void>
}

/** The node's way out to those whom it trusts: only to the addresses of `node.yaml`, and to public ones unless it says otherwise. */
export function createJsonClient(allowPrivate: boolean, resolve?: Resolve, deadlineMs = DEADLINE_MS): JsonClient {
  // Loaded while the node starts, and only by one that asks anybody: it takes longer than all else that a client needs.
  const connection = import('undici').then(({ Agent, request }) => {
    const connect = { lookup: createGuardedLookup(allowPrivate, resolve), timeout: deadlineMs }
    return { request, dispatcher: new Agent({ connect }) }
  })
  return {
    async fetchJson(address, token, headers = {}) {
      const refused = whyAddressRefused(address, allowPrivate)
      if (refused !== undefined) throw new Error(`the address ${refused}`)
      const { request, dispatcher } = await connection
      const {
        statusCode,
        body,
        headers: answered,
      } = await request(address, {
        dispatcher,
        signal: AbortSignal.timeout(deadlineMs),
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          'user-agent': 'fyr-node',
          ...headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      })
      const at = toAnsweredAt(answered)
      const reply = { status: statusCode, ...(at === undefined ? {} : { answeredAt: at }) }
      if (statusCode !== 200) {
        await body.dump({ limit: 0 }).catch(() => undefined)
        return { ...reply, body: undefined }
      }
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length
        // Leaving the loop destroys the body, and the connection with it.
        if (bytes > MAXIMUM_BYTES) throw new Error('the answer is too large')
        chunks.push(chunk)
      }
      return { ...reply, body: parseUniqueJson(Buffer.concat(chunks).toString('utf8')) }
    },
    close: async () => (await connection).dispatcher.destroy(),
  }
}
