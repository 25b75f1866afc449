import { FormatError } from '../format-error.js'
import { readIndex } from '../index/read-index.js'
import type { RandomAccess } from '../random-access.js'
import type { SliceableFile } from '../slice.js'
import { openBlocks } from '../slices/open-blocks.js'
import { createSliceableRecords } from '../slices/sliceable-records.js'
import { parseVcfHeaderText, readContigs } from '../vcf/header-text.js'
import { BcfHeaderReader, isBcf, type BcfHeader } from './bcf-header.js'
import { createBcfSampleEdit } from './sample-columns.js'
import { createBcfRecordFormat } from './record-places.js'

/**
 * Opens a sorted BCF file by its CSI index. Contigs have the numbers of the header's dictionary (`IDX`).
 *
 * @throws FormatError it is none, or truncated, or the index is not its own
 */
export async function openBcf(
  file: RandomAccess,
  indexFile: RandomAccess,
  signal?: AbortSignal,
): Promise<SliceableFile> {
  const index = await readIndex(indexFile, signal)
  const { header, bytes, first, end } = await openBlocks(file, index, parseBcfHeader, signal)
  const { lines, samples } = parseVcfHeaderText(header.text.toString('utf8'))
  const { contigs } = header.dictionary
  return createSliceableRecords({
    format: 'BCF',
    header: bytes,
    contigs: readContigs(lines),
    samples,
    records: { file, format: createBcfRecordFormat(new Set(contigs.keys()), samples.length), index, first, end },
    numbers: new Map([...contigs].map(([number, name]) => [name, number])),
    toTransform: (edit) => edit.samples && createBcfSampleEdit(header.dictionary, samples, edit.samples),
  })
}

/** @throws FormatError this is no BCF file */
export function parseBcfHeader(bytes: Buffer): { header: BcfHeader; recordsStart: number } | undefined {
  if (!isBcf(bytes)) throw new FormatError('this is no BCF file')
  const header = new BcfHeaderReader().push(bytes)
  return header && { header, recordsStart: header.recordsStart }
}
