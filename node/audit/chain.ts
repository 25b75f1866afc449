import { hash as digest } from 'node:crypto'
import type { AuditEntry } from './audit-record.js'
import { canonicalise, toMembers, type JsonValue } from './canonical-json.js'

/** The end of a chain: what the next entry follows. */
export interface ChainHead {
  /** Of the last entry; 0 where there is none. */
  readonly seq: number
  readonly hash: string
}

export const HASH_BYTES = 32
export const EMPTY_CHAIN: ChainHead = { seq: 0, hash: '0'.repeat(2 * HASH_BYTES) }

/** As text, whose UTF-8 is the byte 0. */
const LEAF_PREFIX = '\0'

/** What an entry says, without the fields of the chain. */
export type EntryContent = Readonly<Record<string, JsonValue | undefined>>

/**
 * Makes the next entry of a chain.
 *
 * @param queryHash of a data request whose question is known
 * @returns the line with its end, and the new head
 */
export function sealEntry(
  content: EntryContent,
  head: ChainHead,
  queryHash?: string,
): { readonly line: string; readonly head: ChainHead } {
  const seq = head.seq + 1
  const members = toMembers(content)
  if (queryHash !== undefined) members.push(`"queryHash":"${queryHash}"`)
  members.push(`"seq":${seq}`, `"prev":"${head.hash}"`)
  // Quotation marks go before all that names are made of, so that members are in the order of their names.
  members.sort()
  const hash = hashText(`{${members.join(',')}}`)
  const own = `"hash":"${hash}"`
  const after = members.findIndex((member) => member > own)
  members.splice(after === -1 ? members.length : after, 0, own)
  return { line: `{${members.join(',')}}\n`, head: { seq, hash } }
}

function hashEntry(entry: EntryContent): string {
  return hashText(canonicalise(entry))
}

function hashText(text: string): string {
  return digest('sha256', LEAF_PREFIX + text, 'hex')
}

/** An entry that is what it says, or what is wrong with it. */
export type CheckedLine =
  { readonly kind: 'good'; readonly entry: AuditEntry } | { readonly kind: 'bad'; readonly problem: string }

/**
 * Checks a line by itself, and that it follows what was before it.
 *
 * @param line its bytes without the end of line: what differs in a single one is not what was written
 * @param before undefined: not known
 */
export function checkLine(line: Buffer, before?: ChainHead): CheckedLine {
  let value: JsonValue
  try {
    value = JSON.parse(line.toString()) as JsonValue
  } catch {
    return { kind: 'bad', problem: 'it is not JSON' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'bad', problem: 'it is not a JSON object' }
  }
  const { hash, ...entry } = value as EntryContent
  if (typeof hash !== 'string' || typeof entry['seq'] !== 'number' || typeof entry['prev'] !== 'string') {
    return { kind: 'bad', problem: 'it has no seq, prev and hash' }
  }
  if (hashEntry(entry) !== hash)
    return { kind: 'bad', problem: `entry ${entry['seq']} was changed: its hash is another` }
  if (!Buffer.from(canonicalise(value)).equals(line)) {
    return { kind: 'bad', problem: `entry ${entry['seq']} is not written as the node writes entries` }
  }
  if (before && entry['seq'] !== before.seq + 1) {
    return { kind: 'bad', problem: `entry ${entry['seq']} stands where entry ${before.seq + 1} belongs` }
  }
  if (before && entry['prev'] !== before.hash) {
    return { kind: 'bad', problem: `entry ${entry['seq']} does not follow the entry before it` }
  }
  return { kind: 'good', entry: value as unknown as AuditEntry }
}
