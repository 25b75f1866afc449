import { contigByNumber, type AssemblyId, type SequenceLocation, type Variation } from '../../schemas/index.js'
import { parseStructural } from '../variants/structural.js'
import { alleleType, copyChangesOf } from '../variants/variant-types.js'
import { variantEnd, type Variant } from '../variants/variant.js'
import { computeIdentifier } from '../variants/vrs/computed-identifier.js'
import { toLocation, type VrsNamer } from '../variants/vrs/vrs-namer.js'

/** `legacy`: what every client of Beacon reads; `vrs`: VRS 1.3 wherever it has a form for the allele. */
export type VariationForm = 'legacy' | 'vrs'

/** Structural types whose alternate is an absence, an arrangement or a number: it has no bases of its own (Beacon: `""`). */
const WITHOUT_BASES: ReadonlySet<string> = new Set(['DEL', 'DUP', 'INV', 'BND', 'CNV'])

export interface NamedVariation {
  readonly variation: Variation
  /** The VRS computed identifier, where a reference is configured and VRS has a form for the allele. */
  readonly vrsId?: string
}

/** An allele as Beacon's `variation`: exactly one of its forms. */
export function toVariation(
  assembly: AssemblyId,
  variant: Variant,
  form: VariationForm,
  vrs: VrsNamer | undefined,
): NamedVariation {
  const { contig, start } = variant
  const locationOn = (sequenceId: string) => toLocation(sequenceId, start, variantEnd(variant))
  const location = locationOn(`refseq:${contigByNumber(assembly, contig).accession}`)
  const copies = toCopyNumber(assembly, variant, location)
  const sequenceId = vrs?.sequenceId(assembly, contig)
  if (copies) {
    const named = sequenceId === undefined ? undefined : { ...copies, subject: locationOn(sequenceId) }
    if (!named) return { variation: copies }
    const vrsId = computeIdentifier(named)
    return { variation: form === 'vrs' ? { _id: vrsId, ...named } : copies, vrsId }
  }
  const allele = vrs?.toAllele(assembly, variant)
  const variation = form === 'vrs' ? (allele ?? toUnnamedAllele(variant, location)) : toLegacy(variant, location)
  return { variation, ...(allele?._id === undefined ? {} : { vrsId: allele._id }) }
}

function toLegacy(variant: Variant, location: SequenceLocation): Variation {
  return {
    variantType: alleleType(variant),
    referenceBases: variant.referenceBases,
    alternateBases: toAlternateBases(variant),
    location,
  }
}

/** Of an insertion that is only named, some unknown bases. */
function toAlternateBases(variant: Variant): string {
  if (!parseStructural(variant.alternateBases)) return variant.alternateBases
  return WITHOUT_BASES.has(alleleType(variant)) ? '' : 'N'
}

/** Without the reference an allele has no identifier, but a form; a named allele has neither. */
function toUnnamedAllele(variant: Variant, location: SequenceLocation): Variation {
  if (parseStructural(variant.alternateBases)) return toLegacy(variant, location)
  return {
    type: 'Allele',
    location,
    state: { type: 'LiteralSequenceExpression', sequence: variant.alternateBases },
  }
}

/** A `<CNV>` of which the number of copies is known: in the genome as a count, on the allele as a change. */
function toCopyNumber(assembly: AssemblyId, variant: Variant, subject: SequenceLocation) {
  const structural = parseStructural(variant.alternateBases)
  if (structural?.copyNumber === undefined) return undefined
  if (!structural.type.includes(':')) {
    return {
      type: 'CopyNumberCount',
      subject,
      copies: { type: 'Number', value: structural.copyNumber },
    } as const
  }
  const [change] = copyChangesOf(structural, variant, assembly)
  if (change === undefined) return undefined
  const copy_change = change === 'loss' ? 'efo:0030067' : 'efo:0030070'
  return { type: 'CopyNumberChange', subject, copy_change } as const
}
