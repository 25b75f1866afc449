import { matchContig, type AssemblyId, type GVariantParameters } from '../../schemas/index.js'
import type { Narrowing } from '../variants/variant-query.js'
import { invalid } from './query-errors.js'

/**
 * The contig that the other end of a breakend is on, by any name that `referenceName` may have.
 *
 * @param types that the question asks for
 * @throws NodeError invalid_input
 */
export function parseMate(
  { mateName }: GVariantParameters,
  assembly: AssemblyId,
  types: readonly string[] | undefined,
): Pick<Narrowing, 'mateContig'> {
  if (mateName === undefined) return {}
  const match = matchContig(assembly, mateName)
  if (match.kind === 'other-assembly')
    throw invalid(`mateName belongs to ${match.assembly}, the question to ${assembly}`)
  if (match.kind === 'unknown') {
    throw invalid(`mateName is no chromosome of ${assembly}; write refseq:NC_000017.11, NC_000017.11, chr17 or 17`)
  }
  if (types && !types.includes('BND'))
    throw invalid('only breakends have a mate: mateName goes with variantType BND, or none')
  return { mateContig: match.contig.number }
}
