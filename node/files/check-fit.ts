import { blockOf } from '../formats/bgzf/virtual-offset.js'
import { BGZF_EOF, isBgzfHeader } from '../formats/bgzf.js'
import { CRAM2_EOF, CRAM3_EOF } from '../formats/cram/cram-version.js'
import { FormatError } from '../formats/format-error.js'
import { readIndex } from '../formats/index/read-index.js'
import type { RandomAccess } from '../formats/random-access.js'
import type { SliceFormat } from '../formats/slice.js'
import type { StoredFile } from '../storage/stored-file.js'

const BLOCK_HEADER_BYTES = 18

/**
 * Whether an index can be of an earlier state of its file; times of uploads say nothing of that.
 *
 * @returns what is wrong
 */
export function whyIndexIsOld(file: StoredFile, index: StoredFile): string | undefined {
  if (file.writtenMs === undefined || index.writtenMs === undefined || index.writtenMs >= file.writtenMs)
    return undefined
  return `the index ${index.name} is older than the file: make it anew, or touch it when it is known to fit`
}

/**
 * Looks whether a block begins where the index says that the last records end. In a file that was written anew, hardly ever one does.
 *
 * @throws FormatError the index is of another file
 */
export async function checkIndexEnd(file: RandomAccess, index: RandomAccess, format: SliceFormat): Promise<void> {
  // A CRAI is looked at in this way when it is opened.
  if (format === 'CRAM') return
  const block = blockOf((await readIndex(index)).findLast())
  if (block === file.size) return
  const header = block < file.size ? await file.read(block, Math.min(block + BLOCK_HEADER_BYTES, file.size)) : undefined
  if (!header || !isBgzfHeader(header))
    throw new FormatError('the index is of another file, or of an earlier state of this one')
}

/** Whether the file's last bytes are those with which its format ends: without them it may have been cut off. */
export async function hasEndOfFile(file: RandomAccess, format: SliceFormat): Promise<boolean> {
  for (const end of format === 'CRAM' ? [CRAM3_EOF, CRAM2_EOF] : [BGZF_EOF]) {
    if (file.size >= end.length && (await file.read(file.size - end.length, file.size)).equals(end)) return true
  }
  return false
}
