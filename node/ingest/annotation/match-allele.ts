import { isReferenceAlt } from '../../formats/vcf/structural-alt.js'
import { trimAlleles } from '../../variants/variant.js'

/** VEP's words for symbolic alleles. */
const SYMBOLIC_NAMES: Readonly<Record<string, string>> = {
  '<DEL>': 'deletion',
  '<DUP>': 'duplication',
  '<DUP:TANDEM>': 'tandem_duplication',
  '<INS>': 'insertion',
  '<INV>': 'inversion',
  '<CNV>': 'copy_number_variation',
}

/** Index of the ALT that an entry of an annotation is about; undefined when that is not certain. */
export type MatchAllele = (allele: string, alleleNumber: string | undefined) => number | undefined

function isSequence(alt: string): boolean {
  return /^[ACGTN]+$/.test(alt)
}

/** Neither an allele of its own nor one that counts for how the others are written. */
function isPlaceholder(alt: string): boolean {
  return alt === '*' || isReferenceAlt(alt)
}

/**
 * ALTs as VEP writes them: where one of them changes the length, and all begin with the base that REF begins with, that base is
 * left out; `-` stands for what is empty then.
 */
function toVepAlleles(ref: string, alts: readonly string[]): readonly string[] {
  const isIndel = alts.some((alt) => isSequence(alt) && alt.length !== ref.length)
  const sharesFirst = alts.every((alt) => isPlaceholder(alt) || alt[0] === ref[0])
  if (!isIndel || !sharesFirst) return alts
  return alts.map((alt) => (isPlaceholder(alt) ? alt : alt.slice(1) || '-'))
}

/**
 * A record that has entries for more alleles than it has ALTs was split after it was annotated. What an indel was called before
 * that cannot be known: the trimmed text of another ALT may be the same.
 */
function wasSplit(alts: readonly string[], named: ReadonlySet<string>): boolean {
  return named.size > alts.filter((alt) => !isReferenceAlt(alt)).length
}

function onlyIndex(texts: readonly string[], wanted: string): number | undefined {
  const first = texts.indexOf(wanted)
  return first >= 0 && texts.indexOf(wanted, first + 1) < 0 ? first : undefined
}

function soleStructural(alts: readonly string[]): number | undefined {
  const real = alts.flatMap((alt, index) => (isPlaceholder(alt) ? [] : [index]))
  const [only] = real
  return real.length === 1 && !isSequence(alts[only!]!) ? only : undefined
}

/**
 * Which ALT the entries of a record's CSQ are about: by ALLELE_NUM where VEP gave it, else by how VEP writes the ALT, by the ALT
 * as it is, or (`--minimal`) by what trimming leaves of it, if that is but one ALT's.
 *
 * @param entries Allele and ALLELE_NUM of all entries of the record
 */
export function createVepMatcher(
  ref: string,
  alts: readonly string[],
  entries: readonly { readonly allele: string; readonly alleleNumber: string | undefined }[],
): MatchAllele {
  const sole = soleStructural(alts)
  if (sole !== undefined) return () => sole
  const split = wasSplit(alts, new Set(entries.map(({ allele }) => allele)))
  const numbers = entries.map(({ alleleNumber }) => Number(alleleNumber || NaN))
  const isNumbered = !split && numbers.every((number) => number >= 1 && number <= alts.length)
  const written = toVepAlleles(ref, alts)
  const minimal = alts.map((alt) =>
    isSequence(alt) ? trimAlleles(0, ref, alt).alternateBases || '-' : (SYMBOLIC_NAMES[alt] ?? alt),
  )
  return (allele, alleleNumber) => {
    if (isNumbered) return Number(alleleNumber) - 1
    const index = onlyIndex(written, allele) ?? onlyIndex(alts, allele) ?? onlyIndex(minimal, allele)
    return index !== undefined && split && alts[index]!.length !== ref.length ? undefined : index
  }
}

/** Which ALT the entries of a record's ANN are about: SnpEff repeats the ALT. */
export function createAnnMatcher(ref: string, alts: readonly string[], alleles: readonly string[]): MatchAllele {
  const sole = soleStructural(alts)
  if (sole !== undefined) return () => sole
  const split = wasSplit(alts, new Set(alleles))
  return (allele) => {
    const index = onlyIndex(alts, allele)
    return index !== undefined && split && alts[index]!.length !== ref.length ? undefined : index
  }
}
