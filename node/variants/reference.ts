import { ASSEMBLY_IDS, CONTIGS, matchContig, type AssemblyId } from '../../schemas/assembly.js'
import { openFasta, type Fasta } from '../formats/fasta.js'
import { FormatError } from '../formats/format-error.js'

/** The sequence of an assembly. */
export interface Reference {
  readonly assembly: AssemblyId
  /** The bases of [start, end), 0-based, upper case; shorter where the contig ends, empty where the file lacks the contig. */
  bases(contig: number, start: number, end: number): string
  /** Whether the file has the contig. */
  has(contig: number): boolean
  close(): void
}

/** A reference that is a FASTA file. */
export interface FastaReference extends Reference {
  /** By the file's own names of contigs. */
  readonly fasta: Pick<Fasta, 'lengths' | 'read'>
}

/** Paths of FASTA files by the assembly that they hold. */
export type ReferencePaths = Readonly<Partial<Record<AssemblyId, string>>>

/** How much is read at once: neighbouring records ask for neighbouring bases. */
const WINDOW = 1 << 16

/**
 * Opens the FASTA file of an assembly.
 *
 * @throws FormatError no file, no index, or contigs that have other lengths in the assembly
 */
export function openReference(assembly: AssemblyId, path: string): FastaReference {
  const fasta = openFasta(path)
  const names = new Map<number, string>()
  for (const [name, length] of fasta.lengths) {
    const match = matchContig(assembly, name)
    if (match.kind !== 'contig') continue
    const expected = CONTIGS[assembly][match.contig.number - 1]!.length
    if (length !== expected) {
      fasta.close()
      throw new FormatError(`the reference ${path} is not ${assembly}: ${name} has ${length} bases, not ${expected}`)
    }
    names.set(match.contig.number, name)
  }
  if (names.size === 0) {
    fasta.close()
    throw new FormatError(`the reference ${path} has no contig of ${assembly}`)
  }
  let window = { contig: 0, start: 0, bases: '' }
  return {
    assembly,
    fasta,
    bases(contig, start, end) {
      const name = names.get(contig)
      if (name === undefined) return ''
      const isInside = window.contig === contig && window.start <= start && end <= window.start + window.bases.length
      if (!isInside) {
        if (end - start > WINDOW) return fasta.read(name, start, end)
        const from = Math.max(0, start - WINDOW / 2)
        window = { contig, start: from, bases: fasta.read(name, from, from + WINDOW + (end - start)) }
      }
      return window.bases.slice(Math.max(0, start) - window.start, end - window.start)
    },
    has: (contig) => names.has(contig),
    close() {
      fasta.close()
    },
  }
}

/** @throws FormatError one of them cannot be opened */
export function openReferences(paths: ReferencePaths): Readonly<Partial<Record<AssemblyId, FastaReference>>> {
  const opened = ASSEMBLY_IDS.flatMap((assembly) => {
    const path = paths[assembly]
    return path === undefined ? [] : [[assembly, openReference(assembly, path)] as const]
  })
  return Object.fromEntries(opened)
}
