import type { AssemblyId } from '../../../schemas/index.js'
import type { Genes } from '../genes/open-genes.js'
import type { Transcript } from '../genes/transcript.js'
import type { Reference } from '../reference.js'
import { isStructural } from '../structural.js'
import { variantEnd, type Variant } from '../variant.js'
import type { Locus } from './locus.js'
import { describeOn, locusOf, toHgvsG } from './to-hgvs.js'
import { toHgvsP } from './to-hgvs-p.js'

/** What the nomenclature calls an allele, as far as the node can tell. */
export interface HgvsNames {
  readonly genomic?: string
  /** Of coding transcripts first, then by accession. */
  readonly transcripts: readonly string[]
  readonly proteins: readonly string[]
}

export interface HgvsNamer {
  names(assembly: AssemblyId, variant: Variant): HgvsNames
}

const NO_NAMES: HgvsNames = { transcripts: [], proteins: [] }

/** Some genes have more transcripts in an annotation than anybody reads. */
const MOST_TRANSCRIPTS = 50
/** Transcripts are looked up by stretches of so many bases, because the alleles of a page are neighbours. */
const STRETCH = 1 << 14

/** Names the alleles of one answer, so that what was looked up need not be looked up again. */
export function createHgvsNamer(
  genes: Pick<Genes, 'transcriptsIn'>,
  references: Readonly<Partial<Record<AssemblyId, Reference>>>,
): HgvsNamer {
  const stretches = new Map<string, readonly Transcript[]>()
  const loci = new Map<Transcript, Locus | undefined>()

  function transcriptsIn(assembly: AssemblyId, contig: number, stretch: number): readonly Transcript[] {
    const key = `${assembly} ${contig} ${stretch}`
    const known = stretches.get(key)
    if (known) return known
    const place = { contig, start: stretch * STRETCH, end: (stretch + 1) * STRETCH }
    const found = [...genes.transcriptsIn(assembly, place)].sort(compareTranscripts)
    stretches.set(key, found)
    return found
  }

  /** Those that have the first base of the allele, or the one behind an insertion. */
  function transcriptsAt(assembly: AssemblyId, { contig, start }: Variant): readonly Transcript[] {
    return transcriptsIn(assembly, contig, Math.floor(start / STRETCH)).filter(({ exons }) => {
      return exons[0]![0] <= start && start < exons.at(-1)![1]
    })
  }

  function countOn(transcript: Transcript): Locus | undefined {
    if (!loci.has(transcript)) loci.set(transcript, locusOf(transcript))
    return loci.get(transcript)
  }

  return {
    names(assembly, variant) {
      const { contig, start, referenceBases, alternateBases } = variant
      if (isStructural(alternateBases)) return NO_NAMES
      const reference = references[assembly]
      // A dataset that was made without the reference may contradict it: then its description would be of something else.
      if (reference?.has(contig) && reference.bases(contig, start, variantEnd(variant)) !== referenceBases)
        return NO_NAMES
      const genomic = toHgvsG(assembly, variant, reference)
      const named = transcriptsAt(assembly, variant).flatMap((transcript) => {
        const locus = countOn(transcript)
        const name = locus && describeOn(locus, variant, reference)
        return name === undefined ? [] : [{ name, protein: toHgvsP(variant, transcript, reference) }]
      })
      const shown = named.slice(0, MOST_TRANSCRIPTS)
      return {
        ...(genomic === undefined ? {} : { genomic }),
        transcripts: [...new Set(shown.map(({ name }) => name))],
        proteins: [...new Set(shown.flatMap(({ protein }) => protein ?? []))],
      }
    },
  }
}

function compareTranscripts(a: Transcript, b: Transcript): number {
  if ((a.coding === undefined) !== (b.coding === undefined)) return a.coding ? -1 : 1
  return a.accession < b.accession
    ? -1
    : a.accession > b.accession
      ? 1
      : Number(a.version ?? 0) - Number(b.version ?? 0)
}
