import { setImmediate } from 'node:timers/promises'
import { CONTIGS } from '../../../schemas/index.js'
import { answersQuery } from '../allele-match.js'
import { Bitmap } from '../bitmap.js'
import type { DatasetMatches, MatchedAllele, Page, StoreAnswer } from '../variant-store.js'
import { uniteCalls } from '../unite-calls.js'
import { splitAtPseudoautosomal } from '../par-query.js'
import { compareVariants, type Variant } from '../variant.js'
import type { SeveralQuery } from '../variant-query.js'
import type { OpenDataset } from './catalogue.js'
import { SHORT_SPAN } from './layout.js'
import type { Segment, StoredAllele } from './segment.js'

/** Rows read between two turns of the event loop: a few milliseconds. */
const ROWS_PER_TURN = 1_000

/** What is gathered of one dataset while its alleles pass by. */
interface Collector {
  readonly dataset: OpenDataset
  readonly carriers: Bitmap
  /** Who has one of the alleles in a tumour. */
  readonly somatic: Bitmap
  readonly page: MatchedAllele[]
  variants: number
}

/** A segment's matching alleles in order, read a page at a time. */
interface Source {
  readonly collector: Collector
  readonly segment: Segment
  alleles: readonly StoredAllele[]
  at: number
  readonly more: () => readonly StoredAllele[]
}

/**
 * Answers a question about several alleles: a merge over all segments in allele order, so that an allele that stands in
 * several segments or datasets is one variant, and each carrier one person.
 */
export async function collectAlleles(
  asked: readonly OpenDataset[],
  query: SeveralQuery,
  page: Page | undefined,
): Promise<StoreAnswer> {
  const collectors = asked.map((dataset): Collector => ({
    dataset,
    carriers: new Bitmap(),
    somatic: new Bitmap(),
    page: [],
    variants: 0,
  }))
  let variants = 0
  let rowsThisTurn = 0
  for (const { locus, question } of splitAtPseudoautosomal(query).flatMap(lociOf)) {
    const sources = collectors.flatMap((collector) =>
      collector.dataset.segments.map((segment) => openSource(collector, segment, locus, question)),
    )
    for (;;) {
      const group = takeNext(sources)
      if (!group) break
      variants++
      for (const collector of collectors) addTo(collector, group, page)
      rowsThisTurn += group.length
      if (rowsThisTurn >= ROWS_PER_TURN) {
        rowsThisTurn = 0
        await setImmediate()
      }
    }
  }
  const datasets = collectors.map((collector): DatasetMatches => ({
    datasetId: collector.dataset.manifest.id,
    matches: {
      kind: 'several-alleles',
      variants: collector.variants,
      carriers: collector.carriers,
      somatic: collector.somatic,
    },
    page: collector.page,
  }))
  const [only, another] = datasets
  if (only && !another) return { datasets, node: only.matches }
  const carriers = Bitmap.orMany(collectors.map((collector) => collector.carriers))
  const somatic = Bitmap.orMany(collectors.map((collector) => collector.somatic))
  return { datasets, node: { kind: 'several-alleles', variants, carriers, somatic } }
}

interface Locus {
  readonly contig: number
  readonly start: number
  readonly end: number
}

interface Search {
  readonly locus: Locus
  readonly question: SeveralQuery
}

/** Where the alleles that a query asks for can be: they overlap, or as insertions stand in, one of these. */
function lociOf(query: SeveralQuery): readonly Search[] {
  switch (query.kind) {
    case 'range':
      return [{ locus: query, question: query }]
    case 'bracket':
      return [{ locus: { contig: query.contig, start: query.start[0], end: query.start[1] }, question: query }]
    case 'pattern': {
      // An insertion can stand behind the last base of the pattern's reference.
      const end = query.start + (query.referenceBases?.length ?? 0) + 1
      return [{ locus: { contig: query.contig, start: query.start, end }, question: query }]
    }
    case 'all':
      return CONTIGS[query.assembly].map(({ number, length }) => ({
        locus: { contig: number, start: 0, end: length + 1 },
        question: query,
      }))
  }
}

function openSource(collector: Collector, segment: Segment, locus: Locus, query: SeveralQuery): Source {
  const isWanted = (allele: StoredAllele) => allele.hasCarriers && answersQuery(allele.variant, query)
  const long = segment.longAlleles(locus.contig, locus.start, locus.end).filter(isWanted)
  let after: Variant | undefined
  let finished = false
  /** The next alleles in order: a page of short ones, with the long ones that belong between them. */
  function more(): readonly StoredAllele[] {
    while (!finished) {
      const from = Math.max(0, locus.start - SHORT_SPAN)
      const short = segment.shortAlleles(locus.contig, from, locus.end, after, ROWS_PER_TURN)
      finished = short.length < ROWS_PER_TURN
      after = short.at(-1)?.variant
      const reached = after
      const until = finished || !reached ? long.length : long.findIndex((l) => compareVariants(l.variant, reached) > 0)
      const due = long.splice(0, until < 0 ? long.length : until)
      const wanted = [...short.filter(isWanted), ...due].sort((a, b) => compareVariants(a.variant, b.variant))
      if (wanted.length > 0) return wanted
    }
    return []
  }
  return { collector, segment, alleles: more(), at: 0, more }
}

interface Found {
  readonly source: Source
  readonly allele: StoredAllele
}

/** Takes the first allele in order from every segment that has it. */
function takeNext(sources: readonly Source[]): readonly Found[] | undefined {
  let group: Found[] = []
  for (const source of sources) {
    if (source.at >= source.alleles.length && source.alleles.length > 0) {
      source.alleles = source.more()
      source.at = 0
    }
    const allele = source.alleles[source.at]
    if (!allele) continue
    const order = group.length === 0 ? -1 : compareVariants(allele.variant, group[0]!.allele.variant)
    if (order < 0) group = []
    if (order <= 0) group.push({ source, allele })
  }
  for (const { source } of group) source.at++
  return group.length > 0 ? group : undefined
}

function addTo(collector: Collector, group: readonly Found[], page: Page | undefined): void {
  const found = group.filter(({ source }) => source.collector === collector)
  const [first] = found
  if (!first) return
  for (const { allele } of found) {
    allele.addCarriersTo(collector.carriers)
    allele.addSomaticTo(collector.somatic)
  }
  const index = collector.variants++
  if (!page || index < page.offset || index >= page.offset + page.limit) return
  const { variant, anchor } = first.allele
  const { manifest, segments } = collector.dataset
  const knowledge = segments.map((segment) =>
    segment.knowledgeOf(variant, found.find(({ source }) => source.segment === segment)?.allele),
  )
  collector.page.push({ variant, anchor, calls: uniteCalls(knowledge, manifest.assembly, variant) })
}
