import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

// The signed notes of C2SP (c2sp.org/signed-note): lines of text, an empty line, and lines of signatures.

/** What a key signs: notes, or the cosignatures of a witness (c2sp.org/tlog-cosignature), both with Ed25519. */
export const NOTE_SIGNATURE = 0x01
export const COSIGNATURE = 0x04
export type SignatureType = typeof NOTE_SIGNATURE | typeof COSIGNATURE

export const KEY_ID_BYTES = 4
const PUBLIC_KEY_BYTES = 32
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/

/** Every text that `openVerifierKey` can open has this form. */
export const VERIFIER_KEY_PATTERN = '^([^\\s+]+)\\+([0-9a-f]{8})\\+([A-Za-z0-9+/]{44})$'
const VERIFIER_KEY = new RegExp(VERIFIER_KEY_PATTERN)

export interface NoteKey {
  /** Has no blanks and no plus. */
  readonly name: string
  readonly publicKey: KeyObject
}

/** The last 32 bytes of the key's DER form are the key (RFC 8410). */
function rawPublicKey(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-PUBLIC_KEY_BYTES)
}

/** SHA-256(name || LF || type || key), its first four bytes. */
export function keyId({ name, publicKey }: NoteKey, type: SignatureType = NOTE_SIGNATURE): Buffer {
  const hash = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([type]))
    .update(rawPublicKey(publicKey))
  return hash.digest().subarray(0, KEY_ID_BYTES)
}

/** How a key is told to those who check its signatures. */
export function toVerifierKey(key: NoteKey, type: SignatureType = NOTE_SIGNATURE): string {
  const bytes = Buffer.concat([Buffer.from([type]), rawPublicKey(key.publicKey)])
  return `${key.name}+${keyId(key, type).toString('hex')}+${bytes.toString('base64')}`
}

/** @returns undefined: it is no key, or not one of Ed25519 for this type of signatures */
export function openVerifierKey(text: string, type: SignatureType = NOTE_SIGNATURE): NoteKey | undefined {
  const [, name = '', id, encoded = ''] = VERIFIER_KEY.exec(text) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length !== 1 + PUBLIC_KEY_BYTES || bytes[0] !== type) return undefined
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') }
  const key = { name, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }
  return keyId(key, type).toString('hex') === id ? key : undefined
}

export interface NoteSignature {
  readonly name: string
  readonly keyId: Buffer
  /** What of the signature follows the id of its key. */
  readonly bytes: Buffer
  /** With its line feed. */
  readonly line: string
}

/** A note whose signatures nobody has checked. */
export interface ReadNote {
  /** With its last line feed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** @param line without its line feed */
function parseSignature(line: string): NoteSignature | undefined {
  const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(line) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  // Written in one way only: a changed character of a note is seen, also where the bytes are the same.
  if (bytes.length <= KEY_ID_BYTES || bytes.toString('base64') !== encoded) return undefined
  const id = bytes.subarray(0, KEY_ID_BYTES)
  return { name, keyId: id, bytes: bytes.subarray(KEY_ID_BYTES), line: `${line}\n` }
}

/** Signature lines as they stand below a note. @returns undefined: they are none */
export function parseSignatures(lines: string): readonly NoteSignature[] | undefined {
  if (!lines.endsWith('\n')) return undefined
  const signatures = lines.slice(0, -1).split('\n').map(parseSignature)
  return signatures.every((signature) => signature !== undefined) ? signatures : undefined
}

function hasControls(text: string): boolean {
  return [...text].some((character) => character < ' ' && character !== '\n')
}

/** What a note says, with its last line feed; for one that was checked before: its lines are read no further. */
export function textOfNote(note: string): string {
  return note.slice(0, note.lastIndexOf('\n\n') + 1)
}

/** @returns undefined: this is no note */
export function parseNote(note: string): ReadNote | undefined {
  const end = note.lastIndexOf('\n\n')
  if (end === -1 || hasControls(note)) return undefined
  const signatures = parseSignatures(note.slice(end + 2))
  return signatures && { text: note.slice(0, end + 1), signatures }
}

/** Signatures that say that they are of the key. Its name alone, or its id alone, is not enough. */
export function signaturesOf(
  { signatures }: Pick<ReadNote, 'signatures'>,
  key: NoteKey,
  type: SignatureType = NOTE_SIGNATURE,
): readonly NoteSignature[] {
  const id = keyId(key, type)
  return signatures.filter((signature) => signature.name === key.name && signature.keyId.equals(id))
}

/** One signature as a line, with its line feed. */
export function toSignatureLine(key: NoteKey, type: SignatureType, bytes: Buffer): string {
  return `\u2014 ${key.name} ${Buffer.concat([keyId(key, type), bytes]).toString('base64')}\n`
}

/** @param text whole lines, none of them empty */
export function signNote(text: string, key: NoteKey, privateKey: KeyObject): string {
  return `${text}\n${toSignatureLine(key, NOTE_SIGNATURE, sign(null, Buffer.from(text), privateKey))}`
}

/**
 * Whether the key signed a note. A wrong signature that says that it is of the key spoils the note, whatever stands beside it.
 */
export function isSignedBy(note: ReadNote, key: NoteKey): boolean {
  const own = signaturesOf(note, key)
  return own.length > 0 && own.every(({ bytes }) => verify(null, Buffer.from(note.text), key.publicKey, bytes))
}

/** @returns the text of a note that the key signed; undefined: it did not, or this is no note */
export function openNote(note: string, key: NoteKey): string | undefined {
  const read = parseNote(note)
  return read && isSignedBy(read, key) ? read.text : undefined
}
