import { basename } from 'node:path'
import { matchContig, type AssemblyId } from '../../schemas/index.js'
import { toCallableRegions, type CallableRegions, type Interval } from '../variants/callable-regions.js'
import { IngestError } from './ingest-error.js'
import { readTextFile } from './read-text-file.js'

/**
 * Reads the callable regions of an assay from a BED file: contig, start, end (0-based, half-open); more columns are ignored.
 * Contigs that the node does not hold are left out.
 *
 * @throws IngestError a line that is no region of the assembly, or a file without any
 */
export function readCallableRegions(path: string, assembly: AssemblyId): CallableRegions {
  const name = basename(path)
  const intervals: Interval[] = []
  for (const [index, line] of readTextFile(path).split(/\r?\n/).entries()) {
    if (line.trim() === '' || /^(#|track\b|browser\b)/.test(line)) continue
    const [chrom, from, to] = line.split(/[\t ]+/)
    const isRegion = /^\d{1,10}$/.test(from ?? '') && /^\d{1,10}$/.test(to ?? '') && Number(from) <= Number(to)
    if (!chrom || !isRegion) {
      const reason = 'a BED line is a contig, a start and an end (0-based, half-open), separated by tabs'
      throw new IngestError(name, index + 1, reason)
    }
    const match = matchContig(assembly, chrom)
    if (match.kind === 'other-assembly') {
      const reason = `contig ${chrom} belongs to ${match.assembly}, but the dataset is ${assembly}`
      throw new IngestError(name, index + 1, reason)
    }
    if (match.kind === 'unknown') continue
    const { number, length } = match.contig
    if (Number(to) > length) {
      const reason = `the region ends behind ${match.contig.name} of ${assembly}, which has ${length} bases. Is the file of another assembly?`
      throw new IngestError(name, index + 1, reason)
    }
    intervals.push({ contig: number, start: Number(from), end: Number(to) })
  }
  const regions = toCallableRegions(intervals)
  if (regions.size === 0) throw new IngestError(name, undefined, `the file has no region of ${assembly}`)
  return regions
}
