import { Bitmap } from '../bitmap.js'
import type { RangeQuery, SeveralQuery } from '../variant-query.js'
import { isStructural } from '../structural.js'
import type { Variant } from '../variant.js'
import { partsOf, type AskedDataset, type Part } from './asked-dataset.js'
import { wholeBins } from './bin-totals.js'
import { SHORT_SPAN } from './layout.js'
import {
  searchesOf,
  wantedOf,
  openLongSource,
  openShortSource,
  takeNext,
  type AlleleSource,
  type Search,
  type RowBudget,
} from './merge-alleles.js'
import type { BinTotals } from './segment.js'

/** Distinct alleles that a visible person carries, and these people. */
export interface AlleleTotals {
  readonly variants: number
  readonly carriers: Bitmap
  /** Who has one of the alleles in a tumour. */
  readonly somatic: Bitmap
}

export interface CountedAlleles {
  readonly datasets: readonly AlleleTotals[]
  /** Distinct alleles of all datasets. */
  readonly variants: number
}

interface Count {
  variants: number
  readonly carriers: Bitmap
  readonly somatic: Bitmap
}

interface CountedPart extends Part {
  readonly count: Count
}

/** A stretch of whole bins, and the segment whose stored number of alleles stands for its rows there. */
interface Shortcut {
  readonly from: number
  readonly to: number
  readonly totals: ReadonlyMap<CountedPart, BinTotals>
  readonly base: CountedPart | undefined
}

/**
 * Counts the alleles that answer a question, by segment, dataset and node: a merge over all segments in allele order, so that an
 * allele that stands in several is one variant, and each carrier one person.
 *
 * Where the question wants every allele of a stretch, the stored totals of its whole bins serve: for the carriers of each
 * segment, whoever is visible; and for the number of alleles of the largest segment of which everybody is visible. The others'
 * alleles are read, and looked up in it. Of a single segment the sets are read where some people are invisible.
 */
export function countAlleles(asked: readonly AskedDataset[], query: SeveralQuery, budget: RowBudget): CountedAlleles {
  const counts = asked.map((): Count => ({ variants: 0, carriers: new Bitmap(), somatic: new Bitmap() }))
  const parts = asked.flatMap((dataset, index) =>
    partsOf(dataset).map((part): CountedPart => ({ ...part, count: counts[index]! })),
  )
  let variants = 0
  for (const search of searchesOf(query)) {
    const shortcut = findShortcut(parts, search, budget)
    if (shortcut) variants += addTotals(shortcut)
    const sources = parts.flatMap((part) => openSources(part, search, shortcut, budget))
    for (;;) {
      const found = takeNext(sources)
      if (!found) break
      const variant = found[0]!.allele
      const isInside = shortcut !== undefined && isShortIn(variant, shortcut)
      const base = isInside && shortcut.base && isStoredIn(shortcut.base, variant, budget) ? shortcut.base : undefined
      if (!base) variants++
      for (const [index, { part }] of found.entries()) {
        // Segments of one dataset stand together.
        if (part.count !== base?.count && part.count !== found[index - 1]?.part.count) part.count.variants++
      }
      if (isInside) continue
      for (const { part, allele } of found) part.segment.addCarriers(allele, part.count.carriers, part.count.somatic)
    }
  }
  for (const [index, { visible }] of asked.entries()) {
    if (visible.kind === 'everybody') continue
    counts[index]!.carriers.andInPlace(visible.people)
    counts[index]!.somatic.andInPlace(visible.people)
  }
  return { datasets: counts, variants }
}

/** What a range question has to have; whatever else it has narrows it. */
const RANGE_KEYS: ReadonlySet<string> = new Set([
  'kind',
  'assembly',
  'contig',
  'start',
  'end',
] satisfies (keyof RangeQuery)[])

function wantsEverything(query: SeveralQuery): boolean {
  if (query.kind === 'all') return true
  return (
    query.kind === 'range' && Object.entries(query).every(([key, value]) => RANGE_KEYS.has(key) || value === undefined)
  )
}

/**
 * How much dearer it is to look up an allele than to read it in order. With other segments of more alleles than the largest has by
 * this measure, all are read.
 */
const LOOK_UP_COST = 3

function findShortcut(
  parts: readonly CountedPart[],
  { question, locus }: Search,
  budget: RowBudget,
): Shortcut | undefined {
  const bins = wantsEverything(question) ? wholeBins(locus.start, locus.end) : undefined
  if (!bins) return undefined
  const totals = new Map(parts.map((part) => [part, part.segment.totals(locus.contig, bins.from, bins.to)]))
  const [only, another] = parts
  if (only?.among && !another) {
    // Nothing has to be compared with another segment, so that sets are enough, and no allele is.
    const count = only.segment.countCarried(locus.contig, bins.from, bins.to, only.among, () => budget.spend(1))
    return { ...bins, totals: new Map([[only, { ...totals.get(only)!, alleles: count }]]), base: only }
  }
  const sizeOf = (part: CountedPart | undefined) => (part ? totals.get(part)!.alleles : 0)
  let base: CountedPart | undefined
  for (const part of parts) if (!part.among && sizeOf(part) > sizeOf(base)) base = part
  const others = parts.reduce((sum, part) => sum + (part === base ? 0 : sizeOf(part)), 0)
  return { ...bins, totals, base: others * LOOK_UP_COST <= sizeOf(base) ? base : undefined }
}

/** @returns the number of alleles that the stored totals stand for */
function addTotals({ totals, base }: Shortcut): number {
  for (const [{ count }, { carriers, somatic }] of totals) {
    count.carriers.orInPlace(carriers)
    count.somatic.orInPlace(somatic)
  }
  if (!base) return 0
  const { alleles } = totals.get(base)!
  base.count.variants += alleles
  return alleles
}

/** The rows that are to be read: all, or only those outside the stretch that the totals stand for. */
function openSources(
  part: CountedPart,
  search: Search,
  shortcut: Shortcut | undefined,
  budget: RowBudget,
): readonly AlleleSource<CountedPart>[] {
  const { segment } = part
  const { locus } = search
  const options = { part, isWanted: wantedOf(part, search), budget }
  const { contig } = locus
  const [from, to] = locus.short
  const long = openLongSource(segment, locus, options)
  const isNotRead = shortcut && (part === shortcut.base || shortcut.totals.get(part)!.alleles === 0)
  if (!isNotRead) return [openShortSource(segment, contig, from, to, options), long]
  return [
    openShortSource(segment, contig, from, shortcut.from, options),
    openShortSource(segment, contig, shortcut.to, to, options),
    long,
  ]
}

function isShortIn({ start, referenceBases, alternateBases }: Variant, { from, to }: Shortcut): boolean {
  return from <= start && start < to && referenceBases.length <= SHORT_SPAN && !isStructural(alternateBases)
}

function isStoredIn(base: CountedPart, variant: Variant, budget: RowBudget): boolean {
  budget.spend(1)
  return base.segment.hasShort(variant)
}
