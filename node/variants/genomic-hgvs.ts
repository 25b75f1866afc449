import { matchContig, type AssemblyId } from '../../schemas/assembly.js'

/** A genomic HGVS id with the contig's accession, also where it was written with a chromosome's name: `7:g.140753336A>T`. */
export function toGenomicHgvs(assembly: AssemblyId, text: string): string {
  const colon = text.indexOf(':')
  if (colon <= 0 || !/^:[gm]\./.test(text.slice(colon, colon + 3))) return text
  const match = matchContig(assembly, text.slice(0, colon))
  return match.kind === 'contig' ? match.contig.accession + text.slice(colon) : text
}
