import { FormatError } from '../format-error.js'
import { type RandomAccess } from '../random-access.js'
import { walkContainers, type CramContainer } from './containers.js'
import { type CraiRow } from './crai.js'
import { type CramHeader } from './cram-header.js'
import { type RegionSet } from './region-set.js'

/** What a CRAI index says of a file, by containers. */
export interface ContainerIndex {
  readonly rows: readonly CraiRow[]
  /** Where containers with records begin in the file, in order. */
  readonly starts: readonly number[]
}

/**
 * @throws FormatError the index is of another file, or of an older state of this one: there are containers with records before its
 *   first one or behind its last one
 */
export async function createContainerIndex(
  rows: readonly CraiRow[],
  file: RandomAccess,
  { version, start, end }: CramHeader,
  signal?: AbortSignal,
): Promise<ContainerIndex> {
  const starts = [...new Set(rows.map(({ container }) => container))].sort((a, b) => a - b)
  const first = starts[0] ?? end
  const last = starts.at(-1) ?? end
  if (first < start || last > end) throw new FormatError('the CRAI index is of another file')
  for await (const container of walkContainers(file, version, start, first, signal)) refuseRecords(container.records)
  for await (const container of walkContainers(file, version, last, end, signal)) {
    if (container.start !== last) refuseRecords(container.records)
  }
  return { rows, starts }
}

function refuseRecords(records: number): void {
  if (records > 0)
    throw new FormatError('the CRAI index does not have all containers of the file: it is of another one')
}

/** The containers that may hold wanted records, as numbers into `starts`, in order. */
export function findContainers({ rows, starts }: ContainerIndex, wanted: RegionSet): readonly number[] {
  const found = new Set(rows.filter((row) => mayHold(row, wanted)).map(({ container }) => container))
  return starts.flatMap((start, index) => (found.has(start) ? [index] : []))
}

/** The slices of a container that may hold wanted records, by their numbers in it; one that the index does not know may. */
export function findSlices({ rows }: ContainerIndex, { start, landmarks }: CramContainer, wanted: RegionSet): number[] {
  const own = rows.filter(({ container }) => container === start)
  return landmarks.flatMap((landmark, index) => {
    const known = own.filter(({ slice }) => slice === landmark)
    return known.length === 0 || known.some((row) => mayHold(row, wanted)) ? [index] : []
  })
}

/** A row without a stretch covers its whole reference. */
function mayHold({ reference, start, span }: CraiRow, wanted: RegionSet): boolean {
  const isKnown = start > 0 && span > 0
  return isKnown ? wanted.overlaps(reference, start - 1, start - 1 + span) : wanted.overlaps(reference, 0, Infinity)
}
