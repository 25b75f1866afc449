import { parseSamHeader, readSampleNames, type SamHeaderLine } from '../bam/sam-header.js'
import { type RandomAccess } from '../random-access.js'
import { type Contig, type Selection, type SliceableFile, type SlicePart } from '../slice.js'
import { mergeRegions } from '../slices/regions.js'
import { buildCraiRows } from './build-crai.js'
import { createContainerIndex, findContainers, type ContainerIndex } from './container-index.js'
import { parseCrai } from './crai.js'
import { readCramHeader, type CramHeader } from './cram-header.js'
import { createRegionSet, type RegionSet } from './region-set.js'

/** A CRAM file that is open, for whole containers of it or for its records. */
export interface OpenCram {
  readonly file: RandomAccess
  /** Memory that it keeps, bytes, about. */
  readonly bytes: number
  readonly header: CramHeader
  readonly contigs: readonly Contig[]
  readonly lines: readonly SamHeaderLine[]
  /** Where the file has no index, it is built when it is first needed. */
  index(signal?: AbortSignal): Promise<ContainerIndex>
}

/** A row of a compressed index takes some 10 bytes, and some 100 in memory; the text of the header is there as lines, too. */
const ROW_GROWTH = 10
const TEXT_GROWTH = 5

/** @throws FormatError this is no CRAM file, or the index is not its own */
export async function openContainers(
  file: RandomAccess,
  indexFile: RandomAccess | undefined,
  signal?: AbortSignal,
): Promise<OpenCram> {
  const header = await readCramHeader(file, signal)
  const lines = parseSamHeader(header.text)
  let index: Promise<ContainerIndex> | undefined
  if (indexFile) {
    const rows = await parseCrai(await indexFile.read(0, indexFile.size, signal))
    index = Promise.resolve(await createContainerIndex(rows, file, header, signal))
  }
  return {
    file,
    header,
    lines,
    bytes: ROW_GROWTH * (indexFile?.size ?? 0) + TEXT_GROWTH * header.text.length,
    contigs: lines.filter(({ type }) => type === 'SQ').map(toContig),
    async index(signal) {
      // A caller who gives up must not take the others' index along.
      index ??= buildCraiRows(file, header).then((rows) => createContainerIndex(rows, file, header))
      index.catch(() => (index = undefined))
      signal?.throwIfAborted()
      return index
    },
  }
}

function toContig({ fields }: SamHeaderLine): Contig {
  const value = (tag: string) => fields.find((field) => field.tag === tag)?.value
  const length = Number(value('LN'))
  return { name: value('SN') ?? '', ...(Number.isSafeInteger(length) && length > 0 ? { length } : {}) }
}

/** @throws TypeError a region on a contig that the file does not have */
export function toRegionSet({ contigs }: OpenCram, selection: Selection & { readonly kind: 'some' }): RegionSet {
  const numbers = new Map(contigs.map(({ name }, number) => [name, number]))
  const regions = selection.regions.map(({ contig, start, end }) => {
    const number = numbers.get(contig)
    if (number === undefined) throw new TypeError(`the file has no contig ${contig}`)
    return { contig: number, start, end }
  })
  return createRegionSet(mergeRegions(regions), selection.unplaced)
}

/**
 * Opens a CRAM file for whole containers: wanted reads come with others of their containers, and every field with them.
 *
 * @param indexFile its CRAI index, compressed or not; without one it is built when it is first needed
 * @throws FormatError this is no CRAM file, or the index is not its own
 */
export async function openCram(
  file: RandomAccess,
  indexFile: RandomAccess | undefined,
  signal?: AbortSignal,
): Promise<SliceableFile> {
  const cram = await openContainers(file, indexFile, signal)
  const { header, lines, contigs } = cram
  return {
    format: 'CRAM',
    bytes: cram.bytes,
    header: Buffer.from(header.text),
    contigs,
    samples: readSampleNames(lines),
    async *slice(selection, _edit, signal) {
      if (selection.kind === 'all') {
        if (header.end > header.start) yield { kind: 'stored', start: header.start, end: header.end }
        return
      }
      const wanted = toRegionSet(cram, selection)
      const index = await cram.index(signal)
      yield* toParts(index.starts, header.end, findContainers(index, wanted))
    },
  }
}

/** A container ends where the next one begins, and the last one where the records end. */
function* toParts(starts: readonly number[], end: number, containers: readonly number[]): Generator<SlicePart> {
  for (let at = 0; at < containers.length;) {
    const first = at
    while (containers[at + 1] === containers[at]! + 1) at++
    const next = containers[at]! + 1
    yield { kind: 'stored', start: starts[containers[first]!]!, end: starts[next] ?? end }
    at++
  }
}
