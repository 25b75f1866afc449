import type { GVariantParameters } from '../../schemas/index.js'
import { trimAlleles } from '../variants/variant.js'
import type { Narrowing } from '../variants/variant-query.js'
import { requireBases } from './parse-bases.js'
import { invalid, unsupported } from './query-errors.js'

/**
 * What the words of `variantType` mean, structural alleles of the same type among them. An INDEL changes the length, however.
 * Other terms, such as those of copy number changes, are refused, because "none" would be a wrong answer.
 */
const TYPES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['SNP', ['SNP']],
  ['SNV', ['SNP']],
  ['SO:0001483', ['SNP']],
  ['MNP', ['MNP']],
  ['MNV', ['MNP']],
  ['SO:0002007', ['MNP']],
  ['INS', ['INS']],
  ['SO:0000667', ['INS']],
  ['DEL', ['DEL']],
  ['SO:0000159', ['DEL']],
  ['INDEL', ['INS', 'DEL', 'INDEL']],
  ['DELINS', ['INDEL']],
  ['SO:1000032', ['INDEL']],
  ['DUP', ['DUP']],
  ['SO:1000035', ['DUP']],
  ['INV', ['INV']],
  ['SO:1000036', ['INV']],
  ['CNV', ['CNV']],
  ['SO:0001019', ['CNV']],
  ['BND', ['BND']],
])

function parseTypes(variantType: string): readonly string[] {
  const types = TYPES.get(variantType.toUpperCase())
  if (!types) throw unsupported(`this variantType (it knows ${[...TYPES.keys()].join(', ')})`)
  return types
}

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
export function parseNarrowing(parameters: GVariantParameters): Narrowing {
  const { variantType, variantMinLength, variantMaxLength } = parameters
  if (variantMinLength !== undefined && variantMaxLength !== undefined && variantMinLength > variantMaxLength) {
    throw invalid('variantMinLength must not be above variantMaxLength')
  }
  return {
    ...parseAlleles(parameters),
    ...(variantType === undefined ? {} : { types: parseTypes(variantType) }),
    ...(variantMinLength === undefined ? {} : { minimumLength: variantMinLength }),
    ...(variantMaxLength === undefined ? {} : { maximumLength: variantMaxLength }),
  }
}
