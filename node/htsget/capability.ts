import { TICKET_LIFETIME_MS, type TicketKeys } from '../access/ticket-keys.js'
import { NodeError } from '../errors.js'
import type { Region, Selection } from '../formats/slice.js'
import type { HtsgetFormat } from '../../schemas/index.js'

/** The header of a ticket's URLs that holds what the ticket allows. Not `Authorization`: that is the API's, and is not sent on. */
export const CAPABILITY_HEADER = 'Fyr-Capability'

export type TicketPart = 'header' | 'body'

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
  readonly subject: string
  /** The request that the ticket answered; it stands in the URL, too. */
  readonly requestId: string
}

/** On the wire, short: it is sent with every request for data. */
interface Payload {
  readonly v: 1
  /** Id of the node. */
  readonly aud: string
  /** Seconds since 1970. */
  readonly exp: number
  readonly id: string
  readonly fmt: HtsgetFormat
  readonly part: TicketPart
  /** By contig: in turn bases from the last region's end to the start, and bases of the region, 0 to the contig's end. Absent: everything. */
  readonly reg?: readonly (readonly [string, ...number[]])[]
  readonly un?: true
  readonly fields?: readonly string[]
  readonly tags?: readonly string[]
  readonly notags?: readonly string[]
  /** Public key, base64url. */
  readonly key?: string
  readonly st: string
  readonly sub: string
  readonly rid: string
}

/** Node takes 16 KiB of headers, common proxies 8 KiB of one. */
const LONGEST_CAPABILITY = 7_000
const TOKEN = /^([\w-]{1,32})\.([\w-]{1,7000})\.([\w-]{43})$/

function toPayload(capability: Capability, nodeId: string, expires: number): Payload {
  const { fileId, format, part, selection, fields, tags, notags, reader, state, subject, requestId } = capability
  return {
    v: 1,
    aud: nodeId,
    exp: expires,
    id: fileId,
    fmt: format,
    part,
    ...(selection.kind === 'some' ? { reg: toStretches(selection.regions) } : {}),
    ...(selection.kind === 'some' && selection.unplaced ? { un: true as const } : {}),
    ...(fields ? { fields: [...fields] } : {}),
    ...(tags ? { tags: [...tags] } : {}),
    ...(notags ? { notags: [...notags] } : {}),
    ...(reader ? { key: reader.toString('base64url') } : {}),
    st: state,
    sub: subject,
    rid: requestId,
  }
}

function fromPayload({ id, fmt, part, reg, un, fields, tags, notags, key, st, sub, rid }: Payload): Capability {
  const regions = reg && toRegions(reg)
  return {
    fileId: id,
    format: fmt,
    part,
    selection: regions ? { kind: 'some', regions, unplaced: un === true } : { kind: 'all' },
    ...(fields ? { fields: new Set(fields) } : {}),
    ...(tags ? { tags: new Set(tags) } : {}),
    ...(notags ? { notags: new Set(notags) } : {}),
    ...(key === undefined ? {} : { reader: Buffer.from(key, 'base64url') }),
    state: st,
    subject: sub,
    requestId: rid,
  }
}

type Stretches = NonNullable<Payload['reg']>

/** Short numbers, so that a ticket can hold many regions. */
function toStretches(regions: readonly Region[]): Stretches {
  const byContig = new Map<string, { readonly entry: [string, ...number[]]; at: number }>()
  for (const { contig, start, end } of regions) {
    const known = byContig.get(contig) ?? { entry: [contig], at: 0 }
    known.entry.push(start - known.at, end === Infinity ? 0 : end - start)
    byContig.set(contig, { ...known, at: end === Infinity ? start : end })
  }
  return [...byContig.values()].map(({ entry }) => entry)
}

function toRegions(stretches: Stretches): readonly Region[] {
  return stretches.flatMap(([contig, ...numbers]) => {
    let at = 0
    return Array.from({ length: numbers.length / 2 }, (_, index): Region => {
      const start = at + numbers[2 * index]!
      const length = numbers[2 * index + 1]!
      at = start + length
      return { contig, start, end: length === 0 ? Infinity : at }
    })
  })
}

/** What is signed begins with what it is for, so that no other text that the node signs can stand for it. */
function toMessage(keyId: string, payload: string): string {
  return `fyr-htsget-data\n${keyId}\n${payload}`
}

/** Makes and checks the capabilities of one node. */
export interface Capabilities {
  /** @throws NodeError payload_too_large: more regions than a header can hold */
  issue(capability: Capability): string
  /**
   * @param token the header's value
   * @throws NodeError unauthenticated
   */
  open(token: string | undefined): Capability
}

export function createCapabilities(keys: TicketKeys, nodeId: string, now: () => Date): Capabilities {
  return {
    issue(capability) {
      const expires = Math.floor((now().getTime() + TICKET_LIFETIME_MS) / 1000)
      const payload = Buffer.from(JSON.stringify(toPayload(capability, nodeId, expires))).toString('base64url')
      // The id of the key is part of what is signed, and which key signs is only known to `keys`.
      const { keyId, mac } = keys.sign((id) => toMessage(id, payload))
      const token = `${keyId}.${payload}.${mac.toString('base64url')}`
      if (token.length > LONGEST_CAPABILITY) {
        throw new NodeError(
          'payload_too_large',
          'these are more regions than one ticket can hold; ask for fewer at a time',
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
