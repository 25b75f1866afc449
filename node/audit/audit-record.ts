import type { JsonValue } from './canonical-json.js'

/** What somebody did with data, by a request. */
export const DATA_EVENTS = [
  'query',
  'record.read',
  'ticket.issue',
  'block.read',
  'login',
  'export',
  'breakglass',
] as const
export type DataEvent = (typeof DATA_EVENTS)[number]

/** What somebody changed, and what the log says of itself. */
export const CHANGE_EVENTS = [
  'project.change',
  'application.change',
  'decision.change',
  'grant.change',
  'tag.change',
  'status.change',
  'dataset.change',
  'data.change',
  'file.change',
  'key.change',
  'pause',
  'resume',
  'visa.issue',
  'check.done',
  'log.recovered',
] as const
export type ChangeEvent = (typeof CHANGE_EVENTS)[number]

/**
 * One data request, as it was decided and answered. The question is not in it, only what kind it was and a keyed digest by which
 * a known question can be found again (docs/decisions/0013); people stand in it by pseudonym alone.
 */
export interface AuditRecord {
  readonly ts: string
  readonly requestId: string
  /** `record.read`: records were told, not only numbers; `ticket.issue`: where a file is to be had; `block.read`: its bytes. */
  readonly event: DataEvent
  readonly outcome: 'answered' | 'denied'
  readonly principal: string
  /** `allele`, `range`…: the kind of question, never the question. */
  readonly question: string
  readonly datasets: readonly string[]
  readonly granularity: string
  readonly exists: boolean
  /** HL7 v3 ActReason. */
  readonly purpose?: string | undefined
  readonly project?: string | undefined
  /** Ids of the grants that the answer relied on. */
  readonly grants?: readonly string[] | undefined
  /** Client of the hub that passed the request on. */
  readonly hub?: string | undefined
  /** `jti` of the Passport. */
  readonly passport?: string | undefined
  /** Care provider and unit (HSA ids) on whose behalf. */
  readonly org?: string | undefined
  readonly unit?: string | undefined
  /** Id of the file that was asked for; absent when there is none with that id. */
  readonly file?: string | undefined
  /** Pseudonyms of those whose records were told, or whose data leave in a file. */
  readonly subjects?: readonly string[] | undefined
  /** Of a file, as far as it is known before the first one leaves. */
  readonly bytes?: number | undefined
  /** Of a block: the request that its ticket answered. */
  readonly ticket?: string | undefined
}

/** A change of the node, written before it is made. */
export interface ChangeRecord {
  readonly ts: string
  /** The same in what is said later of the same change. */
  readonly requestId: string
  readonly event: ChangeEvent
  /** `changed`: it was decided and is about to be made; `failed`: the one of this request id was not made after all. */
  readonly outcome: 'changed' | 'failed'
  /** `cli:` and the number of the operating system's user, or who was authenticated. */
  readonly principal: string
  /** Who says that they did it. */
  readonly by?: string
  /** What was changed, by ids and pseudonyms; never names of people, tokens or keys. */
  readonly details: Readonly<Record<string, JsonValue | undefined>>
}

/** What stands in a line of the log. */
export type AuditEntry = (AuditRecord | ChangeRecord) & {
  /** Of a data request whose question is known. */
  readonly queryHash?: string
  /** From 1, in each chain. */
  readonly seq: number
  /** `hash` of the entry before; zeros in the first. */
  readonly prev: string
  /** SHA-256(0x00 || JCS(entry without `hash`)), hexadecimal: the leaf of RFC 9162. */
  readonly hash: string
}

/** What a change says of something by text; empty: nothing. */
export function detailOf({ details }: ChangeRecord, name: string): string {
  const value = details[name]
  return typeof value === 'string' ? value : ''
}

export function isChange(entry: AuditEntry): entry is AuditEntry & ChangeRecord {
  return 'details' in entry
}
