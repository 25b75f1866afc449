import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { answersQuery } from '../allele-match.js'
import { NOBODY } from '../calls.js'
import { isCarried, NOT_COUNTED, uniteIntervals, type Interval, type SiteCounts } from '../site-counts.js'
import type { PlacedQuery } from '../variant-query.js'
import type { DatasetMatches, MatchedAllele, Page, PreCounted } from '../variant-store.js'
import { compareVariants, toVariantInternalId, type Variant } from '../variant.js'
import type { AssemblyId } from '../../../schemas/index.js'
import { searchesOf, type Search } from './merge-alleles.js'
import type { SiteKey, SitesSegment, StoredSite } from './sites-segment.js'

/** Rows read in one go; between two pages other questions have their turn (about a millisecond each). */
const PAGE_ROWS = 500

/** A pre-counted dataset as one question sees it: everything, because it cannot be seen in part. */
export interface AskedSites {
  readonly datasetId: string
  readonly assembly: AssemblyId
  /** Undefined while nothing was ingested. */
  readonly sites: SitesSegment | undefined
}

/** @param variant as the dataset spells it */
export function answerSite({ datasetId, sites }: AskedSites, variant: Variant, page: Page | undefined): DatasetMatches {
  const found = sites?.find(variant)
  const counted = found?.counts ?? sites?.whereAbsent(variant) ?? NOT_COUNTED
  const hit = found && isCarried(counted) ? [toMatch(found)] : []
  const matches: PreCounted = { kind: 'pre-counted', variants: hit.length, variant, counted }
  return { datasetId, matches, page: page ? hit.slice(page.offset, page.offset + page.limit) : [] }
}

function toMatch({ variant, anchor, counts }: StoredSite): MatchedAllele {
  return { variant, anchor, calls: NOBODY, counted: counts, annotation: '' }
}

/** The allele of a hashed id, when a dataset has it (`HashedIdQuery`). */
export function findSiteById(
  { assembly, sites }: AskedSites,
  contig: number,
  position: number,
  variantInternalId: string,
): Variant | undefined {
  return [position - 1, position]
    .flatMap((start) => sites?.startingAt(contig, start) ?? [])
    .find(({ variant, anchor }) => toVariantInternalId(assembly, variant, anchor) === variantInternalId)?.variant
}

/**
 * Counts the alleles of one dataset that answer a question. Who carries several of them is not known: at least as many people
 * as carry the one with most, at most all of them together.
 *
 * @param signal aborted when nobody waits for the answer any more
 */
export async function answerSites(
  { datasetId, sites }: AskedSites,
  query: PlacedQuery,
  page: Page | undefined,
  signal: AbortSignal | undefined,
): Promise<DatasetMatches> {
  const matched: MatchedAllele[] = []
  let variants = 0
  let individuals: Interval = { lower: 0, upper: 0 }
  for (const search of sites ? searchesOf(query) : []) {
    for await (const found of readSites(sites!, search, signal)) {
      for (const site of found) {
        if (page && variants >= page.offset && matched.length < page.limit) matched.push(toMatch(site))
        variants += 1
        individuals = uniteIntervals([individuals, site.counts.individuals])
      }
    }
  }
  const counted: SiteCounts = { ...NOT_COUNTED, individuals }
  return { datasetId, matches: { kind: 'pre-counted', variants, counted }, page: matched }
}

/** The sites of a search in order, a few at a time. */
async function* readSites(
  sites: SitesSegment,
  { locus, question, earlier }: Search,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly StoredSite[]> {
  const { contig, short: starts, long: box } = locus
  const isWanted = ({ variant }: StoredSite) =>
    answersQuery(variant, question) &&
    !earlier.some(
      (before) => before.kind !== 'all' && before.contig === variant.contig && answersQuery(variant, before),
    )
  const short = createReader((after) => sites.shortSites(contig, ...starts, after, PAGE_ROWS))
  const long = createReader((after) => sites.longSites(contig, box, after, PAGE_ROWS))
  for (;;) {
    signal?.throwIfAborted()
    const page: StoredSite[] = []
    while (page.length < PAGE_ROWS) {
      const [a, b] = [short.peek(), long.peek()]
      if (!a && !b) break
      const first = !b || (a && compareVariants(a.variant, b.variant) < 0) ? short : long
      page.push(first.take())
    }
    if (page.length === 0) return
    yield page.filter(isWanted)
    if (page.length < PAGE_ROWS) return
    await yieldToOthers()
  }
}

interface SiteReader {
  peek(): StoredSite | undefined
  take(): StoredSite
}

function createReader(readPage: (after: SiteKey | undefined) => StoredSite[]): SiteReader {
  let page = readPage(undefined)
  let at = 0
  return {
    peek() {
      if (at === page.length && page.length === PAGE_ROWS) {
        page = readPage(page.at(-1)!.variant)
        at = 0
      }
      return page[at]
    },
    take: () => page[at++]!,
  }
}
