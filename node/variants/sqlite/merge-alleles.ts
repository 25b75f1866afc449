import { CONTIGS } from '../../../schemas/index.js'
import { answersQuery } from '../allele-match.js'
import { splitAtPseudoautosomal } from '../par-query.js'
import { compareVariants } from '../variant.js'
import type { PlacedQuery } from '../variant-query.js'
import type { Part } from './asked-dataset.js'
import { SHORT_SPAN } from './layout.js'
import type { CarriedAllele, PageKey, Segment } from './segment.js'

/** Rows that a question may read where it runs. */
export interface RowBudget {
  /** Rows left. */
  readonly left: number
  /** @throws when nothing is left, or when nobody waits for the answer any more */
  spend(rows: number): void
}

/** Where the alleles that a query asks for can be: they start in [start - lookBack, end), or are long and overlap [start, end). */
export interface Locus {
  readonly contig: number
  readonly start: number
  readonly end: number
  readonly lookBack: number
}

/** A place to look at, and what is asked of it. */
export interface Search {
  readonly locus: Locus
  readonly question: PlacedQuery
  /** Searches before this one: what answered one of them is not found again. */
  readonly earlier: readonly PlacedQuery[]
}

/** The searches that together are a question, in the order of its alleles. */
export function searchesOf(query: PlacedQuery): readonly Search[] {
  const questions = splitAtPseudoautosomal(query)
  return questions.flatMap((question, index) =>
    lociOf(question).map((locus) => ({ locus, question, earlier: questions.slice(0, index) })),
  )
}

function lociOf(query: PlacedQuery): readonly Locus[] {
  switch (query.kind) {
    case 'range':
      return [{ contig: query.contig, start: query.start, end: query.end, lookBack: SHORT_SPAN }]
    case 'bracket':
      return [{ contig: query.contig, start: query.start[0], end: query.start[1], lookBack: 0 }]
    case 'pattern': {
      // An insertion can stand behind the last base of the pattern's reference.
      const { contig, start, referenceBases = '' } = query
      return [{ contig, start, end: start + referenceBases.length + 1, lookBack: 0 }]
    }
    case 'all':
      return CONTIGS[query.assembly].map(({ number, length }) => ({
        contig: number,
        start: 0,
        end: length + 1,
        lookBack: 0,
      }))
  }
}

/** Whether an allele of a segment is one that a search wants. */
export function wantedOf({ segment, among }: Part, { question, earlier }: Search): (allele: CarriedAllele) => boolean {
  return (allele) =>
    segment.isCarried(allele, among) &&
    answersQuery(allele, question) &&
    // A long allele can reach from one piece of a question into another one.
    !earlier.some((before) => before.kind !== 'all' && before.contig === allele.contig && answersQuery(allele, before))
}

/** Matching alleles of one segment in order, read a page at a time. */
export interface AlleleSource<P extends Part> {
  readonly part: P
  alleles: readonly CarriedAllele[]
  at: number
  readonly more: () => readonly CarriedAllele[]
}

export interface FoundAllele<P extends Part> {
  readonly part: P
  readonly allele: CarriedAllele
}

/** Rows of the first page, and of the largest: pages double, so that a short answer reads little. */
const FIRST_PAGE = 64
const LARGEST_PAGE = 1_024

interface SourceOptions<P extends Part> {
  readonly part: P
  readonly isWanted: (allele: CarriedAllele) => boolean
  readonly budget: RowBudget
}

function openSource<P extends Part>(
  { part, isWanted, budget }: SourceOptions<P>,
  readPage: (after: PageKey | undefined, limit: number) => readonly CarriedAllele[],
): AlleleSource<P> {
  let after: PageKey | undefined
  let size = FIRST_PAGE
  let finished = false
  function more(): readonly CarriedAllele[] {
    while (!finished) {
      // One row more than may be read tells whether there are more.
      const limit = Math.min(size, budget.left + 1)
      const page = readPage(after, limit)
      budget.spend(page.length)
      finished = page.length < limit
      after = page.at(-1)
      size = Math.min(size * 2, LARGEST_PAGE)
      const wanted = page.filter(isWanted)
      if (wanted.length > 0) return wanted
    }
    return []
  }
  return { part, alleles: more(), at: 0, more }
}

/** The short alleles of a segment that start in [from, to). */
export function openShortSource<P extends Part>(
  segment: Segment,
  contig: number,
  from: number,
  to: number,
  options: SourceOptions<P>,
): AlleleSource<P> {
  return openSource(options, (after, limit) => segment.shortAlleles(contig, from, to, after, limit))
}

/** The long alleles of a segment that overlap a locus. */
export function openLongSource<P extends Part>(
  segment: Segment,
  locus: Locus,
  options: SourceOptions<P>,
): AlleleSource<P> {
  return openSource(options, (after, limit) => segment.longAlleles(locus.contig, locus.start, locus.end, after, limit))
}

/** The long alleles of a segment that start in [from, to). */
export function openLongStartsSource<P extends Part>(
  segment: Segment,
  contig: number,
  from: number,
  to: number,
  options: SourceOptions<P>,
): AlleleSource<P> {
  return openSource(options, (after, limit) => segment.longStarts(contig, from, to, after, limit))
}

/** Takes the first allele in order from every source that has it; undefined at the end. */
export function takeNext<P extends Part>(sources: readonly AlleleSource<P>[]): readonly FoundAllele<P>[] | undefined {
  let first: CarriedAllele | undefined
  let at: AlleleSource<P>[] = []
  for (const source of sources) {
    if (source.at >= source.alleles.length && source.alleles.length > 0) {
      source.alleles = source.more()
      source.at = 0
    }
    const allele = source.alleles[source.at]
    if (!allele) continue
    const order = first ? compareVariants(allele, first) : -1
    if (order > 0) continue
    if (order < 0) at = []
    first = allele
    at.push(source)
  }
  if (!first) return undefined
  return at.map((source) => ({ part: source.part, allele: source.alleles[source.at++]! }))
}
