import { CONTIG_MT, matchContig, type AssemblyId } from '../../../schemas/index.js'
import type { Genes, TranscriptMatch } from '../genes/open-genes.js'
import { spellTranscript, type Transcript } from '../genes/transcript.js'
import type { Reference } from '../reference.js'
import { toDistinctStored } from '../split-query.js'
import type { Variant } from '../variant.js'
import { HgvsError } from './hgvs-error.js'
import type { Hgvs, NucleotideHgvs, ProteinHgvs } from './hgvs.js'
import { contigLocus, transcriptLocus, type Locus } from './locus.js'
import { toAllele } from './to-allele.js'
import { toCodonAlleles } from './to-codon-alleles.js'

/** What a description means on an assembly. */
export interface ResolvedHgvs {
  /** One allele, or every allele that makes a change of an amino acid. */
  readonly kind: 'allele' | 'alleles'
  /** In order, each once; trimmed, left-aligned. */
  readonly variants: readonly Variant[]
  /** In which the positions were counted, with its version: `NM_007294.4`. Absent for contigs. */
  readonly transcript?: string
  /** The description names no version, or one that is not there, and this is the only one that is. */
  readonly isOtherVersion: boolean
  /** Whether the bases were compared with the assembly's sequence. */
  readonly isChecked: boolean
  /** Of a change of an amino acid: changes of the codon that are no single allele. */
  readonly acrossIntron: number
}

/**
 * Finds the alleles that a description means.
 *
 * @param reference of the assembly
 * @throws HgvsError
 */
export function resolveHgvs(
  hgvs: Hgvs,
  assembly: AssemblyId,
  genes: Pick<Genes, 'sources' | 'transcript' | 'translatedTo'>,
  reference: Reference | undefined,
): ResolvedHgvs {
  if (hgvs.kind === 'protein') return resolveProtein(hgvs, assembly, genes, reference)
  const { system, accession } = hgvs
  if (system === 'g' || system === 'm') {
    const { variant, isChecked } = toAllele(hgvs, toContigLocus(accession, assembly, system), reference)
    return { kind: 'allele', variants: [variant], isOtherVersion: false, isChecked, acrossIntron: 0 }
  }
  const match = genes.transcript(accession, assembly)
  const found = requireTranscripts(match, accession, assembly, genes)
  return {
    ...resolveOnTranscripts(
      hgvs,
      found.map((each) => transcriptLocus(each, system)),
      reference,
    ),
    ...named(found, accession),
  }
}

function toContigLocus(accession: string, assembly: AssemblyId, system: 'g' | 'm'): Locus {
  const match = matchContig(assembly, accession)
  if (match.kind === 'other-assembly') {
    throw new HgvsError('wrong', `${accession} belongs to ${match.assembly}, but assemblyId says ${assembly}`)
  }
  if (match.kind === 'unknown') {
    const form = system === 'g' ? 'write NC_000017.11:g.' : 'write NC_012920.1:m.'
    throw new HgvsError('cannot', `${accession} is no chromosome of ${assembly}: ${form}`)
  }
  if (system === 'm' && match.contig.number !== CONTIG_MT) {
    throw new HgvsError('wrong', `${accession} is not mitochondrial: write g.`)
  }
  return contigLocus(assembly, match.contig.number, system)
}

/** @throws HgvsError cannot: none, or several versions of which none was named */
function requireTranscripts(
  { transcripts, versions }: TranscriptMatch,
  accession: string,
  assembly: AssemblyId,
  genes: Pick<Genes, 'sources'>,
): readonly Transcript[] {
  if (transcripts.length > 0) return transcripts
  if (versions.length > 0) {
    const known = versions.map((version) => (version === '' ? 'one without a version' : version)).join(', ')
    throw new HgvsError(
      'cannot',
      `the gene table of ${assembly} has other versions of ${accession}: ${known}; name one`,
    )
  }
  if (genes.sources(assembly).length === 0) {
    throw new HgvsError('cannot', `${accession} needs a gene table of ${assembly}, which this node does not have`)
  }
  throw new HgvsError('cannot', `the gene table of ${assembly} has no ${accession}`)
}

function named(
  transcripts: readonly Transcript[],
  accession: string,
): Pick<ResolvedHgvs, 'transcript' | 'isOtherVersion'> {
  const transcript = spellTranscript(transcripts[0]!)
  return { transcript, isOtherVersion: transcript !== accession.toUpperCase() }
}

/** A transcript of both sex chromosomes stands twice, and means one allele where these are the same. */
function resolveOnTranscripts(
  hgvs: NucleotideHgvs,
  loci: readonly Locus[],
  reference: Reference | undefined,
): Pick<ResolvedHgvs, 'kind' | 'variants' | 'isChecked' | 'acrossIntron'> {
  const found = loci.map((locus) => toAllele(hgvs, locus, reference))
  const variants = toDistinctStored(
    loci[0]!.assembly,
    found.map(({ variant }) => variant),
  )
  if (variants.length > 1) {
    throw new HgvsError('cannot', `${hgvs.accession} stands at several places of the genome: ask by one of them, as g.`)
  }
  return { kind: 'allele', variants, isChecked: found.every(({ isChecked }) => isChecked), acrossIntron: 0 }
}

/** By what the transcript is translated to, or by the transcript itself. */
function resolveProtein(
  hgvs: ProteinHgvs,
  assembly: AssemblyId,
  genes: Pick<Genes, 'sources' | 'transcript' | 'translatedTo'>,
  reference: Reference | undefined,
): ResolvedHgvs {
  const { accession } = hgvs
  const byProtein = genes.translatedTo(accession, assembly)
  const isProtein = byProtein.versions.length > 0
  const match = isProtein ? byProtein : genes.transcript(accession, assembly)
  const transcripts = requireTranscripts(match, accession, assembly, genes)
  const found = transcripts.map((transcript) => toCodonAlleles(hgvs, transcript, reference))
  const variants = toDistinctStored(
    assembly,
    found.flatMap((each) => each.variants),
  )
  if (variants.length === 0) {
    throw new HgvsError('cannot', `no single allele makes this change: it needs bases on both sides of an intron`)
  }
  const { transcript } = named(transcripts, accession)
  const used = isProtein ? transcripts[0]!.protein : transcript
  return {
    kind: 'alleles',
    variants,
    ...(transcript === undefined ? {} : { transcript }),
    isOtherVersion: used !== accession.toUpperCase(),
    isChecked: true,
    acrossIntron: Math.max(...found.map((each) => each.acrossIntron)),
  }
}
