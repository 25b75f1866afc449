import { matchContig, type AssemblyId, type Contig } from '../../schemas/assembly.js'
import { FormatError } from '../formats/format-error.js'
import type { TextLine } from '../formats/vcf/lines.js'
import type { VcfRecord } from '../formats/vcf/record.js'
import { readSampleField } from '../formats/vcf/sample-fields.js'
import { parseStructuralAlt, type Mate, type StructuralAlt } from '../formats/vcf/structural-alt.js'
import { ploidyAt } from '../variants/ploidy.js'
import type { EncodedCalls } from '../variants/sqlite/encoded-calls.js'
import { spellStructural } from '../variants/structural.js'
import type { Variant } from '../variants/variant.js'
import type { Columns } from './classify-calls.js'
import { classifyCopyNumbers } from './classify-copy-numbers.js'
import { placeOf } from './place.js'

export interface StructuralContext {
  readonly assembly: AssemblyId
  /** As written: the pseudoautosomal regions of Y are not yet those of X. */
  readonly contig: Contig
  readonly columns: Columns
  /** By the genotypes. */
  readonly calls: EncodedCalls
  /** A `<CNV>` is split by the samples' copy numbers, where the file has them. */
  readonly readsCopyNumbers: boolean
  /** A copy number whose GQ is below is no call. */
  readonly minimumGenotypeQuality: number
}

export interface StructuralCalls {
  readonly variant: Variant
  readonly calls: EncodedCalls
}

/**
 * The alleles of a symbolic or breakend ALT: one, or of a `<CNV>` one for each unusual copy number.
 *
 * @returns undefined when the record does not say where the event ends
 * @throws FormatError the event lies outside its contig
 */
export function scanStructuralAlt(
  line: TextLine,
  record: VcfRecord,
  index: number,
  context: StructuralContext,
): readonly StructuralCalls[] | undefined {
  const { assembly, contig, columns, calls, readsCopyNumbers, minimumGenotypeQuality } = context
  const alt = parseStructuralAlt(line, record, index)
  if (!alt) return undefined
  if (alt.end > contig.length) {
    throw new FormatError(
      `the ${alt.type} at POS ${record.start + 1} ends outside: ${contig.name} has ${contig.length} bases`,
    )
  }
  const copies =
    readsCopyNumbers && alt.type === 'CNV' && alt.copyNumber === undefined
      ? readSampleField(line, record, 'CN')
      : undefined
  // A caller that gives nobody a number tells of carriers by GT.
  if (!copies?.some((text) => /^\d/.test(text))) return [{ variant: toStructuralVariant(alt, context), calls }]
  const ploidy = ploidyAt(assembly, contig.number, alt.start)
  const qualities = readSampleField(line, record, 'GQ')
  const isCalled = (column: number) => !(Number(qualities?.[column] || NaN) < minimumGenotypeQuality)
  const split = classifyCopyNumbers(copies, columns, ploidy, record.passesFilter ? isCalled : () => false)
  return split.map(({ copyNumber, ...own }) => ({ variant: toStructuralVariant({ ...alt, copyNumber }, context), calls: own }))
}

/** A structural allele as datasets keep it: on X where Y is pseudoautosomal. */
export function toStructuralVariant(
  alt: StructuralAlt,
  { assembly, contig: written }: Pick<StructuralContext, 'assembly' | 'contig'>,
): Variant {
  const { contig, shift } = placeOf(assembly, written, alt.start)
  const { mate, ...rest } = alt
  const spelled = spellStructural({
    ...rest,
    end: alt.end + shift,
    ...(mate ? { mate: spellMate(mate, assembly) } : {}),
  })
  return { contig: contig.number, start: alt.start + shift, referenceBases: '', alternateBases: spelled }
}

/** As in VCF, with `N` for the base that stands in the reference, and the contig by its bare name. */
function spellMate({ bracket, chrom, position, isBefore, inserted }: Mate, assembly: AssemblyId): string {
  const match = matchContig(assembly, chrom)
  const place = match.kind === 'contig' ? placeOf(assembly, match.contig, position - 1) : undefined
  const other = place ? `${place.contig.name}:${position + place.shift}` : `${chrom}:${position}`
  const end = bracket === '' ? '.' : `${bracket}${other}${bracket}`
  return isBefore ? `N${inserted}${end}` : `${end}${inserted}N`
}
