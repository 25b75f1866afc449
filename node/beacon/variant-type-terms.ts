import { unsupported } from './query-errors.js'

/**
 * What `variantType` may say, and the types of alleles (variants/variant-types.ts) that each term is about, those below it among
 * them. Terms of one line mean the same. Sources: Beacon v2 docs, "Variant queries" (the table that sets VCF, SO and EFO terms
 * side by side); EFO below EFO:0030063 (copy number assessment); VCF 4.3 section 1.4.5 for the words; Sequence Ontology. Checked
 * against so.obo 2024-11-18, and for EFO against the tree that Beacon and VRS 2.0 publish, where EFO:0030069 stands below EFO:0020073.
 *
 * In the Sequence Ontology a duplication is an insertion; here, as in VCF, `INS` does not find what is called `DUP`.
 *
 * `DEL` and `DUP` are about alleles of any size that a file spells out or names, and about copy numbers below and above the usual one; a
 * term below them only about alleles whose copy number says so. An INDEL changes the length, however.
 */
const TERMS: readonly (readonly [terms: readonly string[], types: readonly string[]])[] = [
  [['SNP', 'SNV', 'SO:0001483'], ['SNP']],
  [['MNP', 'MNV', 'SO:0002007'], ['MNP']],
  [['INDEL'], ['INS', 'DEL', 'INDEL']],
  [['DELINS', 'SO:1000032'], ['INDEL']],
  [['INS', 'SO:0000667'], ['INS']],
  [['INS:ME', 'SO:0001837'], ['INS:ME']],
  [['INS:ME:ALU', 'SO:0002063'], ['INS:ME:ALU']],
  [['INS:ME:LINE1', 'SO:0002064'], ['INS:ME:LINE1']],
  [['INS:ME:SVA', 'SO:0002065'], ['INS:ME:SVA']],
  [
    ['DEL', 'SO:0000159', 'SO:0001743', 'EFO:0030067'],
    ['DEL', 'loss'],
  ],
  [['DEL:ME', 'SO:0002066'], ['DEL:ME']],
  [['EFO:0030068'], ['low-level loss']],
  [['EFO:0020073'], ['high-level loss']],
  [['EFO:0030069'], ['complete loss']],
  [
    ['DUP', 'SO:1000035', 'SO:0001742', 'EFO:0030070'],
    ['DUP', 'gain'],
  ],
  [['DUP:TANDEM', 'SO:1000173'], ['DUP:TANDEM']],
  [['EFO:0030071'], ['low-level gain']],
  [['EFO:0030072'], ['high-level gain']],
  [['EFO:0030073'], ['focal amplification']],
  [
    ['CNV', 'SO:0001019', 'EFO:0030066'],
    ['CNV', 'loss', 'gain'],
  ],
  [['INV', 'SO:1000036'], ['INV']],
  [['BND'], ['BND']],
]

const TYPES: ReadonlyMap<string, readonly string[]> = new Map(
  TERMS.flatMap(([terms, types]) => terms.map((term) => [term, types] as const)),
)

/** The types that are alleles of a symbolic, copy-number or breakend ALT, or long enough to be named by one. */
const NOT_STRUCTURAL: ReadonlySet<string> = new Set(['SNP', 'MNP'])

/**
 * The types of alleles that a `variantType` asks for; upper and lower case are the same (VRS writes `efo:0030067`).
 *
 * @throws NodeError invalid_input: of an unknown term "none" would be a wrong answer
 */
export function parseVariantType(variantType: string): readonly string[] {
  const types = TYPES.get(variantType.toUpperCase())
  if (!types) throw unsupported(`this variantType (it knows ${[...TYPES.keys()].join(', ')})`)
  return types
}

/** Whether structural alleles can be of one of these types. */
export function includesStructuralType(types: readonly string[]): boolean {
  return types.some((type) => !NOT_STRUCTURAL.has(type))
}
