import { SIZE_PATTERN } from './checkpoint-head.js'

/** Request of `add-checkpoint` (c2sp.org/tlog-witness): a checkpoint, and the proof that it goes on from one before. */
export interface AddCheckpoint {
  /** Size of the tree that the proof is about. */
  readonly old: number
  /** SHA-256 each. */
  readonly proof: readonly Buffer[]
  /** The signed checkpoint. */
  readonly note: string
}

/** As many hashes as a proof can have. */
const LONGEST_PROOF = 63
const OLD_LINE = new RegExp(`^old (${SIZE_PATTERN})$`)
const HASH_LINE = /^[A-Za-z0-9+/]{43}=$/

/** Media type of the size with which a witness answers who did not know it. */
export const SIZE_MEDIA_TYPE = 'text/x.tlog.size'

export function toAddCheckpoint({ old, proof, note }: AddCheckpoint): string {
  const lines = proof.map((hash) => `${hash.toString('base64')}\n`)
  return `old ${old}\n${lines.join('')}\n${note}`
}

/** @returns undefined: it is no such request, or not in UTF-8 */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint | undefined {
  const text = decode(body)
  const end = text?.indexOf('\n\n') ?? -1
  if (text === undefined || end === -1) return undefined
  const [first = '', ...lines] = text.slice(0, end).split('\n')
  const [, old] = OLD_LINE.exec(first) ?? []
  if (old === undefined || lines.length > LONGEST_PROOF || !lines.every((line) => HASH_LINE.test(line)))
    return undefined
  const proof = lines.map((line) => Buffer.from(line, 'base64'))
  if (proof.some((hash, i) => hash.toString('base64') !== lines[i])) return undefined
  return { old: Number(old), proof, note: text.slice(end + 2) }
}

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}
