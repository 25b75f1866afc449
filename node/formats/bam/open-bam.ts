import { FormatError } from '../format-error.js'
import type { RandomAccess } from '../random-access.js'
import type { SliceableFile } from '../slice.js'
import { createSliceableRecords } from '../slices/sliceable-records.js'
import { openBlocks } from '../slices/open-blocks.js'
import { readIndex } from '../index/read-index.js'
import { createBamEdit } from './bam-edit.js'
import { parseBamHeader } from './bam-header.js'
import { createBamRecordFormat } from './bam-records.js'
import { parseSamHeader, readSampleNames } from './sam-header.js'

/**
 * Opens a sorted BAM file by its BAI or CSI index.
 *
 * @throws FormatError it is none, or truncated, or the index is not its own
 */
export async function openBam(
  file: RandomAccess,
  indexFile: RandomAccess,
  signal?: AbortSignal,
): Promise<SliceableFile> {
  const index = await readIndex(indexFile, signal)
  if (index.names) throw new FormatError('the index is of a VCF file')
  const { header, bytes, first, end } = await openBlocks(file, index, parseBamHeader, signal)
  const { references, text } = header
  if (index.references > references.length) {
    throw new FormatError(
      `the index is of another file: it has ${index.references} references, not ${references.length}`,
    )
  }
  return createSliceableRecords({
    format: 'BAM',
    header: bytes,
    contigs: references,
    samples: readSampleNames(parseSamHeader(text)),
    records: { file, format: createBamRecordFormat(references.length), index, first, end },
    numbers: new Map(references.map(({ name }, number) => [name, number])),
    toTransform: createBamEdit,
  })
}
