import type { AssemblyId, GVariantParameters } from '../../schemas/index.js'
import { trimAlleles } from '../variants/variant.js'
import type { Narrowing } from '../variants/variant-query.js'
import { requireBases } from './parse-bases.js'
import { parseMate } from './parse-mate.js'
import { invalid } from './query-errors.js'
import { parseVariantType } from './variant-type-terms.js'

/** Spelled with anchors or without, alleles are compared trimmed; with a wildcard they are taken as they are. */
function parseAlleles({ referenceBases, alternateBases }: GVariantParameters): Narrowing {
  const bases = {
    ...(referenceBases === undefined ? {} : { referenceBases: requireBases('referenceBases', referenceBases) }),
    ...(alternateBases === undefined ? {} : { alternateBases: requireBases('alternateBases', alternateBases) }),
  }
  if (referenceBases === undefined || alternateBases === undefined) return bases
  if (/N/.test(referenceBases + alternateBases)) return bases
  if (referenceBases === alternateBases) throw invalid('referenceBases and alternateBases are the same')
  const trimmed = trimAlleles(0, referenceBases, alternateBases)
  return { referenceBases: trimmed.referenceBases, alternateBases: trimmed.alternateBases }
}

/**
 * What a range or bracket query says of its alleles beside where they are.
 *
 * @throws NodeError invalid_input
 */
export function parseNarrowing(parameters: GVariantParameters, assembly: AssemblyId): Narrowing {
  const { variantType, variantMinLength, variantMaxLength } = parameters
  if (variantMinLength !== undefined && variantMaxLength !== undefined && variantMinLength > variantMaxLength) {
    throw invalid('variantMinLength must not be above variantMaxLength')
  }
  const types = variantType === undefined ? undefined : parseVariantType(variantType)
  return {
    ...parseAlleles(parameters),
    ...(types ? { types } : {}),
    ...parseMate(parameters, assembly, types),
    ...(variantMinLength === undefined ? {} : { minimumLength: variantMinLength }),
    ...(variantMaxLength === undefined ? {} : { maximumLength: variantMaxLength }),
  }
}
