import { NodeError } from '../errors.js'
import type { Contig, Region, Selection } from '../formats/slice.js'
import { UNPLACED, type AskedRegion } from './parse-request.js'

/** Names that an error lists. */
const MOST_NAMES = 25

/**
 * What was asked for, in the words of the file: regions in its order, cut to its contigs, those that touch made one.
 *
 * @param asked absent: every record
 * @throws NodeError not_found: the file has no such contig
 */
export function resolveRegions(asked: readonly AskedRegion[] | undefined, contigs: readonly Contig[]): Selection {
  if (!asked) return { kind: 'all' }
  const order = new Map(contigs.map(({ name }, index) => [name, index]))
  const regions: Region[] = []
  for (const { referenceName, start, end } of asked) {
    if (referenceName === UNPLACED) continue
    const index = order.get(referenceName)
    if (index === undefined) throw unknownContig(referenceName, contigs)
    const cut = Math.min(end, contigs[index]!.length ?? Infinity)
    if (start < cut) regions.push({ contig: referenceName, start, end: end === Infinity ? Infinity : cut })
  }
  regions.sort((a, b) => order.get(a.contig)! - order.get(b.contig)! || a.start - b.start)
  const unplaced = asked.some(({ referenceName }) => referenceName === UNPLACED)
  return { kind: 'some', regions: uniteTouching(regions), unplaced }
}

/** Whether nothing at all was asked for, as by a region behind the contig's end. */
export function isEmptySelection(selection: Selection): boolean {
  return selection.kind === 'some' && selection.regions.length === 0 && !selection.unplaced
}

function uniteTouching(sorted: readonly Region[]): readonly Region[] {
  const united: Region[] = []
  for (const region of sorted) {
    const last = united.at(-1)
    if (last?.contig === region.contig && region.start <= last.end) {
      united[united.length - 1] = { ...last, end: Math.max(last.end, region.end) }
    } else {
      united.push(region)
    }
  }
  return united
}

function unknownContig(referenceName: string, contigs: readonly Contig[]): NodeError {
  const bare = (name: string) => name.replace(/^chr/i, '').replace(/^MT$/i, 'M').toUpperCase()
  const alias = contigs.find(({ name }) => bare(name) === bare(referenceName))?.name
  const names = contigs.slice(0, MOST_NAMES).map(({ name }) => name)
  const list = contigs.length > MOST_NAMES ? [...names, '…'] : names
  const hint = alias === undefined ? `; it has ${list.join(', ')}` : `; it calls it ${alias}`
  return new NodeError('not_found', `the file has no sequence of this referenceName${hint}`)
}
