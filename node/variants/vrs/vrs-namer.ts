import type { AssemblyId, SequenceLocation, VrsAllele } from '../../../schemas/index.js'
import type { Reference } from '../reference.js'
import { isStructural } from '../structural.js'
import type { Variant } from '../variant.js'
import { computeIdentifier } from './computed-identifier.js'
import { fullyJustify } from './fully-justify.js'
import type { SequenceDigests } from './sequence-digests.js'

/** Says what GA4GH's VRS 1.3 calls things of the assemblies whose references the node has. */
export interface VrsNamer {
  /** `ga4gh:SQ.…`; undefined without a reference that has the contig. */
  sequenceId(assembly: AssemblyId, contig: number): string | undefined
  /** A sequence allele, fully justified, with its computed identifier; undefined where the reference does not tell. */
  toAllele(assembly: AssemblyId, variant: Variant): VrsAllele | undefined
}

export function createVrsNamer(
  references: Readonly<Partial<Record<AssemblyId, Reference>>>,
  { sequenceId }: Pick<SequenceDigests, 'sequenceId'>,
): VrsNamer {
  return {
    sequenceId,
    toAllele(assembly, variant) {
      const reference = references[assembly]
      const sequence = sequenceId(assembly, variant.contig)
      if (!reference || sequence === undefined || isStructural(variant.alternateBases)) return undefined
      const { contig, start, referenceBases } = variant
      // A dataset that was made without the reference may contradict it: then it is no allele of this sequence.
      if (reference.bases(contig, start, start + referenceBases.length) !== referenceBases) return undefined
      const justified = fullyJustify(variant, reference)
      const allele = {
        type: 'Allele',
        location: toLocation(sequence, justified.start, justified.end),
        state: { type: 'LiteralSequenceExpression', sequence: justified.sequence },
      } as const
      return { _id: computeIdentifier(allele), ...allele }
    },
  }
}

/** @param start 0-based; `end` exclusive */
export function toLocation(sequenceId: string, start: number, end: number): SequenceLocation {
  return {
    type: 'SequenceLocation',
    sequence_id: sequenceId,
    interval: {
      type: 'SequenceInterval',
      start: { type: 'Number', value: start },
      end: { type: 'Number', value: end },
    },
  }
}
