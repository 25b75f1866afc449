import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { rawPublicKey } from './audit-key.js'

// The signed notes of C2SP (c2sp.org/signed-note): lines of text, an empty line, and lines of signatures.

const ED25519 = 0x01
const KEY_ID_BYTES = 4
const SIGNATURE_BYTES = 64
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/

export interface NoteKey {
  /** Has no blanks and no plus. */
  readonly name: string
  readonly publicKey: KeyObject
}

/** SHA-256(name || LF || type || key), its first four bytes. */
function keyId({ name, publicKey }: NoteKey): Buffer {
  const hash = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ED25519]))
    .update(rawPublicKey(publicKey))
  return hash.digest().subarray(0, KEY_ID_BYTES)
}

/** How a key is told to those who check its notes. */
export function toVerifierKey(key: NoteKey): string {
  const bytes = Buffer.concat([Buffer.from([ED25519]), rawPublicKey(key.publicKey)])
  return `${key.name}+${keyId(key).toString('hex')}+${bytes.toString('base64')}`
}

/** @returns undefined: it is no key, or not one of Ed25519 */
export function openVerifierKey(text: string): NoteKey | undefined {
  const [, name = '', id, encoded = ''] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{43}[A-Za-z0-9+/=])$/.exec(text) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length !== 33 || bytes[0] !== ED25519) return undefined
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') }
  const key = { name, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }
  return keyId(key).toString('hex') === id ? key : undefined
}

/** @param text whole lines, none of them empty */
export function signNote(text: string, key: NoteKey, privateKey: KeyObject): string {
  const signature = Buffer.concat([keyId(key), sign(null, Buffer.from(text), privateKey)])
  return `${text}\n\u2014 ${key.name} ${signature.toString('base64')}\n`
}

/** @returns the text of a note that the key signed; undefined: it did not, or this is no note */
export function openNote(note: string, key: NoteKey): string | undefined {
  const end = note.indexOf('\n\n')
  if (end === -1 || !note.endsWith('\n')) return undefined
  const text = note.slice(0, end + 1)
  const lines = note.slice(end + 2, -1).split('\n')
  const isSigned = lines.some((line) => {
    const [, name, encoded = ''] = SIGNATURE_LINE.exec(line) ?? []
    const bytes = Buffer.from(encoded, 'base64')
    if (name !== key.name || bytes.length !== KEY_ID_BYTES + SIGNATURE_BYTES) return false
    // Written in one way only: a changed character of a note is seen, also where the bytes are the same.
    if (bytes.toString('base64') !== encoded || !bytes.subarray(0, KEY_ID_BYTES).equals(keyId(key))) return false
    return verify(null, Buffer.from(text), key.publicKey, bytes.subarray(KEY_ID_BYTES))
  })
  return isSigned && lines.every((line) => SIGNATURE_LINE.test(line)) ? text : undefined
}
