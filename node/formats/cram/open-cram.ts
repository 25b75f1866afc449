import { parseSamHeader, readSampleNames, type SamHeaderLine } from '../bam/sam-header.js'
import { type RandomAccess } from '../random-access.js'
import { type Contig, type SliceableFile, type SlicePart, type SomeRecords } from '../slice.js'
import { mergeRegions } from '../slices/regions.js'
import { buildCraiRows } from './build-crai.js'
import { createContainerIndex, findContainers, type ContainerIndex } from './container-index.js'
import { parseCrai, toCraiRows, type CraiRows } from './crai.js'
import { readCramHeader, type CramHeader } from './cram-header.js'
import { createRegionSet, type RegionSet } from './region-set.js'

/** A CRAM file that is open, for whole containers of it or for its records. */
export interface OpenCram {
  readonly file: RandomAccess
  readonly header: CramHeader
  readonly contigs: readonly Contig[]
  readonly lines: readonly SamHeaderLine[]
  /** Memory that it keeps, bytes, about. */
  readonly bytes: number
  /** Where the file has no index, it is built when it is first needed. */
  index(signal?: AbortSignal): Promise<ContainerIndex>
}

/** Memory, measured: a row of an index, and a letter of the header's text with the lines and contigs that are made of it. */
const ROW_BYTES = 90
const LETTER_BYTES = 12

/** @throws FormatError this is no CRAM file, or the index is not its own */
export async function openContainers(
  file: RandomAccess,
  indexFile: RandomAccess | undefined,
  signal?: AbortSignal,
): Promise<OpenCram> {
  const header = await readCramHeader(file, signal)
  const lines = parseSamHeader(header.text)
  const read = async (rows: CraiRows, signal?: AbortSignal) => {
    const index = await createContainerIndex(rows, file, header, signal)
    bytes = header.text.length * LETTER_BYTES + rows.count * ROW_BYTES
    return index
  }
  let bytes = header.text.length * LETTER_BYTES
  let index: Promise<ContainerIndex> | undefined
  if (indexFile) {
    const rows = await parseCrai(await indexFile.read(0, indexFile.size, signal))
    index = Promise.resolve(await read(rows, signal))
  }
  return {
    file,
    header,
    lines,
    contigs: lines.filter(({ type }) => type === 'SQ').map(toContig),
    get bytes() {
      return bytes
    },
    async index(signal) {
      // Without the caller's signal: one who gives up must not take it away from the others.
      index ??= buildCraiRows(file, header).then((rows) => read(toCraiRows(rows)))
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
export function toRegionSet({ contigs }: OpenCram, { regions, unplaced, given }: SomeRecords): RegionSet {
  const numbers = new Map(contigs.map(({ name }, number) => [name, number]))
  const numberOf = (contig: string): number => {
    const number = numbers.get(contig)
    if (number === undefined) throw new TypeError(`the file has no contig ${contig}`)
    return number
  }
  const numbered = regions.map(({ contig, start, end }) => ({ contig: numberOf(contig), start, end }))
  const before = given && { contig: numberOf(given.contig), before: given.before }
  return createRegionSet(mergeRegions(numbered), unplaced, before)
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
    header: Buffer.from(header.text),
    contigs,
    samples: readSampleNames(lines),
    get bytes() {
      return cram.bytes
    },
    slice(selection, _edit, signal) {
      if (selection.kind === 'all') return toParts(cram, undefined, signal)
      if (selection.given) throw new TypeError('of containers it is not known what was given before')
      return toParts(cram, toRegionSet(cram, selection), signal)
    },
    split: (selection) => [selection],
  }
}

async function* toParts(
  cram: OpenCram,
  wanted: RegionSet | undefined,
  signal?: AbortSignal,
): AsyncGenerator<SlicePart> {
  const { header } = cram
  if (wanted) {
    const index = await cram.index(signal)
    yield* joinContainers(index.starts, header.end, findContainers(index, wanted))
  } else if (header.end > header.start) yield { kind: 'stored', start: header.start, end: header.end }
}

/** A container ends where the next one begins, and the last one where the records end. */
function* joinContainers(starts: Float64Array, end: number, containers: readonly number[]): Generator<SlicePart> {
  for (let at = 0; at < containers.length;) {
    const first = at
    while (containers[at + 1] === containers[at]! + 1) at++
    const next = containers[at]! + 1
    yield { kind: 'stored', start: starts[containers[first]!]!, end: starts[next] ?? end }
    at++
  }
}
