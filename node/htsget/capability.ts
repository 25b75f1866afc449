import type { Caller } from '../access/caller.js'
import { TICKET_LIFETIME_MS, type TicketKeys } from '../access/ticket-keys.js'
import { NodeError } from '../errors.js'
import type { Selection } from '../formats/slice.js'
import type { HtsgetFormat } from '../../schemas/index.js'
import { fromPayload, PAYLOAD_VERSION, toPayload, type Payload } from './capability-payload.js'

/** The header of a ticket's URLs that holds what the ticket allows. Not `Authorization`: that is the API's, and is not sent on. */
export const CAPABILITY_HEADER = 'Fyr-Capability'

/** The header, or records: all of them, or those of the first, second, third … of several URLs. */
export type TicketPart = 'header' | 'body' | `body-${number}`

/** What one URL of a ticket gives to whom, and until when. */
export interface Capability {
  readonly fileId: string
  readonly format: HtsgetFormat
  readonly part: TicketPart
  readonly selection: Selection
  readonly fields?: ReadonlySet<string>
  readonly tags?: ReadonlySet<string>
  readonly notags?: ReadonlySet<string>
  /** Public key of the only reader, 32 bytes: what leaves is encrypted for it. */
  readonly reader?: Buffer
  /** Digest of the file's version, of whom it shows, and of how it calls them. */
  readonly state: string
  /** Who asked for the ticket: at the data endpoint what they may have is decided anew. */
  readonly caller: Caller
  /** Ids of the grants that it rests on: without one of them it is void. */
  readonly grants: readonly string[]
  /** The request that the ticket answered; it stands in the URL, too. */
  readonly requestId: string
}

/** Node takes 16 KiB of headers, common proxies 8 KiB of one. */
const LONGEST_CAPABILITY = 7_000
const TOKEN = /^([\w-]{1,32})\.([\w-]{1,7000})\.([\w-]{43})$/

/** What is signed begins with what it is for, so that no other text that the node signs can stand for it. */
function toMessage(keyId: string, payload: string): string {
  return `fyr-htsget-data\n${keyId}\n${payload}`
}

/** Makes and checks the capabilities of one node. */
export interface Capabilities {
  /**
   * @param ends seconds since 1970: it lasts no longer than that, nor than the holder's token
   * @throws NodeError payload_too_large: more regions than a header can hold
   */
  issue(capability: Capability, ends?: number): string
  /**
   * @param token the header's value
   * @throws NodeError unauthenticated
   */
  open(token: string | undefined): Capability
}

export function createCapabilities(keys: TicketKeys, nodeId: string, now: () => Date): Capabilities {
  return {
    issue(capability, ends = Infinity) {
      const { principal } = capability.caller
      const latest = Math.min(Math.floor((now().getTime() + TICKET_LIFETIME_MS) / 1000), Math.floor(ends))
      const expires = principal.kind === 'person' ? Math.min(latest, principal.expires) : latest
      const payload = Buffer.from(JSON.stringify(toPayload(capability, nodeId, expires))).toString('base64url')
      // The id of the key is part of what is signed, and which key signs is only known to `keys`.
      const { keyId, mac } = keys.sign((id) => toMessage(id, payload))
      const token = `${keyId}.${payload}.${mac.toString('base64url')}`
      if (token.length > LONGEST_CAPABILITY) {
        const hint = capability.format === 'CRAM' ? ', or for format=BAM' : ''
        throw new NodeError(
          'payload_too_large',
          `these are more regions than one URL of a ticket can hold; ask for fewer at a time${hint}`,
        )
      }
      return token
    },
    open(token) {
      const [, keyId, payload, mac] = TOKEN.exec(token ?? '') ?? []
      if (keyId === undefined || payload === undefined || mac === undefined)
        throw refuse('is missing or cannot be read')
      const sent = Buffer.from(mac, 'base64url')
      const isCanonical = sent.toString('base64url') === mac
      if (!isCanonical || keys.verify(keyId, toMessage(keyId, payload), sent) !== 'right') {
        throw refuse('is not one of this node, or its key is no longer in use')
      }
      // Signed by us, so it is what `issue` wrote.
      const value = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Payload
      if (value.v !== PAYLOAD_VERSION) throw refuse('is of another version of this node; ask for a new ticket')
      if (value.aud !== nodeId) throw refuse('is of another node')
      if (value.exp * 1000 <= now().getTime()) throw refuse('has expired; ask for a new ticket')
      return fromPayload(value)
    },
  }
}

function refuse(why: string): NodeError {
  return new NodeError('unauthenticated', `the ${CAPABILITY_HEADER} header ${why}`, {
    headers: ['www-authenticate', CAPABILITY_HEADER],
  })
}
