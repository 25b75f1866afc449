import { createHash } from 'node:crypto'
import type { HtsgetFormat } from '../../schemas/index.js'
import { toBgzf } from '../formats/bgzf/block-writer.js'
import { BGZF_EOF } from '../formats/bgzf.js'
import type { FileRelease } from '../privacy/disclose-file.js'
import type { Disclosed } from '../privacy/disclosed.js'

/** What is made of a header once, however often it is sent; gone with the header. */
interface Made {
  readonly bytes: Promise<Buffer>
  dataUrl?: string
}

const digests = new WeakMap<Buffer, string>()
const asText = new WeakMap<Buffer, Made>()
const asBlocks = new WeakMap<Buffer, Made>()

function makeOf({ header }: FileRelease, format: HtsgetFormat): Made {
  const isText = format === 'VCFTEXT'
  const known = isText ? asText : asBlocks
  const made = known.get(header) ?? { bytes: isText ? Promise.resolve(header) : toBgzf(header) }
  known.set(header, made)
  return made
}

/** The header as it begins the answer. */
export function toHeaderBytes(release: Disclosed<FileRelease>, format: HtsgetFormat): Promise<Buffer> {
  return makeOf(release, format).bytes
}

/** The same as the URL that holds it. */
export async function toHeaderDataUrl(release: Disclosed<FileRelease>, format: HtsgetFormat): Promise<string> {
  const known = makeOf(release, format)
  return (known.dataUrl ??= toDataUrl(await known.bytes))
}

export function digestHeader({ header }: FileRelease): string {
  const digest = digests.get(header) ?? createHash('sha256').update(header).digest('base64url')
  digests.set(header, digest)
  return digest
}

/** What ends the answer; nothing of plain text. */
export function toEndBytes(format: HtsgetFormat): Buffer | undefined {
  return format === 'VCFTEXT' ? undefined : BGZF_EOF
}

/** Without a media type: clients look for exactly this beginning. */
export function toDataUrl(bytes: Buffer): string {
  return `data:;base64,${bytes.toString('base64')}`
}
