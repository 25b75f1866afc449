import { FormatError } from '../format-error.js'
import { type RandomAccess } from '../random-access.js'
import { walkContainers, type CramContainer } from './containers.js'
import { type CraiRow, type CraiRows } from './crai.js'
import { type CramHeader } from './cram-header.js'
import { type RegionSet } from './region-set.js'

/** What a CRAI index says of a file, by containers. */
export interface ContainerIndex {
  readonly rows: CraiRows
  /** Where containers with records begin in the file, in order. */
  readonly starts: Float64Array
  /** The rows of each container stand together here; those of the container `n` begin at `rowStarts[n]`. */
  readonly rowOrder: Int32Array
  readonly rowStarts: Int32Array
  /** Numbers of containers for the rows of `rowOrder`. */
  readonly containers: Int32Array
  /** The places in `rowOrder` of each reference's rows. */
  readonly byReference: ReadonlyMap<number, readonly number[]>
}

/**
 * @throws FormatError the index is of another file, or of an older state of this one: there are containers with records before its
 *   first one or behind its last one
 */
export async function createContainerIndex(
  rows: CraiRows,
  file: RandomAccess,
  { version, start, end }: CramHeader,
  signal?: AbortSignal,
): Promise<ContainerIndex> {
  const index = groupRows(rows)
  const first = index.starts[0] ?? end
  const last = index.starts.at(-1) ?? end
  if (first < start || last > end) throw new FormatError('the CRAI index is of another file')
  for await (const container of walkContainers(file, version, start, first, signal)) refuseRecords(container.records)
  for await (const container of walkContainers(file, version, last, end, signal)) {
    if (container.start !== last) refuseRecords(container.records)
  }
  return index
}

function refuseRecords(records: number): void {
  if (records > 0)
    throw new FormatError('the CRAI index does not have all containers of the file: it is of another one')
}

function groupRows(rows: CraiRows): ContainerIndex {
  const starting = Float64Array.from({ length: rows.count }, (_, row) => rows.at(row).container)
  const rowOrder = Int32Array.from({ length: rows.count }, (_, row) => row)
  const isOrdered = starting.every((start, row) => row === 0 || start >= starting[row - 1]!)
  if (!isOrdered) rowOrder.sort((a, b) => starting[a]! - starting[b]! || a - b)
  const starts: number[] = []
  const rowStarts: number[] = []
  const containers = new Int32Array(rows.count)
  const byReference = new Map<number, number[]>()
  for (const [place, row] of rowOrder.entries()) {
    const start = starting[row]!
    if (start !== starts.at(-1)) {
      starts.push(start)
      rowStarts.push(place)
    }
    containers[place] = starts.length - 1
    const { reference } = rows.at(row)
    const others = byReference.get(reference)
    if (others) others.push(place)
    else byReference.set(reference, [place])
  }
  rowStarts.push(rows.count)
  return {
    rows,
    starts: Float64Array.from(starts),
    rowOrder,
    rowStarts: Int32Array.from(rowStarts),
    containers,
    byReference,
  }
}

/** The containers that may hold wanted records, as numbers into `starts`, in order. */
export function findContainers(index: ContainerIndex, wanted: RegionSet): readonly number[] {
  const found = new Set<number>()
  for (const contig of wanted.contigs) {
    for (const place of index.byReference.get(contig) ?? []) {
      if (mayHold(index.rows.at(index.rowOrder[place]!), wanted)) found.add(index.containers[place]!)
    }
  }
  return [...found].sort((a, b) => a - b)
}

/**
 * The slices of a container that may hold wanted records, by their numbers in it; one that the index does not know may.
 *
 * @param number the container's, into `starts`
 */
export function findSlices(
  { rows, rowOrder, rowStarts }: ContainerIndex,
  number: number,
  { landmarks }: CramContainer,
  wanted: RegionSet,
): readonly number[] {
  const own = Array.from(rowOrder.subarray(rowStarts[number], rowStarts[number + 1]), (row) => rows.at(row))
  return landmarks.flatMap((landmark, slice) => {
    const known = own.filter((row) => row.slice === landmark)
    return known.length === 0 || known.some((row) => mayHold(row, wanted)) ? [slice] : []
  })
}

/** A row without a stretch covers its whole reference. */
function mayHold({ reference, start, span }: CraiRow, wanted: RegionSet): boolean {
  const isKnown = start > 0 && span > 0
  return isKnown ? wanted.overlaps(reference, start - 1, start - 1 + span) : wanted.overlaps(reference, 0, Infinity)
}
