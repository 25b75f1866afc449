import type { Places } from '../access/applicable-grants.js'
import type { FileGrant } from '../access/file-grant.js'
import type { Contig, Selection, SliceableFile } from '../formats/slice.js'
import { CONTIGS, matchContig, type AssemblyId } from '../../schemas/index.js'

/**
 * Whether a grant gives all that is chosen of a file. Grants of regions give whole stretches in them, never a part of what was
 * asked, and no containers of CRAM, which hold reads of other places.
 */
export function isGranted(grant: FileGrant, { format, contigs }: SliceableFile, selection: Selection): boolean {
  if (!grant.isOfRegions || hasNoRecords(selection)) return true
  return format !== 'CRAM' && grant.serves(toPlaces(selection, contigs, grant.assembly))
}

/** Whether nothing is chosen: what is left is the header. */
function hasNoRecords(selection: Selection): boolean {
  return selection.kind === 'some' && selection.regions.length === 0 && !selection.unplaced
}

/** @returns undefined: it is not all of places that the assembly has */
function toPlaces(selection: Selection, contigs: readonly Contig[], assembly: AssemblyId): Places | undefined {
  if (selection.kind === 'all' || selection.unplaced) return undefined
  const places = selection.regions.map(({ contig, start, end }) => {
    const match = matchContig(assembly, contig)
    if (match.kind !== 'contig') return undefined
    const { number } = match.contig
    const length = contigs.find(({ name }) => name === contig)?.length ?? CONTIGS[assembly][number - 1]?.length
    return { assembly, contig: number, start, end: Math.min(end, length ?? Infinity) }
  })
  return places.every((place) => place !== undefined) ? places : undefined
}
