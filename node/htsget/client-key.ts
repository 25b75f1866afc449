import type { IncomingHttpHeaders } from 'node:http'
import { NodeError } from '../errors.js'
import { parsePublicKey } from '../formats/crypt4gh/key-files.js'

/** Names of others for the same thing: of the Sensitive Data Archive, and of htsget-rs. */
const KEY_HEADERS = ['x-c4gh-public-key', 'htsget-context-public-key'] as const

/**
 * The key for which an answer is to be encrypted: who sends one wants no plaintext, with or without `encryptionScheme`.
 *
 * @param isWanted the request asks for encryption
 * @returns 32 bytes; undefined: plaintext is wanted
 * @throws NodeError invalid_input
 */
export function readClientKey(headers: IncomingHttpHeaders, isWanted: boolean): Buffer | undefined {
  const sent = KEY_HEADERS.flatMap((name) => headers[name] ?? [])
  const [text, another] = sent
  const how = 'send your public key, in base64, in the header X-C4GH-Public-Key'
  if (another !== undefined) throw new NodeError('invalid_input', `${how} and in no other`)
  if (text === undefined) {
    if (isWanted) throw new NodeError('invalid_input', `an encrypted answer needs a reader: ${how}`)
    return undefined
  }
  try {
    return parsePublicKey(text)
  } catch (cause) {
    throw new NodeError('invalid_input', `the public key cannot be read: ${how}`, { cause })
  }
}
