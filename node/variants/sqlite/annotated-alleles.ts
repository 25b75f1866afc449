import { answersQuery, fitsNarrowing } from '../allele-match.js'
import { TERM_KINDS, termsOf } from '../annotation.js'
import { splitAtPseudoautosomal } from '../par-query.js'
import type { Variant } from '../variant.js'
import type { AnnotationQuery } from '../variant-query.js'
import type { Part } from './asked-dataset.js'
import {
  openLongStartsSource,
  openShortSource,
  takeNext,
  type AlleleSource,
  type FoundAllele,
  type RowBudget,
} from './merge-alleles.js'
import type { KnownAnnotations, StartSpan } from './segment-annotations.js'

/** A segment of one of the datasets asked. */
export interface AnnotatedPart extends Part {
  readonly dataset: number
}

interface AskedPart extends AnnotatedPart {
  readonly known: KnownAnnotations | undefined
  /** Sets of genes with the asked one. */
  readonly geneSets: ReadonlySet<number>
}

/** Lists of terms, of each of which an allele must have one. */
function wantedTerms({ aminoacidChange, hgvs }: AnnotationQuery): readonly (readonly string[])[] {
  const { genomicHgvs, transcriptHgvs, proteinHgvs } = TERM_KINDS
  return [
    ...(hgvs === undefined ? [] : [[genomicHgvs, transcriptHgvs, proteinHgvs].map((kind) => kind + hgvs)]),
    ...(aminoacidChange === undefined ? [] : [[TERM_KINDS.aminoacidChange + aminoacidChange]]),
  ]
}

/** In order, each start once. */
export function uniteSpans(spans: readonly StartSpan[]): readonly StartSpan[] {
  const united: { contig: number; start: number; end: number }[] = []
  for (const span of [...spans].sort((a, b) => a.contig - b.contig || a.start - b.start)) {
    const last = united.at(-1)
    if (last?.contig === span.contig && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else united.push({ ...span })
  }
  return united
}

/** Whether an allele has the place and the form that a question names beside its annotation. */
function createFits(query: AnnotationQuery): (variant: Variant) => boolean {
  const { within } = query
  if (!within) return (variant) => fitsNarrowing(variant, query)
  const pieces = splitAtPseudoautosomal(within)
  return (variant) =>
    pieces.some((piece) => piece.kind !== 'all' && piece.contig === variant.contig && answersQuery(variant, piece))
}

/**
 * The alleles that answer a question about annotations, in order, each with the segments whose visible people have it. What the
 * segments of a dataset say of an allele is united; each dataset answers as if it were asked alone.
 *
 * @param parts of all datasets asked; those of one stand together
 */
export function* annotatedAlleles(
  parts: readonly AnnotatedPart[],
  query: AnnotationQuery,
  budget: RowBudget,
): Generator<readonly FoundAllele<AnnotatedPart>[]> {
  const { gene } = query
  const terms = wantedTerms(query)
  const genes = parts.map(({ segment }) =>
    gene === undefined ? undefined : segment.annotations.known?.genesNamed(gene),
  )
  const asked = parts.map((part, index): AskedPart => ({
    ...part,
    known: part.segment.annotations.known,
    geneSets: genes[index]?.sets ?? new Set(),
  }))
  const [first] = terms
  const spans = first
    ? asked.flatMap(({ known }) => (known ? first.flatMap((term) => known.startsOf(term)) : []))
    : genes.flatMap((found) => found?.spans ?? [])
  budget.spend(spans.length)
  const fits = createFits(query)

  function isKnown(found: readonly FoundAllele<AskedPart>[]): boolean {
    const hasGene = found.some(({ part, allele }) => {
      const set = part.known?.genesOf(allele)
      return set !== undefined && part.geneSets.has(set)
    })
    if (gene !== undefined && !hasGene) return false
    if (terms.length === 0) return true
    const own = new Set(found.flatMap(({ part, allele }) => termsOf(part.known?.find(allele) ?? '')))
    return terms.every((choices) => choices.some((term) => own.has(term)))
  }

  for (const { contig, start, end } of uniteSpans(spans)) {
    const sources = asked.flatMap((part): AlleleSource<AskedPart>[] => {
      // Who has it is looked at later: what is known of an allele that a segment's visible people lack counts too.
      const options = { part, isWanted: fits, budget }
      return [
        openShortSource(part.segment, contig, start, end, options),
        openLongStartsSource(part.segment, contig, start, end, options),
      ]
    })
    budget.spend(parts.length)
    for (;;) {
      const found = takeNext(sources)
      if (!found) break
      const matching = byDataset(found).flatMap((ofDataset) => {
        const carried = ofDataset.filter(({ part, allele }) => part.segment.isCarried(allele, part.among))
        return carried.length > 0 && isKnown(ofDataset) ? carried : []
      })
      if (matching.length > 0) yield matching
    }
  }
}

function byDataset<P extends AnnotatedPart>(found: readonly FoundAllele<P>[]): readonly (readonly FoundAllele<P>[])[] {
  const groups: FoundAllele<P>[][] = []
  for (const [index, each] of found.entries()) {
    if (found[index - 1]?.part.dataset === each.part.dataset) groups.at(-1)!.push(each)
    else groups.push([each])
  }
  return groups
}
