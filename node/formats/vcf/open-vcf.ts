import { FormatError } from '../format-error.js'
import { readIndex } from '../index/read-index.js'
import type { RandomAccess } from '../random-access.js'
import type { Contig, SliceableFile } from '../slice.js'
import { openBlocks } from '../slices/open-blocks.js'
import { createSliceableRecords } from '../slices/sliceable-records.js'
import { parseStructuredLine, parseVcfHeaderText, readContigs, type VcfHeaderText } from './header-text.js'
import { createVcfSampleEdit } from './sample-columns.js'
import { createVcfLineFormat } from './line-places.js'

const HASH = 35
const NEWLINE = 10

/**
 * Opens a sorted VCF file that is compressed with bgzip, by its TBI or CSI index. Records overlap as bcftools judges it: from POS
 * over REF, or up to INFO/END where the header declares it.
 *
 * @throws FormatError it is none, or truncated, or the index is not its own
 */
export async function openVcf(
  file: RandomAccess,
  indexFile: RandomAccess,
  signal?: AbortSignal,
): Promise<SliceableFile> {
  const index = await readIndex(indexFile, signal)
  if (!index.names) throw new FormatError('the index is of no VCF file')
  const { header, bytes, first, end } = await openBlocks(file, index, parseVcfHeader, signal)
  const numbers = new Map(index.names.map((name, number) => [name, number]))
  const contigs = withIndexed(readContigs(header.lines), index.names)
  return createSliceableRecords({
    format: 'VCF',
    header: bytes,
    contigs,
    samples: header.samples,
    records: { file, format: createVcfLineFormat(numbers, declaresEnd(header)), index, first, end },
    numbers,
    toTransform: ({ samples }) => samples && createVcfSampleEdit(header.samples, samples),
  })
}

/** @throws FormatError this is no VCF file */
export function parseVcfHeader(
  bytes: Buffer,
  isLast: boolean,
): { header: VcfHeaderText; recordsStart: number } | undefined {
  let at = 0
  while (at < bytes.length && bytes[at] === HASH) {
    const newline = bytes.indexOf(NEWLINE, at)
    if (newline < 0) {
      if (!isLast) return undefined
      at = bytes.length
    } else {
      at = newline + 1
    }
  }
  if (at === bytes.length && !isLast) return undefined
  return { header: parseVcfHeaderText(bytes.toString('utf8', 0, at)), recordsStart: at }
}

/** Whether records may be said to end elsewhere than with their REF. */
export function declaresEnd({ lines }: VcfHeaderText): boolean {
  return lines.some((line) => {
    if (!line.startsWith('##INFO=')) return false
    const fields = parseStructuredLine(line)?.fields
    return fields?.get('ID') === 'END' && fields.get('Type') === 'Integer'
  })
}

/** A header need not declare its contigs. */
function withIndexed(declared: readonly Contig[], indexed: readonly string[]): Contig[] {
  const names = new Set(declared.map(({ name }) => name))
  return [...declared, ...indexed.filter((name) => !names.has(name)).map((name) => ({ name }))]
}
