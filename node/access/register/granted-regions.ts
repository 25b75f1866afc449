import { matchContig, type AssemblyId } from '../../../schemas/index.js'
import type { GrantedRegion } from '../rules.js'
import type { RegionInput } from './input-schemas.js'
import { RegisterError } from './register-error.js'

/** @throws RegisterError invalid: no contig of the assembly, or behind its end */
export function toGrantedRegions(regions: readonly RegionInput[]): readonly GrantedRegion[] {
  return regions.map(({ assembly, referenceName, start, end }) => {
    const match = matchContig(assembly, referenceName)
    if (match.kind !== 'contig') throw new RegisterError('invalid', `"${referenceName}" is no contig of ${assembly}`)
    if (start >= end || end > match.contig.length) {
      throw new RegisterError('invalid', `${referenceName}:${start}-${end} is no region of ${assembly}`)
    }
    return { assembly, contig: match.contig.number, start, end }
  })
}

/**
 * Reads a BED file: contig, start, end (0-based, half-open); more columns are ignored.
 *
 * @throws RegisterError invalid: a line that is none, or a file without any
 */
export function parseBed(text: string, assembly: AssemblyId): readonly RegionInput[] {
  const regions: RegionInput[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || /^(#|track\b|browser\b)/.test(line)) continue
    const [referenceName, start, end] = line.split(/[\t ]+/)
    if (!referenceName || !/^\d{1,10}$/.test(start ?? '') || !/^\d{1,10}$/.test(end ?? '')) {
      throw new RegisterError('invalid', `line ${index + 1} of the BED file is not a contig, a start and an end`)
    }
    regions.push({ assembly, referenceName, start: Number(start), end: Number(end) })
  }
  // An empty list would read as "no bounds" somewhere.
  if (regions.length === 0) throw new RegisterError('invalid', 'the BED file has no region')
  return regions
}

/** Whether every stretch of one list lies within a single stretch of the other. Absent: the whole genome. */
export function liesWithin(
  inner: readonly GrantedRegion[] | undefined,
  outer: readonly GrantedRegion[] | undefined,
): boolean {
  if (!outer) return true
  if (!inner) return false
  return inner.every((one) =>
    outer.some(
      ({ assembly, contig, start, end }) =>
        assembly === one.assembly && contig === one.contig && start <= one.start && one.end <= end,
    ),
  )
}
