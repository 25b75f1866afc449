import { CONTIG_MT, contigByNumber, matchContig, type AssemblyId, type Contig } from '../../schemas/assembly.js'
import { FormatError } from '../formats/format-error.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import { anchorOf, leftAlign } from '../variants/left-align.js'
import type { Reference } from '../variants/reference.js'
import { trimAlleles, type Variant } from '../variants/variant.js'
import { placeOf } from './place.js'
import type { SkipReason } from './scan-counts.js'

export interface NormalisedAllele {
  readonly variant: Variant
  readonly anchor: string
  /** Before it was left-aligned; the same object when it was not moved. */
  readonly written: Variant
}

/** How a dataset spells its alleles. */
export interface Spelling extends Pick<DatasetManifest, 'assembly' | 'normalisation'> {
  /** Where one is configured; a left-aligned dataset needs it. */
  readonly reference: Reference | undefined
}

/**
 * An allele of bases as the dataset keeps it: trimmed, on X where Y is pseudoautosomal, left-aligned where the dataset is.
 *
 * @param start 0-based position of the first base of `ref`, on the contig as written
 * @throws FormatError the reference lacks the contig
 */
export function normaliseAllele(
  { assembly, normalisation, reference }: Spelling,
  contig: Contig,
  start: number,
  ref: string,
  alt: string,
): NormalisedAllele {
  const { anchor, start: trimmedStart, ...bases } = trimAlleles(start, ref, alt)
  const place = placeOf(assembly, contig, trimmedStart)
  const written: Variant = { contig: place.contig.number, start: trimmedStart + place.shift, ...bases }
  const aligner = normalisation === 'left-aligned' ? reference : undefined
  if (aligner && !aligner.has(written.contig)) {
    const { name } = contigByNumber(assembly, written.contig)
    throw new FormatError(`the reference has no contig ${name}, so alleles of it cannot be left-aligned`)
  }
  const variant = aligner ? leftAlign(written, aligner) : written
  // An anchor that the file does not show would make another id than in other regions.
  const isAnchored = variant.referenceBases === '' || variant.alternateBases === ''
  const isUnknown = variant !== written || (isAnchored && anchor === '')
  return { variant, anchor: reference && isUnknown ? anchorOf(variant, reference) : anchor, written }
}

/**
 * The contig of a record, or why it is skipped.
 *
 * @throws FormatError it is one of another assembly
 */
export function findContig(assembly: AssemblyId, chrom: string, hasOldMitochondrion: boolean): Contig | SkipReason {
  const match = matchContig(assembly, chrom)
  if (match.kind === 'other-assembly') {
    throw new FormatError(`contig ${chrom} belongs to ${match.assembly}, but the dataset is ${assembly}`)
  }
  if (match.kind === 'unknown') return 'contig-not-in-assembly'
  if (match.contig.number === CONTIG_MT && hasOldMitochondrion) return 'mitochondrion-not-rCRS'
  return match.contig
}
