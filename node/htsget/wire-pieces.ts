import { createHash } from 'node:crypto'
import type { HtsgetFormat } from '../../schemas/index.js'
import { toFrame, type Frame } from '../formats/frame.js'
import type { FileRelease } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'

/** What is made of a header once, however often it is sent; gone with the header. */
interface Made {
  readonly frame: Promise<Frame>
  headUrl?: string
}

const digests = new WeakMap<Buffer, string>()
const asText = new WeakMap<Buffer, Made>()
const asStored = new WeakMap<Buffer, Made>()
const NOTHING = Buffer.alloc(0)

function makeOf({ header, file, data }: FileRelease, format: HtsgetFormat): Made {
  const isText = format === 'VCFTEXT'
  const known = isText ? asText : asStored
  const found = known.get(header)
  if (found) return found
  const made = {
    frame: isText ? Promise.resolve({ head: header, end: NOTHING }) : toFrame(file.format, header, data),
  }
  known.set(header, made)
  // What could not be made is tried again.
  made.frame.catch(() => known.delete(header))
  return made
}

/** What stands before and behind the records of an answer. */
export function toAnswerFrame(release: Disclosed<FileRelease>, format: HtsgetFormat): Promise<Frame> {
  return makeOf(release, format).frame
}

/** The header as the URL that holds it. */
export async function toHeaderDataUrl(release: Disclosed<FileRelease>, format: HtsgetFormat): Promise<string> {
  const made = makeOf(release, format)
  return (made.headUrl ??= toDataUrl((await made.frame).head))
}

export function digestHeader({ header }: FileRelease): string {
  const digest = digests.get(header) ?? createHash('sha256').update(header).digest('base64url')
  digests.set(header, digest)
  return digest
}

/** Without a media type: clients look for exactly this beginning. */
export function toDataUrl(bytes: Buffer): string {
  return `data:;base64,${bytes.toString('base64')}`
}
