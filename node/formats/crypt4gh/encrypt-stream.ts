import { randomBytes } from 'node:crypto'
import { KEY_BYTES, seal } from './cipher.js'
import { toHeader } from './header.js'
import { cut, SEGMENT_BYTES } from './segments.js'

/**
 * A whole Crypt4GH file of a plaintext, for one reader, with a data key of its own: what the reader gets is all that its key opens.
 *
 * @param reader the reader's public key, 32 bytes
 * @throws FormatError a public key that nothing can be encrypted for
 */
export async function* encryptStream(plaintext: AsyncIterable<Buffer>, reader: Buffer): AsyncGenerator<Buffer> {
  const dataKey = randomBytes(KEY_BYTES)
  yield toHeader([dataKey], undefined, reader)
  for await (const segment of cut(plaintext, SEGMENT_BYTES)) yield seal(dataKey, segment)
}
