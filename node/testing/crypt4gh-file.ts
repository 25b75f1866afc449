import { seal } from '../formats/crypt4gh/cipher.js'
import { toHeader } from '../formats/crypt4gh/header.js'
import { SEGMENT_BYTES } from '../formats/crypt4gh/segments.js'

/** A Crypt4GH file whose segments are encrypted with the data keys by turns. */
export function toCrypt4gh(
  plaintext: Buffer,
  reader: Buffer,
  dataKeys: readonly Buffer[],
  edits?: readonly number[],
): Buffer {
  const parts = [toHeader(dataKeys, edits, reader)]
  for (let at = 0; at < plaintext.length; at += SEGMENT_BYTES) {
    const dataKey = dataKeys[(at / SEGMENT_BYTES) % dataKeys.length]!
    parts.push(seal(dataKey, plaintext.subarray(at, at + SEGMENT_BYTES)))
  }
  return Buffer.concat(parts)
}
