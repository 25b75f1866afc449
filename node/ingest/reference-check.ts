import { ASSEMBLY_IDS, contigByNumber, type AssemblyId } from '../../schemas/index.js'
import { FormatError } from '../formats/format-error.js'
import { openReference, type Reference, type ReferencePaths } from '../variants/reference.js'

/** Compares the REF of records with the sequence of the assembly. */
export interface ReferenceCheck {
  readonly reference: Reference
  /** @param start 0-based. @throws FormatError REF is not what stands there, with the true bases */
  check(contig: number, start: number, ref: string): void
  close(): void
}

/** Bases shown in an error. */
const SHOWN = 20

/** @returns undefined when no reference is configured. @throws FormatError it cannot be opened */
export function openReferenceCheck(assembly: AssemblyId, paths: ReferencePaths): ReferenceCheck | undefined {
  const path = paths[assembly]
  if (path === undefined) return undefined
  const reference = openReference(assembly, path)

  /** The other assembly, when REF stands there at this place. */
  function fittingAssembly(contig: number, start: number, ref: string): AssemblyId | undefined {
    return ASSEMBLY_IDS.find((other) => {
      const otherPath = paths[other]
      if (other === assembly || otherPath === undefined) return false
      const sequence = openReference(other, otherPath)
      const fits = sequence.bases(contig, start, start + ref.length) === ref
      sequence.close()
      return fits
    })
  }

  return {
    reference,
    check(contig, start, ref) {
      const bases = reference.bases(contig, start, start + ref.length)
      if (bases === ref || agrees(bases, ref)) return
      const place = `${contigByNumber(assembly, contig).name}:${start + 1}`
      const other = fittingAssembly(contig, start, ref)
      const hint = other ? `; it fits ${other}: is the file of that assembly?` : ''
      throw new FormatError(
        `REF ${shorten(ref)} is not what ${assembly} has at ${place}, which is ${shorten(bases)}${hint}`,
      )
    },
    close: () => reference.close(),
  }
}

/** A letter for several bases, in the reference or in REF, is no contradiction; neither is a contig that the file lacks. */
function agrees(bases: string, ref: string): boolean {
  if (bases === '') return true
  if (bases.length !== ref.length) return false
  for (let i = 0; i < ref.length; i++) {
    const [a, b] = [bases[i]!, ref[i]!]
    if (a !== b && 'ACGT'.includes(a) && 'ACGT'.includes(b)) return false
  }
  return true
}

function shorten(bases: string): string {
  return bases.length <= SHOWN ? bases : `${bases.slice(0, SHOWN)}… (${bases.length} bases)`
}
