import type { Contig, RecordEdit, Region, Selection, SliceableFile, SliceFormat } from '../slice.js'
import { mergeRegions, type NumberedRegion } from './regions.js'
import { sliceRegions, sliceRest, type Granularity, type IndexedRecords } from './slice-records.js'
import { splitSelection } from './split-selection.js'
import { toParts, type Piece } from './to-parts.js'

/** Changes whole records, one stretch of them after the other. */
export type RecordTransform = (records: Buffer) => Buffer

/** A sorted BGZF file with its index and what its records mean. */
export interface OpenedRecords {
  readonly format: SliceFormat
  readonly header: Buffer
  readonly contigs: readonly Contig[]
  readonly samples: readonly string[]
  readonly records: IndexedRecords
  /** The contigs' numbers in the index; those that it does not have are not in it. */
  readonly numbers: ReadonlyMap<string, number>
  /** @returns undefined: the records stay as they are. @throws TypeError the file has no such sample */
  toTransform(edit: RecordEdit): RecordTransform | undefined
}

/** Objects that a contig or a name takes beside its text, about. */
const BYTES_PER_NAME = 200

export function createSliceableRecords(opened: OpenedRecords): SliceableFile {
  const { format, header, contigs, samples, records, numbers } = opened
  const known = new Set(contigs.map(({ name }) => name))
  return {
    format,
    header,
    contigs,
    samples,
    bytes: records.index.bytes + header.length + BYTES_PER_NAME * (contigs.length + samples.length),
    slice(selection, edit, signal) {
      const transform = opened.toTransform(edit)
      const granularity = transform || edit.looksAtAll ? 'records' : 'blocks'
      const pieces = slice(records, selection, toNumbered(selection), granularity, signal)
      return toParts(transform ? transformed(pieces, transform) : pieces)
    },
    split(selection, most) {
      const firstOf = ({ contig }: Region) => records.index.reference(numbers.get(contig) ?? -1)?.first ?? Infinity
      const first = new Map(selection.regions.map((region) => [region.contig, firstOf(region)]))
      // Those of a contig stay as they are.
      const regions = selection.regions.toSorted((a, b) => compare(first.get(a.contig)!, first.get(b.contig)!))
      return splitSelection({ ...selection, regions }, most)
    },
  }

  function toNumbered(selection: Selection): NumberedRegion[] {
    if (selection.kind === 'all') return []
    const { regions, given } = selection
    const merged = mergeRegions(
      regions.flatMap((region) => {
        if (!known.has(region.contig)) throw new TypeError(`the file has no contig ${region.contig}`)
        const contig = numbers.get(region.contig)
        return contig === undefined ? [] : [numbered(region, contig)]
      }),
    )
    if (!given) return merged
    const contig = numbers.get(given.contig)
    return merged.map((region) => (region.contig === contig ? { ...region, from: given.before } : region))
  }
}

/** Also of two that are infinite. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}

function numbered({ start, end }: Region, contig: number): NumberedRegion {
  return { contig, start, end }
}

async function* slice(
  records: IndexedRecords,
  selection: Selection,
  regions: readonly NumberedRegion[],
  granularity: Granularity,
  signal?: AbortSignal,
): AsyncGenerator<Piece, void> {
  if (selection.kind === 'all') return yield* sliceRest(records, records.first, granularity, false, signal)
  yield* sliceRegions(records, regions, granularity, signal)
  const { index, first } = records
  if (!selection.unplaced || index.unplaced === 0) return
  yield* sliceRest(records, index.findLast() || first, granularity, true, signal)
}

async function* transformed(pieces: AsyncIterable<Piece>, transform: RecordTransform): AsyncGenerator<Piece, void> {
  for await (const piece of pieces) {
    if (piece.kind === 'content') yield { kind: 'content', bytes: transform(piece.bytes) }
    else yield piece
  }
}
