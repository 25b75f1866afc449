import { matchContig, type AssemblyId, type Contig } from '../../schemas/index.js'
import { FormatError } from '../formats/format-error.js'
import type { TextLine } from '../formats/vcf/lines.js'
import type { VcfRecord } from '../formats/vcf/record.js'
import { readSampleField } from '../formats/vcf/sample-fields.js'
import { parseStructuralAlt, type Mate, type StructuralAlt } from '../formats/vcf/structural-alt.js'
import type { RecordedCalls } from '../variants/calls.js'
import { ploidyAt } from '../variants/ploidy.js'
import { spellStructural } from '../variants/structural.js'
import type { Variant } from '../variants/variant.js'
import type { Columns } from './classify-calls.js'
import { classifyCopyNumbers } from './classify-copy-numbers.js'

export interface StructuralContext {
  readonly assembly: AssemblyId
  readonly contig: Contig
  /** What to add to the record's positions. */
  readonly shift: number
  readonly columns: Columns
  /** By the genotypes. */
  readonly calls: RecordedCalls
  /** A `<CNV>` is split by the samples' copy numbers, where the file has them. */
  readonly readsCopyNumbers: boolean
}

export interface StructuralCalls {
  readonly variant: Variant
  readonly calls: RecordedCalls
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
  const { assembly, contig, shift, columns, calls, readsCopyNumbers } = context
  const alt = parseStructuralAlt(line, record, index)
  if (!alt) return undefined
  if (alt.end + shift > contig.length) {
    throw new FormatError(
      `the ${alt.type} at POS ${record.start + 1} ends outside: ${contig.name} has ${contig.length} bases`,
    )
  }
  const copies =
    readsCopyNumbers && alt.type === 'CNV' && alt.copyNumber === undefined
      ? readSampleField(line, record, 'CN')
      : undefined
  if (!copies) return [{ variant: toVariant(alt, context), calls }]
  const ploidy = ploidyAt(assembly, contig.number, alt.start + shift)
  const split = classifyCopyNumbers(copies, columns, ploidy, record.passesFilter)
  return split.map(({ copyNumber, ...own }) => ({ variant: toVariant({ ...alt, copyNumber }, context), calls: own }))
}

function toVariant(alt: StructuralAlt, { assembly, contig, shift }: StructuralContext): Variant {
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
  const name = match.kind === 'contig' ? match.contig.name : chrom
  const end = bracket === '' ? '.' : `${bracket}${name}:${position}${bracket}`
  return isBefore ? `N${inserted}${end}` : `${end}${inserted}N`
}
