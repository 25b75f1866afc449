import { CONTIGS } from '../../../schemas/index.js'
import { answersQuery } from '../allele-match.js'
import { shortStartsOf, startsOf } from '../structural-match.js'
import { splitQuery } from '../split-query.js'
import { compareVariants } from '../variant.js'
import type { Narrowing, OnePlaceQuery, PlacedQuery } from '../variant-query.js'
import { includesSequenceType } from '../variant-types.js'
import type { Part } from './asked-dataset.js'
import { SHORT_SPAN } from './layout.js'
import type { CarriedAllele } from './pages.js'
import type { LongBox, PageKey, Segment } from './segment.js'

/** Rows that a question may read where it runs. */
export interface RowBudget {
  /** Rows left. */
  readonly left: number
  /** @throws when nothing is left, or when nobody waits for the answer any more */
  spend(rows: number): void
}

/** Where the alleles that a query asks for can be: they are long and in `long`, or short and start in `short`. */
export interface Locus {
  readonly contig: number
  /** What is asked about. */
  readonly start: number
  readonly end: number
  readonly long: LongBox
  /** [from, to); empty where no short allele can be meant. */
  readonly short: readonly [number, number]
}

const NO_SHORT: Locus['short'] = [0, 0]

/** Behind every position of a contig, and within the 32 bits of the R*Tree. */
const BEYOND = 2 ** 31 - 1

/** Long alleles that overlap or touch [start, end). */
function overlapping(start: number, end: number): LongBox {
  return { start: [0, end], end: [start, BEYOND] }
}

/** A place to look at, and what is asked of it. */
export interface Search {
  readonly locus: Locus
  readonly question: OnePlaceQuery
  /** Searches before this one: what answered one of them is not found again. */
  readonly earlier: readonly OnePlaceQuery[]
}

/** The searches that together are a question, in the order of its alleles. */
export function searchesOf(query: PlacedQuery): readonly Search[] {
  const questions = splitQuery(query)
  // Of places in order that do not overlap, an allele that reaches into two next to each other answers for all between.
  const first = (index: number) => (query.kind === 'places' ? Math.max(0, index - 1) : 0)
  return questions.flatMap((question, index) =>
    lociOf(question).map((locus) => ({ locus, question, earlier: questions.slice(first(index), index) })),
  )
}

function lociOf(query: OnePlaceQuery): readonly Locus[] {
  switch (query.kind) {
    case 'range': {
      const { contig, start, end } = query
      const short = [Math.max(0, start - SHORT_SPAN), end] as const
      return [{ contig, start, end, long: overlapping(start, end), short: wantsSequence(query) ? short : NO_SHORT }]
    }
    case 'bracket': {
      const [start, end] = query.start
      // A short allele that ends in the second bracket starts at most so far before it.
      const short = [Math.max(start, query.end[0] - SHORT_SPAN), Math.min(end, query.end[1])] as const
      const long = { start: query.start, end: query.end }
      return [{ contig: query.contig, start, end, long, short: wantsSequence(query) ? short : NO_SHORT }]
    }
    case 'structural': {
      const [start, end] = startsOf(query)
      const short = wantsSequence(query) ? shortStartsOf(query, SHORT_SPAN) : NO_SHORT
      return [{ contig: query.contig, start, end, long: { start: [start, end], end: [start, BEYOND] }, short }]
    }
    case 'pattern': {
      // An insertion can stand behind the last base of the pattern's reference.
      const { contig, start, referenceBases = '' } = query
      const end = start + referenceBases.length + 1
      return [{ contig, start, end, long: overlapping(start, end), short: [start, end] }]
    }
    case 'all':
      return CONTIGS[query.assembly].map(({ number, length }) => ({
        contig: number,
        start: 0,
        end: length + 1,
        long: overlapping(0, length + 1),
        short: [0, length + 1],
      }))
  }
}

function wantsSequence({ types, mateContig }: Narrowing): boolean {
  return mateContig === undefined && (types === undefined || includesSequenceType(types))
}

/** Types that all of a search's alleles have one of. */
export function wantedTypes({ question }: Search): readonly string[] | undefined {
  return 'types' in question ? question.types : undefined
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
  /** Of what the question asks; other alleles need not be read. */
  readonly types?: readonly string[] | undefined
  readonly isWanted: (allele: CarriedAllele) => boolean
  readonly budget: RowBudget
}

function openSource<P extends Part>(
  { part, isWanted, budget }: SourceOptions<P>,
  readPage: (after: PageKey | undefined, limit: number) => readonly CarriedAllele[],
  firstPage = FIRST_PAGE,
): AlleleSource<P> {
  let after: PageKey | undefined
  let size = firstPage
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

/** How many alleles are passed over in the time of one that is read. */
const PASSED_PER_ROW = 8

/** The short alleles of a segment that start in [from, to). */
export function openShortSource<P extends Part>(
  segment: Segment,
  contig: number,
  from: number,
  to: number,
  options: SourceOptions<P>,
): AlleleSource<P> {
  if (from >= to) return { part: options.part, alleles: [], at: 0, more: () => [] }
  const { types, budget } = options
  // Alleles of other types are passed over where they are stored, which is not for nothing either.
  if (types) budget.spend(Math.ceil(segment.countShort(contig, from, to) / PASSED_PER_ROW))
  return openSource(options, (after, limit) => segment.shortAlleles(contig, from, to, after, limit, types))
}

/** Each page of long alleles is sorted anew, so that they are not as small as others. */
const FIRST_LONG_PAGE = 512

/** The long alleles of a segment that a locus is about. */
export function openLongSource<P extends Part>(
  segment: Segment,
  locus: Locus,
  options: SourceOptions<P>,
): AlleleSource<P> {
  return openSource(
    options,
    (after, limit) => segment.longAlleles(locus.contig, locus.long, after, limit),
    FIRST_LONG_PAGE,
  )
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
