import type { AssemblyId } from '../../schemas/assembly.js'
import { ploidyAt } from './ploidy.js'
import { parseStructural, type StructuralAllele } from './structural.js'
import type { Variant } from './variant.js'

/** What a trimmed sequence allele is: one base replaced, several, only added, only removed, or replaced by another number. */
type SequenceType = 'SNP' | 'MNP' | 'INS' | 'DEL' | 'INDEL'

const SEQUENCE_TYPES: ReadonlySet<string> = new Set<SequenceType>(['SNP', 'MNP', 'INS', 'DEL', 'INDEL'])

/** What a copy number says beside its VCF type; the words of the terms that ask for it (EFO, below "copy number assessment"). */
export type CopyChange =
  | 'loss'
  | 'low-level loss'
  | 'high-level loss'
  | 'complete loss'
  | 'gain'
  | 'low-level gain'
  | 'high-level gain'
  | 'focal amplification'

/** From so many copies of a place that has two, EFO speaks of a high-level gain (EFO:0030072: "commonly ... used for >=5 copies"). */
const HIGH_LEVEL_COPIES = 5
/** A focal amplification is a high-level gain of limited size (EFO:0030073: "operationally max. 1-5Mb"), bases. */
const LARGEST_FOCUS = 5_000_000

/** Of a structural allele the first word of its VCF type: `DEL`, `DUP`, `INS`, `INV`, `CNV`, `BND`, or what its caller made up. */
export function alleleType(variant: Variant): string {
  return parseStructural(variant.alternateBases)?.type.split(':')[0] ?? sequenceType(variant)
}

function sequenceType({ referenceBases, alternateBases }: Variant): SequenceType {
  if (referenceBases === '') return 'INS'
  if (alternateBases === '') return 'DEL'
  if (referenceBases.length !== alternateBases.length) return 'INDEL'
  return referenceBases.length === 1 ? 'SNP' : 'MNP'
}

/**
 * Everything that an allele is by type, from the general to the special: `INS`, `INS:ME`, `INS:ME:ALU`; of a deletion,
 * duplication or copy number also what happened to the number of copies.
 */
export function typesOf(variant: Variant, assembly: AssemblyId): readonly string[] {
  const structural = parseStructural(variant.alternateBases)
  if (!structural) return [sequenceType(variant)]
  const words = structural.type.split(':')
  return [
    ...words.map((_, index) => words.slice(0, index + 1).join(':')),
    ...copyChangesOf(structural, variant, assembly),
  ]
}

/** Whether a sequence allele can be of one of these types. */
export function includesSequenceType(types: readonly string[]): boolean {
  return types.some((type) => SEQUENCE_TYPES.has(type))
}

/** From the general to the special; empty where nothing is said of the number of copies, or it is the usual one. */
export function copyChangesOf(
  { type, copyNumber, end }: StructuralAllele,
  { contig, start }: Pick<Variant, 'contig' | 'start'>,
  assembly: AssemblyId,
): readonly CopyChange[] {
  const [word, of] = type.split(':')
  if (word === 'DEL') return ['loss']
  if (word === 'DUP') return ['gain']
  if (word !== 'CNV' || copyNumber === undefined) return []
  // `<CN0>`, `<CN2>`…: copies on the allele, of which the usual number is one; how many the person has is not said.
  if (of === 'ALLELE') return copyNumber === 1 ? [] : [copyNumber < 1 ? 'loss' : 'gain']
  if (copyNumber === 0) return ['loss', 'high-level loss', 'complete loss']
  const ploidy = ploidyAt(assembly, contig, start)
  // Only unusual numbers are alleles: one copy on X is a woman's, two are a man's; on Y there are men's alone.
  const isLoss = copyNumber === 1 && (ploidy === 'diploid' || ploidy === 'mt' || ploidy === 'x')
  if (isLoss) return ['loss', 'low-level loss']
  const isUsual = copyNumber === 2 ? ploidy === 'diploid' || ploidy === 'mt' : copyNumber === 1
  if (isUsual) return []
  if (copyNumber < HIGH_LEVEL_COPIES) return ['gain', 'low-level gain']
  const isFocal = end - start <= LARGEST_FOCUS
  return ['gain', 'high-level gain', ...(isFocal ? (['focal amplification'] as const) : [])]
}
