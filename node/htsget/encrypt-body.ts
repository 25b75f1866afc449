import { encryptParts } from '../formats/crypt4gh/encrypt-parts.js'
import { encryptStream } from '../formats/crypt4gh/encrypt-stream.js'
import type { SlicePart } from '../formats/slice.js'
import type { FileRelease } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'
import type { Body, PlannedBody } from './plan-body.js'
import { sizedBody } from './plan-body.js'

/**
 * An answer as one Crypt4GH file that its reader alone can open. Of a file that is stored encrypted, whole segments leave as they
 * are stored, unless more was made than is kept in memory. Two answers are never the same bytes, so no part of one can be asked
 * for.
 *
 * @param reader the reader's public key, 32 bytes
 */
export async function encryptBody(
  release: Disclosed<FileRelease>,
  planned: PlannedBody,
  frame: { readonly head: Buffer; readonly end: Buffer },
  reader: Buffer,
  signal: AbortSignal,
): Promise<Body> {
  const { encrypted } = release
  if (!encrypted || !planned.parts)
    return { kind: 'unsized', stream: () => encryptStream(framed(planned, frame), reader) }
  const parts = [made(frame.head), ...planned.parts, made(frame.end)].flat()
  const segments = await encryptParts(encrypted, parts, reader, 'cut', signal)
  const body = sizedBody(encrypted.stored, segments, signal)
  return { kind: 'unsized', stream: () => body.stream(0, body.size) }
}

function made(bytes: Buffer): readonly SlicePart[] {
  return bytes.length > 0 ? [{ kind: 'made', bytes }] : []
}

async function* framed(
  { body }: PlannedBody,
  { head, end }: { readonly head: Buffer; readonly end: Buffer },
): AsyncGenerator<Buffer> {
  yield head
  yield* body.kind === 'sized' ? body.stream(0, body.size) : body.stream()
  yield end
}
