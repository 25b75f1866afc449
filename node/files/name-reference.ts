import { matchContig, type AssemblyId } from '../../schemas/index.js'
import type { ReferenceSource } from '../formats/cram/reference.js'

function numberOf(assembly: AssemblyId, name: string): number | undefined {
  const match = matchContig(assembly, name)
  return match.kind === 'contig' ? match.contig.number : undefined
}

/**
 * A reference by the names that a file has for its contigs: as the FASTA file spells them, else as the chromosome that both
 * mean. That the bases are those that the file was written over is checked where they are used.
 */
export function nameReference(fasta: ReferenceSource, assembly: AssemblyId, names: readonly string[]): ReferenceSource {
  const byNumber = new Map([...fasta.lengths.keys()].map((name) => [numberOf(assembly, name), name]))
  const spelt = new Map<string, string>()
  for (const name of names) {
    const number = numberOf(assembly, name)
    const known = fasta.lengths.has(name) ? name : number === undefined ? undefined : byNumber.get(number)
    if (known !== undefined) spelt.set(name, known)
  }
  return {
    lengths: new Map([...spelt].map(([name, known]) => [name, fasta.lengths.get(known)!])),
    read: (name, start, end) => fasta.read(spelt.get(name)!, start, end),
  }
}
