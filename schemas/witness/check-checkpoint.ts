import { parseAddCheckpoint, type AddCheckpoint } from './add-checkpoint.js'
import { parseCheckpointHead, type CheckpointHead } from './checkpoint-head.js'
import { EMPTY_ROOT, isConsistent, type TreeHead } from './consistency.js'
import { isSignedBy, parseNote, signaturesOf, type NoteKey } from './signed-note.js'

/** Logs that a witness knows: the key of each by its origin, which is the key's name too. */
export type KnownLogs = ReadonlyMap<string, NoteKey>

export function toKnownLogs(keys: readonly NoteKey[]): KnownLogs {
  return new Map(keys.map((key) => [key.name, key]))
}

/** An answer of a witness that is no cosignature, by its HTTP status. */
export type WitnessRefusal =
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string }
  /** @property size of the last checkpoint that it cosigned */
  | { readonly status: 409; readonly size: number }

/** A request of a known log, signed by it. What it says of the past is not checked yet. */
export interface SignedRequest extends AddCheckpoint {
  /** The checkpoint with the signatures of the log alone: anybody could have added others. */
  readonly note: string
  readonly head: CheckpointHead
  /** Of the note. */
  readonly text: string
}

const refuse = (status: 400 | 403 | 404 | 422, reason: string): WitnessRefusal => ({ status, reason })

/** What can be said of a request without what was seen of the log before. */
export function checkRequest(body: Uint8Array, logs: KnownLogs): SignedRequest | WitnessRefusal {
  const request = parseAddCheckpoint(body)
  const note = request && parseNote(request.note)
  const head = note && parseCheckpointHead(note.text)
  if (!request || !head) return refuse(400, 'this is no request of tlog-witness')
  const key = logs.get(head.origin)
  if (!key) return refuse(404, 'this log is not known here')
  if (!isSignedBy(note, key)) return refuse(403, 'the checkpoint is not signed by the key of the log')
  if (request.old > head.size) return refuse(400, 'the old size is larger than that of the checkpoint')
  const { text } = note
  const lines = signaturesOf(note, key).map(({ line }) => line)
  return { ...request, head, text, note: `${text}\n${lines.join('')}` }
}

/** Nothing was seen of the log. */
export const NOTHING_SEEN: TreeHead = { size: 0, root: EMPTY_ROOT }

/** Whether a request goes on from the last tree that was cosigned. @returns undefined: it does, and may be cosigned */
export function checkConsistency({ old, proof, head }: SignedRequest, last: TreeHead): WitnessRefusal | undefined {
  if (old !== last.size) return { status: 409, size: last.size }
  if (!isConsistent(last, head, proof)) return refuse(422, 'the checkpoint does not go on from the last one')
  return undefined
}
