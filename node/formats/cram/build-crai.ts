import { type RandomAccess } from '../random-access.js'
import { parseSamHeader } from '../bam/sam-header.js'
import { walkContainers, type CramContainer } from './containers.js'
import { formatCrai, type CraiRow } from './crai.js'
import { readCramHeader, type CramHeader } from './cram-header.js'
import { decodeRecords } from './slice-records.js'
import { readCompressionHeader, readSlice, readSliceHeader, SEVERAL_REFERENCES, sliceExtent } from './slices.js'

/**
 * Makes the CRAI index of a CRAM file, as `samtools index` does: of the headers of its slices, and of the records of slices that have
 * several references.
 *
 * @returns the index as it is stored, compressed by gzip
 * @throws FormatError this is no CRAM file, or it is damaged
 */
export async function buildCrai(file: RandomAccess, signal?: AbortSignal): Promise<Buffer> {
  return formatCrai(await buildCraiRows(file, await readCramHeader(file, signal), signal))
}

export async function buildCraiRows(
  file: RandomAccess,
  header: CramHeader,
  signal?: AbortSignal,
): Promise<readonly CraiRow[]> {
  const contigs = parseSamHeader(header.text).filter(({ type }) => type === 'SQ').length
  const rows: CraiRow[] = []
  for await (const container of walkContainers(file, header.version, header.start, header.end, signal)) {
    if (container.records === 0) continue
    for (const index of container.landmarks.keys()) {
      const { reference, start, span } = await readSliceHeader(file, header.version, container, index, signal)
      const stretches =
        reference === SEVERAL_REFERENCES
          ? await findStretches(file, header, container, index, contigs, signal)
          : [{ reference, start, span }]
      const extent = sliceExtent(container, index)
      const place = { container: container.start, slice: container.landmarks[index]!, size: extent.end - extent.start }
      rows.push(...stretches.map((stretch) => ({ ...stretch, ...place })))
    }
  }
  return rows
}

/** What records that follow one another on the same reference cover. */
async function findStretches(
  file: RandomAccess,
  { version }: CramHeader,
  container: CramContainer,
  index: number,
  contigs: number,
  signal: AbortSignal | undefined,
): Promise<readonly Pick<CraiRow, 'reference' | 'start' | 'span'>[]> {
  const compression = await readCompressionHeader(file, version, container, signal)
  const slice = await readSlice(file, version, container, compression, index, signal)
  const stretches: { reference: number; start: number; last: number }[] = []
  // Places need no bases.
  for (const { reference, position, last } of await decodeRecords(slice, () => undefined, contigs)) {
    const current = stretches.at(-1)
    if (current?.reference !== reference) stretches.push({ reference, start: position, last })
    else {
      current.start = Math.min(current.start, position)
      current.last = Math.max(current.last, last)
    }
  }
  return stretches.map(({ reference, start, last }) => ({ reference, start, span: last - start + 1 }))
}
