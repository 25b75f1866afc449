import { createHash } from 'node:crypto'
import { CONTIGS, type AssemblyId } from '../../../schemas/assembly.js'
import { openReference } from '../reference.js'
import { truncateDigest } from './computed-identifier.js'

/** Digests of an assembly's sequences by contig number, without their prefix `SQ.`. */
export type ContigDigests = Readonly<Record<number, string>>

/** Bases hashed in one step. */
const STEP = 1 << 22

/** Hashes every contig of a reference: seconds for a whole genome, so never on a thread that answers. @throws FormatError */
export function digestReference(assembly: AssemblyId, path: string): ContigDigests {
  const reference = openReference(assembly, path)
  try {
    const present = CONTIGS[assembly].filter(({ number }) => reference.has(number))
    return Object.fromEntries(
      present.map(({ number, length }) => {
        const hash = createHash('sha512')
        for (let at = 0; at < length; at += STEP) {
          hash.update(reference.bases(number, at, Math.min(length, at + STEP)), 'latin1')
        }
        return [number, truncateDigest(hash.digest())]
      }),
    )
  } finally {
    reference.close()
  }
}
