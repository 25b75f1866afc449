import { openBam } from './bam/open-bam.js'
import { isBam } from './bam/bam-header.js'
import { isBcf } from './bcf/bcf-header.js'
import { openBcf } from './bcf/open-bcf.js'
import { findBlock, inflateBlocks, isBgzfHeader } from './bgzf.js'
import { openCram } from './cram/open-cram.js'
import { FormatError } from './format-error.js'
import type { RandomAccess } from './random-access.js'
import type { SliceableFile, SliceFormat } from './slice.js'
import { openVcf } from './vcf/open-vcf.js'

type Opener = (file: RandomAccess, index: RandomAccess, signal?: AbortSignal) => Promise<SliceableFile>

const OPENERS: Readonly<Record<SliceFormat, Opener>> = { BAM: openBam, CRAM: openCram, VCF: openVcf, BCF: openBcf }

/** The largest BGZF block: the first one shows what the file is. */
const LARGEST_BLOCK_BYTES = 1 << 16
const VCF_MAGIC = '##fileformat=VCF'
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

/**
 * What a file is, by its first bytes.
 *
 * @throws FormatError none of these, or not compressed so that parts of it can be read
 */
export async function detectFormat(file: RandomAccess, signal?: AbortSignal): Promise<SliceFormat> {
  const head = await file.read(0, Math.min(LARGEST_BLOCK_BYTES, file.size), signal)
  if (head.toString('latin1', 0, 4) === 'CRAM') return 'CRAM'
  if (!isBgzfHeader(head)) {
    const isGzip = head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)
    const isPlain = isBam(head) || isBcf(head) || isVcf(head)
    if (isGzip) throw new FormatError('the file is compressed with gzip; compress it with bgzip instead')
    throw new FormatError(
      isPlain ? 'the file is not compressed; compress it with bgzip' : 'this is no BAM, CRAM, VCF or BCF file',
    )
  }
  const block = findBlock(head, 0)
  if (!block) throw new FormatError('the file is truncated')
  const { content, damage } = inflateBlocks(head.subarray(0, block.to))
  if (damage) throw damage
  if (isBam(content)) return 'BAM'
  if (content.length > 0 && isBcf(content)) return 'BCF'
  if (isVcf(content)) return 'VCF'
  throw new FormatError('this is no BAM, CRAM, VCF or BCF file')
}

/**
 * Opens a file by its content and its index.
 *
 * @throws FormatError the file or the index is damaged, or one is not of the other
 */
export async function openSliceable(
  file: RandomAccess,
  index: RandomAccess,
  signal?: AbortSignal,
): Promise<SliceableFile> {
  const format = await detectFormat(file, signal)
  return OPENERS[format](file, index, signal)
}

function isVcf(content: Buffer): boolean {
  return content.toString('latin1', 0, VCF_MAGIC.length) === VCF_MAGIC
}
