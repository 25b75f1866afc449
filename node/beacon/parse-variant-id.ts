import { CONTIGS, parseAssemblyId, SEQUENCE_VARIANT_ID, STRUCTURAL_VARIANT_ID } from '../../schemas/index.js'
import { toStructuralStart, trimAlleles } from '../variants/variant.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { invalid } from './query-errors.js'

/**
 * Reads a variantInternalId, `{assembly}-{chrom}-{pos}-{ref}-{alt}` with VCF's 1-based position.
 *
 * @throws NodeError invalid_input
 */
export function parseVariantInternalId(id: string): VariantQuery {
  const form = 'write {assembly}-{chrom}-{pos}-{ref}-{alt}, e.g. GRCh38-17-43045712-T-C'
  const structural = STRUCTURAL_VARIANT_ID.exec(id)
  const match = structural ?? SEQUENCE_VARIANT_ID.exec(id)
  const assembly = match ? parseAssemblyId(match[1]!) : undefined
  if (!match || !assembly) throw invalid(`this is no variant id: ${form}`)
  const contig = CONTIGS[assembly].find(({ name }) => name === match[2])
  const position = Number(match[3])
  if (!contig || position < 1 || position > contig.length)
    throw invalid(`this variant id lies outside ${assembly}: ${form}`)
  // Compared as a text, so that other names of the assembly become its own, and a type may be written as in VCF.
  const variantInternalId = id.replace(match[1]!, assembly).replaceAll(':', '.')
  if (structural) {
    const end = Number(structural[5])
    const start = toStructuralStart(position, structural[4]!)
    if (end < start || end > contig.length) throw invalid(`this variant id lies outside ${assembly}: ${form}`)
    return {
      kind: 'hashed-id',
      assembly,
      contig: contig.number,
      position,
      variantInternalId,
      structural: { start, end },
    }
  }
  const [ref, alt] = [match[4]!, match[5]!]
  if (ref.startsWith('sha256.') || alt.startsWith('sha256.')) {
    return { kind: 'hashed-id', assembly, contig: contig.number, position, variantInternalId }
  }
  if (ref === alt) throw invalid(`this variant id has equal bases: ${form}`)
  const { anchor: _, ...trimmed } = trimAlleles(position - 1, ref, alt)
  // An N may stand in for an unknown anchor, which trimming takes away; elsewhere an id has no wildcards.
  if (`${trimmed.referenceBases}${trimmed.alternateBases}`.includes('N')) throw invalid(`this id has an N: ${form}`)
  return { kind: 'allele', assembly, contig: contig.number, ...trimmed }
}
