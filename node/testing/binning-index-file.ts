import { int32, uint32 } from '../formats/little-endian.js'

/** Indexes as the specifications describe them, made in the plainest way; and what stands where, to check them against. */

export interface IndexedRecord {
  readonly contig: number
  readonly start: number
  readonly stop: number
  /** Virtual offsets. */
  readonly begin: number
  readonly end: number
}

export type IndexKind = 'bai' | 'tbi' | 'csi'

export interface IndexShape {
  readonly kind: IndexKind
  readonly minShift: number
  readonly depth: number
  readonly contigs: number
  /** Whether each contig tells where its records stand. */
  readonly hasWhole: boolean
}

/** The smallest bin that holds [start, stop) (SAM specification 5.3, for any number of levels). */
export function toBin(start: number, stop: number, minShift: number, depth: number): number {
  for (let level = depth; level > 0; level--) {
    const size = 2 ** (minShift + 3 * (depth - level))
    const window = Math.floor(start / size)
    if (window === Math.floor((stop - 1) / size)) return (8 ** level - 1) / 7 + window
  }
  return 0
}

/** @param records in the order of the file */
export function binningIndex(records: readonly IndexedRecord[], shape: IndexShape): Buffer {
  const { kind, contigs, minShift, depth } = shape
  const names = Buffer.from(Array.from({ length: contigs }, (_, contig) => `c${contig}\0`).join(''))
  const tabix = Buffer.concat([...[2, 1, 2, 0, 35, 0, names.length].map(int32), names])
  const parts: Buffer[] = []
  if (kind === 'bai') parts.push(Buffer.from('BAI\x01'), int32(contigs))
  else if (kind === 'tbi') parts.push(Buffer.from('TBI\x01'), int32(contigs), tabix)
  else parts.push(Buffer.from('CSI\x01'), int32(minShift), int32(depth), int32(0), int32(contigs))
  for (let contig = 0; contig < contigs; contig++) {
    parts.push(
      contigIndex(
        records.filter((record) => record.contig === contig),
        shape,
      ),
    )
  }
  parts.push(offset(3 / 65_536))
  return Buffer.concat(parts)
}

function contigIndex(records: readonly IndexedRecord[], { kind, minShift, depth, hasWhole }: IndexShape): Buffer {
  const isCsi = kind === 'csi'
  const bins = new Map<number, { begin: number; end: number }[]>()
  const windows: number[] = []
  for (const { start, stop, begin, end } of records) {
    const bin = toBin(start, stop, minShift, depth)
    const chunks = bins.get(bin) ?? []
    bins.set(bin, chunks)
    const last = chunks.at(-1)
    if (last?.end === begin) last.end = end
    else chunks.push({ begin, end })
    for (let window = Math.floor(start / 2 ** minShift); window <= Math.floor((stop - 1) / 2 ** minShift); window++) {
      windows[window] = Math.min(windows[window] ?? Infinity, begin)
    }
  }
  const filled = Array.from(windows, (begin) => begin ?? 0)
  const parts: Buffer[] = []
  for (const [bin, chunks] of bins) {
    const first = chunks[0]!.begin
    parts.push(uint32(bin), ...(isCsi ? [offset(firstOverlap(records, bin, minShift, depth) ?? first)] : []))
    parts.push(int32(chunks.length), ...chunks.flatMap(({ begin, end }) => [offset(begin), offset(end)]))
  }
  const isWhole = hasWhole && records.length > 0
  if (isWhole) {
    parts.push(uint32((8 ** (depth + 1) - 1) / 7 + 1), ...(isCsi ? [offset(0)] : []), int32(2))
    parts.push(offset(records[0]!.begin), offset(records.at(-1)!.end), offset(records.length / 65_536), offset(0))
  }
  const linear = isCsi ? [] : [int32(filled.length), ...filled.map(offset)]
  return Buffer.concat([int32(bins.size + (isWhole ? 1 : 0)), ...parts, ...linear])
}

/** What CSI keeps of a bin: the first record that overlaps it. */
function firstOverlap(records: readonly IndexedRecord[], bin: number, minShift: number, depth: number) {
  let level = 0
  while ((8 ** (level + 1) - 1) / 7 <= bin) level++
  const size = 2 ** (minShift + 3 * (depth - level))
  const from = (bin - (8 ** level - 1) / 7) * size
  return records.find(({ start, stop }) => start < from + size && stop > from)?.begin
}

/** A virtual offset as 64 bits. */
function offset(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(Math.round((value % 1) * 65_536) || value % 65_536, 0)
  bytes.writeUIntLE(Math.floor(value / 65_536), 2, 6)
  return bytes
}
