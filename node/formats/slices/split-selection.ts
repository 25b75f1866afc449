import type { Given, SomeRecords } from '../slice.js'

/**
 * Cuts a selection into some of fewer regions. One after the other they give the same records in the same order, each once: one
 * that reaches from the regions of a selection into those of the next overlaps the last region of the former, and begins before
 * its end; one that begins before that end and overlaps a later region overlaps it, too.
 *
 * @param selection its regions as they stand in the file, none of them touching another
 * @param most regions of each
 */
export function splitSelection({ regions, unplaced }: SomeRecords, most: number): readonly SomeRecords[] {
  const parts = Math.max(1, Math.ceil(regions.length / most))
  return Array.from({ length: parts }, (_, part): SomeRecords => {
    const own = regions.slice(part * most, (part + 1) * most)
    const last = regions[part * most - 1]
    const given: Given | undefined =
      last && last.contig === own[0]!.contig ? { contig: last.contig, before: last.end } : undefined
    return { kind: 'some', regions: own, unplaced: unplaced && part === parts - 1, ...(given ? { given } : {}) }
  })
}
