import { sign, verify, type KeyObject } from 'node:crypto'
import { COSIGNATURE, signaturesOf, toSignatureLine, type NoteKey, type ReadNote } from './signed-note.js'

// Cosignatures of witnesses, version 1 (c2sp.org/tlog-cosignature): Ed25519 over the time and the text of a checkpoint.

const TIME_BYTES = 8
const SIGNATURE_BYTES = 64

/** The signer's name. */
export function witnessNameOf(serviceId: string): string {
  return `${serviceId}/witness`
}

function toMessage(seconds: number | bigint, text: string): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
}

/**
 * Says that as of this time the checkpoint is the largest that the witness has seen of the log.
 *
 * @param seconds since 1970
 * @returns the line of the signature
 */
export function cosign(text: string, key: NoteKey, privateKey: KeyObject, seconds: number): string {
  const time = Buffer.alloc(TIME_BYTES)
  time.writeBigUInt64BE(BigInt(seconds))
  return toSignatureLine(key, COSIGNATURE, Buffer.concat([time, sign(null, toMessage(seconds, text), privateKey)]))
}

export interface Cosignature {
  /** With its line feed. */
  readonly line: string
  /** Since 1970. */
  readonly seconds: number
}

/** The last cosignature of a witness; undefined: it has not cosigned the note, or one that says so is wrong. */
export function openCosignature(note: ReadNote, key: NoteKey): Cosignature | undefined {
  let last: Cosignature | undefined
  for (const { bytes, line } of signaturesOf(note, key, COSIGNATURE)) {
    if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined
    const time = bytes.readBigUInt64BE()
    const message = toMessage(time, note.text)
    if (time > Number.MAX_SAFE_INTEGER || !verify(null, message, key.publicKey, bytes.subarray(TIME_BYTES))) {
      return undefined
    }
    const seconds = Number(time)
    if (!last || seconds > last.seconds) last = { line, seconds }
  }
  return last
}
