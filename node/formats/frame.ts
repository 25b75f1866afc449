import { BGZF_EOF } from './bgzf.js'
import { toBgzf } from './bgzf/block-writer.js'
import { toCramHeader } from './cram/cram-header.js'
import { cramEof, DEFINITION_BYTES, parseCramDefinition } from './cram/cram-version.js'
import type { RandomAccess } from './random-access.js'
import type { SliceFormat } from './slice.js'

/** What stands before and behind the records of a file. */
export interface Frame {
  readonly head: Buffer
  readonly end: Buffer
}

/**
 * The frame of a file with a header, as it is stored.
 *
 * @param header as `SliceableFile.header`
 * @param data the file that the records come from: containers of a CRAM file fit behind a header of its own version
 * @throws FormatError
 */
export async function toFrame(format: SliceFormat, header: Buffer, data: RandomAccess): Promise<Frame> {
  if (format !== 'CRAM') return { head: await toBgzf(header), end: BGZF_EOF }
  const version = parseCramDefinition(await data.read(0, Math.min(DEFINITION_BYTES, data.size)))
  return { head: await toCramHeader(version, header.toString('utf8')), end: cramEof(version) }
}
