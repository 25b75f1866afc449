import { ASSEMBLY_IDS, CONTIGS, matchContig, type AssemblyId } from '../../schemas/index.js'
import type { Contig } from '../formats/slice.js'
import { FilesError } from './files-error.js'

/**
 * Names and lengths in a header tell the assembly better than people do. What fits no assembly that is known is let pass: files
 * may be written over references of one's own.
 *
 * @param name of the file
 * @throws FilesError the file is of another assembly than its dataset
 */
export function requireAssembly(name: string, contigs: readonly Contig[], assembly: AssemblyId): void {
  for (const contig of contigs) {
    const other = findOtherAssembly(contig, assembly)
    if (other === undefined) continue
    const what = contig.length === undefined ? contig.name : `${contig.name} with ${contig.length} bases`
    throw new FilesError(`${name}: contig ${what} is of ${other}, but the dataset is ${assembly}`)
  }
}

function findOtherAssembly({ name, length }: Contig, assembly: AssemblyId): AssemblyId | undefined {
  const match = matchContig(assembly, name)
  if (match.kind === 'other-assembly') return match.assembly
  if (match.kind === 'unknown' || length === undefined || match.contig.length === length) return undefined
  return ASSEMBLY_IDS.find((other) => CONTIGS[other][match.contig.number - 1]?.length === length)
}
