import {
  assemblyOfAccession,
  ASSEMBLY_IDS,
  matchContig,
  parseAssemblyId,
  type AssemblyId,
  type Contig,
} from '../../schemas/index.js'
import { invalid } from './query-errors.js'

/**
 * The contig that a request names, and of which assembly.
 *
 * @param assemblies those of the node's datasets: the assembly of a bare chromosome name when they agree
 * @throws NodeError invalid_input
 */
export function parseContig(
  referenceName: string,
  assemblyId: string | undefined,
  assemblies: readonly AssemblyId[],
): { readonly assembly: AssemblyId; readonly contig: Contig } {
  const assembly = chooseAssembly(referenceName, assemblyId, assemblies)
  const match = matchContig(assembly, referenceName)
  if (match.kind === 'other-assembly') {
    throw invalid(`referenceName belongs to ${match.assembly}, but assemblyId says ${assembly}`)
  }
  if (match.kind === 'unknown') {
    throw invalid(`referenceName is no chromosome of ${assembly}; write refseq:NC_000017.11, NC_000017.11, chr17 or 17`)
  }
  return { assembly, contig: match.contig }
}

/**
 * The assembly that a request means.
 *
 * @param referenceName or another accession; absent: what is asked has no accession of an assembly
 * @param what needs the assembly, for the error
 * @throws NodeError invalid_input
 */
export function chooseAssembly(
  referenceName: string | undefined,
  assemblyId: string | undefined,
  assemblies: readonly AssemblyId[],
  what = 'referenceName without a versioned accession',
): AssemblyId {
  if (assemblyId !== undefined) {
    const stated = parseAssemblyId(assemblyId)
    if (!stated) throw invalid(`assemblyId must be one of ${ASSEMBLY_IDS.join(', ')} (or hg19, hg38, GCF_000001405.x)`)
    return stated
  }
  const ofAccession = referenceName === undefined ? undefined : assemblyOfAccession(referenceName)
  if (ofAccession) return ofAccession
  const [only, another] = new Set(assemblies)
  if (only === undefined || another !== undefined) {
    throw invalid(`${what} needs assemblyId (${ASSEMBLY_IDS.join(' or ')})`)
  }
  return only
}
