import { Bitmap } from '../bitmap.js'
import type { OnePlaceQuery, PlacedQuery, RangeQuery } from '../variant-query.js'
import type { Variant } from '../variant.js'
import { partsOf, type AskedDataset, type Part } from './asked-dataset.js'
import { countKeys, hasKey, uniteKeys, type AlleleKeys } from './allele-keys.js'
import { COARSE_BIN_SHIFT, wholeBins } from './bin-totals.js'
import { isLongAllele } from './layout.js'
import {
  searchesOf,
  wantedOf,
  wantedTypes,
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

/** A stretch of whole bins, and what stands for the rows of some segments there. */
interface Shortcut {
  readonly from: number
  readonly to: number
  readonly totals: ReadonlyMap<CountedPart, BinTotals>
  /** Of these no row is read. */
  readonly counted: ReadonlySet<CountedPart>
  /** Whether an allele is one that was counted, in the node, and in a dataset. */
  readonly known: CountedKeys | undefined
}

/**
 * Counts the alleles that answer a question, by segment, dataset and node: a merge over all segments in allele order, so that an
 * allele that stands in several is one variant, and each carrier one person.
 *
 * Where the question wants every allele of a stretch, what is stored of its whole bins serves: the carriers of each segment,
 * whoever is visible; and which alleles they are, of segments of which everybody is visible. Those of the others are read. Of a
 * single segment the sets are read where some people are invisible.
 */
export function countAlleles(asked: readonly AskedDataset[], query: PlacedQuery, budget: RowBudget): CountedAlleles {
  const counts = asked.map((): Count => ({ variants: 0, carriers: new Bitmap(), somatic: new Bitmap() }))
  const parts = asked.flatMap((dataset, index) =>
    partsOf(dataset).map((part): CountedPart => ({ ...part, count: counts[index]! })),
  )
  let variants = 0
  for (const search of searchesOf(query)) {
    const shortcut = findShortcut(parts, search, budget)
    if (shortcut) {
      variants += shortcut.variants
      addTotals(shortcut)
    }
    const sources = parts.flatMap((part) => openSources(part, search, shortcut, budget))
    for (;;) {
      const found = takeNext(sources)
      if (!found) break
      const variant = found[0]!.allele
      const isInside = shortcut !== undefined && isShortIn(variant, shortcut)
      const known = isInside ? shortcut.known?.at(variant) : undefined
      if (!known || !hasKey(known.node, variant)) variants++
      for (const [index, { part }] of found.entries()) {
        // Segments of one dataset stand together.
        if (part.count === found[index - 1]?.part.count) continue
        const own = known?.datasets.get(part.count)
        if (!own || !hasKey(own, variant)) part.count.variants++
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

function wantsEverything(query: OnePlaceQuery): boolean {
  if (query.kind === 'all') return true
  return (
    query.kind === 'range' && Object.entries(query).every(([key, value]) => RANGE_KEYS.has(key) || value === undefined)
  )
}

function findShortcut(
  parts: readonly CountedPart[],
  { question, locus }: Search,
  budget: RowBudget,
): (Shortcut & { readonly variants: number }) | undefined {
  const bins = wantsEverything(question) ? wholeBins(locus.start, locus.end) : undefined
  if (!bins) return undefined
  const { contig } = locus
  const totals = new Map(parts.map((part) => [part, part.segment.totals(contig, bins.from, bins.to)]))
  const withAlleles = parts.filter((part) => totals.get(part)!.alleles > 0)
  const [only, another] = withAlleles
  const counted = new Set(withAlleles.filter(({ among }) => !among))
  if (only && !another) {
    // Nothing has to be compared with another segment, so that a number is enough, and no allele is.
    const countCarried = (among: Bitmap) =>
      only.segment.countCarried(contig, bins.from, bins.to, among, () => budget.spend(1))
    const variants = only.among ? countCarried(only.among) : totals.get(only)!.alleles
    only.count.variants += variants
    return { ...bins, totals, counted: new Set([only]), known: undefined, variants }
  }
  const known = createCountedKeys([...counted], contig, budget)
  return { ...bins, totals, counted, known, variants: known.countAll(bins.from, bins.to) }
}

interface KnownKeys {
  readonly node: AlleleKeys
  readonly datasets: ReadonlyMap<Count, AlleleKeys>
}

/** Which alleles some segments have on a contig, a megabase at a time: of a chromosome they would fill the memory. */
interface CountedKeys {
  at(variant: Variant): KnownKeys
  /** Adds the alleles with start in [from, to), borders of fine bins, to the datasets. @returns the distinct ones of all */
  countAll(from: number, to: number): number
}

const BLOCK_BASES = 2 ** COARSE_BIN_SHIFT

function createCountedKeys(parts: readonly CountedPart[], contig: number, budget: RowBudget): CountedKeys {
  const counts = new Set(parts.map(({ count }) => count))
  let lastFrom = -1
  let last: KnownKeys | undefined

  function read(from: number, to: number): KnownKeys {
    budget.spend(parts.length)
    const keys = parts.map(({ count, segment }) => ({ count, own: segment.keys(contig, from, to) }))
    const ofDataset = (wanted: Count) => uniteKeys(keys.filter(({ count }) => count === wanted).map(({ own }) => own))
    const datasets = new Map([...counts].map((count) => [count, ofDataset(count)]))
    return { node: uniteKeys([...datasets.values()]), datasets }
  }

  return {
    at({ start }) {
      const from = start - (start % BLOCK_BASES)
      if (from !== lastFrom || !last) last = read(from, from + BLOCK_BASES)
      lastFrom = from
      return last
    },
    countAll(from, to) {
      let variants = 0
      for (let at = from; at < to && parts.length > 0; at += BLOCK_BASES - (at % BLOCK_BASES)) {
        const { node, datasets } = read(at, Math.min(to, at + BLOCK_BASES - (at % BLOCK_BASES)))
        for (const [count, keys] of datasets) count.variants += countKeys(keys)
        variants += countKeys(node)
      }
      return variants
    },
  }
}

function addTotals({ totals }: Shortcut): void {
  for (const [{ count }, { carriers, somatic }] of totals) {
    count.carriers.orInPlace(carriers)
    count.somatic.orInPlace(somatic)
  }
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
  const options = { part, types: wantedTypes(search), isWanted: wantedOf(part, search), budget }
  const { contig } = locus
  const [from, to] = locus.short
  const long = openLongSource(segment, locus, options)
  const isNotRead = shortcut && (shortcut.counted.has(part) || shortcut.totals.get(part)!.alleles === 0)
  if (!isNotRead) return [openShortSource(segment, contig, from, to, options), long]
  return [
    openShortSource(segment, contig, from, shortcut.from, options),
    openShortSource(segment, contig, shortcut.to, to, options),
    long,
  ]
}

function isShortIn(variant: Variant, { from, to }: Shortcut): boolean {
  return from <= variant.start && variant.start < to && !isLongAllele(variant)
}
