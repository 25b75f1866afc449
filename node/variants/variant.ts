import { createHash } from 'node:crypto'
import { contigByNumber, type AssemblyId } from '../../schemas/assembly.js'
import { parseStructural, type StructuralAllele } from './structural.js'

/**
 * An allele. A sequence allele is trimmed to what differs, 0-based, half-open: [start, start + referenceBases.length).
 * A structural one has no reference bases, and the text of `spellStructural` in place of its alternate bases.
 */
export interface Variant {
  /** 1..22, X = 23, Y = 24, MT = 25. */
  readonly contig: number
  readonly start: number
  /** Empty for an insertion. */
  readonly referenceBases: string
  /** Empty for a deletion. */
  readonly alternateBases: string
}

export interface TrimmedAlleles {
  readonly start: number
  readonly referenceBases: string
  readonly alternateBases: string
  /** The base before `start` (at the very start of a contig: the base after), where the untrimmed alleles show it; else empty. */
  readonly anchor: string
}

/**
 * Removes what REF and ALT share: first from the right, then from the left, which leaves the leftmost form that the given
 * bases allow (the order of VCF normalisation, Tan 2015).
 *
 * @param start 0-based position of the first base of `ref`
 */
export function trimAlleles(start: number, ref: string, alt: string): TrimmedAlleles {
  let refEnd = ref.length
  let altEnd = alt.length
  while (refEnd > 0 && altEnd > 0 && ref[refEnd - 1] === alt[altEnd - 1]) {
    refEnd--
    altEnd--
  }
  let shared = 0
  while (shared < refEnd && shared < altEnd && ref[shared] === alt[shared]) shared++
  const trimmedStart = start + shared
  const anchor = trimmedStart === 0 ? ref[refEnd] : shared > 0 ? ref[shared - 1] : undefined
  return {
    start: trimmedStart,
    referenceBases: ref.slice(shared, refEnd),
    alternateBases: alt.slice(shared, altEnd),
    anchor: anchor ?? '',
  }
}

/** Exclusive end; equal to start for an insertion. */
export function variantEnd({ start, referenceBases, alternateBases }: Variant): number {
  return parseStructural(alternateBases)?.end ?? start + referenceBases.length
}

/** True overlap of half-open intervals; an insertion lies between two bases and belongs to [start, end). */
export function overlaps(variant: Variant, start: number, end: number): boolean {
  const variantStop = variantEnd(variant)
  if (variantStop === variant.start) return start <= variant.start && variant.start < end
  return variant.start < end && variantStop > start
}

/** Stored and compared order: position, then bases. */
export function compareVariants(a: Variant, b: Variant): number {
  if (a.contig !== b.contig) return a.contig - b.contig
  if (a.start !== b.start) return a.start - b.start
  if (a.referenceBases !== b.referenceBases) return a.referenceBases < b.referenceBases ? -1 : 1
  return a.alternateBases === b.alternateBases ? 0 : a.alternateBases < b.alternateBases ? -1 : 1
}

/** Longest allele that stands in an id in full, bases. */
const LONGEST_SPELLED_ALLELE = 100
const HASH_CHARACTERS = 32

function toHash(text: string): string {
  return `sha256.${createHash('sha256').update(text).digest('hex').slice(0, HASH_CHARACTERS)}`
}

function spell(bases: string): string {
  return bases.length <= LONGEST_SPELLED_ALLELE ? bases : toHash(bases)
}

/**
 * A structural type with letters that a URL holds as they are: `DUP.TANDEM` for `DUP:TANDEM`, `~` and the code for others that callers
 * make up. Different types stay different.
 */
function spellType(type: string): string {
  return type.replace(/[^A-Za-z0-9_-]/g, (letter) => (letter === ':' ? '.' : `~${letter.charCodeAt(0).toString(16)}~`))
}

/** `{type}-{end}`, and what else the key holds: `-CN3`, `-LEN300`, a breakend's mate as a hash. */
function spellKey({ type, end, length, copyNumber, mate }: StructuralAllele): string {
  const parts = [spellType(type), end]
  if (copyNumber !== undefined) parts.push(`CN${copyNumber}`)
  if (length !== undefined) parts.push(`LEN${length}`)
  if (mate !== undefined) parts.push(toHash(mate))
  return parts.join('-')
}

/**
 * The id of an allele, the same in all regions: `{assembly}-{chrom}-{pos}-{ref}-{alt}` in VCF form (1-based, anchored), for a
 * structural one `{assembly}-{chrom}-{pos}-{type}-{end}` and what else tells it from others.
 *
 * @param anchor base before the allele (at position 0: after it); `N` stands in when the source did not show it
 */
export function toVariantInternalId(assembly: AssemblyId, variant: Variant, anchor: string): string {
  const { start, referenceBases, alternateBases } = variant
  const chrom = contigByNumber(assembly, variant.contig).name
  const structural = parseStructural(alternateBases)
  if (structural) return `${assembly}-${chrom}-${toStructuralPosition(start, structural)}-${spellKey(structural)}`
  if (referenceBases !== '' && alternateBases !== '') {
    return `${assembly}-${chrom}-${start + 1}-${spell(referenceBases)}-${spell(alternateBases)}`
  }
  const base = anchor || 'N'
  if (start === 0) return `${assembly}-${chrom}-1-${spell(referenceBases + base)}-${spell(alternateBases + base)}`
  return `${assembly}-${chrom}-${start}-${spell(base + referenceBases)}-${spell(base + alternateBases)}`
}

/** VCF's POS: of a breakend its own base, of others the base before the first one affected. */
function toStructuralPosition(start: number, { type }: StructuralAllele): number {
  return type === 'BND' ? start + 1 : start
}

/** The 0-based start of the structural allele that has this 1-based position in its id. */
export function toStructuralStart(position: number, type: string): number {
  return type === 'BND' ? position - 1 : position
}
