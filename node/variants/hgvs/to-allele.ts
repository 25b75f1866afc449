import { contigByNumber } from '../../../schemas/index.js'
import { leftAlign } from '../left-align.js'
import type { Reference } from '../reference.js'
import { trimAlleles, type Variant } from '../variant.js'
import { HgvsError } from './hgvs-error.js'
import { spellInterval, type HgvsEdit, type NucleotideHgvs } from './hgvs.js'
import type { Locus } from './locus.js'
import { reverseComplement } from './reverse-complement.js'

/** Most bases that a description may take away, double, turn round or add; longer alleles are found by brackets. */
export const LONGEST_EDIT = 5_000

/** An allele of the genome, trimmed and left-aligned, as the node stores alleles. */
export interface ResolvedAllele {
  readonly variant: Variant
  /** Whether the bases that the description names, or takes, were compared with the assembly's. */
  readonly isChecked: boolean
}

/**
 * The allele that a nucleotide description means. However far its place is shifted, as 3' as the nomenclature wants it or
 * not at all, the allele is the same, because it is left-aligned.
 *
 * @param reference of the locus's assembly; without it only substitutions can be resolved
 * @throws HgvsError
 */
export function toAllele(
  { first, last, edit }: Pick<NucleotideHgvs, 'first' | 'last' | 'edit'>,
  locus: Locus,
  reference: Reference | undefined,
): ResolvedAllele {
  const { contig, strand, assembly, prefix } = locus
  const spelled = `${prefix}${spellInterval(first, last)}`
  const ends = [locus.toGenome(first), locus.toGenome(last)] as const
  const [from, to] = strand === '+' ? ends : [ends[1], ends[0]]
  if (from > to) throw new HgvsError('wrong', `${spelled}: the first position must come before the second`)
  const orient = (bases: string) => (strand === '+' ? bases : reverseComplement(bases))

  if (!reference?.has(contig)) {
    if (edit.kind !== 'substitution') {
      const why = 'only substitutions can be resolved without it'
      throw new HgvsError(
        'cannot',
        `${spelled} needs the sequence of ${assembly}, which this node does not have; ${why}`,
      )
    }
    const alleles = { referenceBases: orient(edit.reference), alternateBases: orient(edit.alternate) }
    return { variant: { contig, start: from, ...alleles }, isChecked: false }
  }
  if ('alternate' in edit && edit.alternate.length > LONGEST_EDIT) {
    throw new HgvsError('cannot', `${spelled} adds more than ${LONGEST_EDIT} bases: ask a range query of its place`)
  }
  if (edit.kind === 'insertion') {
    if (to - from !== 1) {
      throw new HgvsError('wrong', `${spelled}: an insertion lies between two bases that are neighbours in the genome`)
    }
    const inserted = { contig, start: to, referenceBases: '', alternateBases: orient(edit.alternate) }
    return { variant: leftAlign(inserted, reference), isChecked: true }
  }
  if (to + 1 - from > LONGEST_EDIT) {
    throw new HgvsError(
      'cannot',
      `${spelled} is longer than ${LONGEST_EDIT} bases: ask a bracket query of its start and end`,
    )
  }
  const bases = reference.bases(contig, from, to + 1)
  const place = `${contigByNumber(assembly, contig).name}:${from + 1}`
  if (!/^[ACGT]+$/.test(bases)) {
    throw new HgvsError(
      'cannot',
      `${spelled}: the sequence of ${assembly} at ${place} has letters other than A, C, G and T`,
    )
  }
  checkStated(edit, orient(bases), `${spelled} (${assembly} ${place})`)
  const alternate = orient(toAlternate(edit, orient(bases)))
  if (alternate === bases)
    throw new HgvsError('wrong', `${spelled} changes nothing: these are the bases that are there`)
  const { anchor: _, ...trimmed } = trimAlleles(from, bases, alternate)
  return { variant: leftAlign({ contig, ...trimmed }, reference), isChecked: true }
}

/** @throws HgvsError the bases that the description names are not those of the assembly */
function checkStated(edit: HgvsEdit, actual: string, where: string): void {
  if (edit.kind === 'insertion' || edit.reference === undefined || edit.reference === actual) return
  const stated = edit.reference
  if (stated.length !== actual.length) {
    throw new HgvsError('wrong', `${where} has ${actual.length} bases, but ${stated.length} are named`)
  }
  throw new HgvsError('wrong', `${where} is ${shorten(actual)}, not ${shorten(stated)}`)
}

/** What stands there instead, in the direction of the description. */
function toAlternate(edit: Exclude<HgvsEdit, { kind: 'insertion' }>, bases: string): string {
  switch (edit.kind) {
    case 'substitution':
    case 'delins':
      return edit.alternate
    case 'deletion':
      return ''
    case 'duplication':
      return bases + bases
    case 'inversion':
      return reverseComplement(bases)
  }
}

/** Bases shown in an error. */
const SHOWN = 20

function shorten(bases: string): string {
  return bases.length <= SHOWN ? bases : `${bases.slice(0, SHOWN)}… (${bases.length} bases)`
}
