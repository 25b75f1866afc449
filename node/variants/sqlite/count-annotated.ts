import { fitsNarrowing } from '../allele-match.js'
import { Bitmap } from '../bitmap.js'
import type { AnnotationQuery } from '../variant-query.js'
import type { Variant } from '../variant.js'
import { uniteSpans, type AnnotatedPart } from './annotated-alleles.js'
import { LONG } from './annotation-tables.js'
import {
  allelesOf,
  countKeys,
  hasKey,
  keysBetween,
  keysOf,
  NO_KEYS,
  uniteKeys,
  type AlleleKeys,
} from './allele-keys.js'
import { FINE_BIN_SHIFT } from './bin-totals.js'
import type { AlleleTotals, CountedAlleles } from './count-alleles.js'
import type { RowBudget } from './merge-alleles.js'
import type { Segment } from './segment.js'
import type { GeneAlleles, StartSpan } from './segment-annotations.js'

/** What a question takes that names a gene, and types at most. */
const GENE_KEYS: ReadonlySet<string> = new Set([
  'kind',
  'assembly',
  'gene',
  'types',
] satisfies (keyof AnnotationQuery)[])

type KeysByContig = ReadonlyMap<number, AlleleKeys>

interface CountedPart {
  readonly part: AnnotatedPart
  /** Of the asked types. */
  readonly rows: readonly GeneAlleles[]
  /** Alleles that it knows by the gene and that somebody has. */
  readonly short: KeysByContig
  readonly long: KeysByContig
}

/**
 * Counts the alleles of a gene from what segments have added up, as `annotatedAlleles` finds them one by one.
 *
 * @param parts of all datasets asked; those of one stand together
 * @returns undefined when they must be read: some people are invisible, or more is asked than a gene and types, or some segment
 *   did not add up its alleles
 */
export function countAnnotated(
  datasets: number,
  parts: readonly AnnotatedPart[],
  query: AnnotationQuery,
  budget: RowBudget,
): CountedAlleles | undefined {
  const { gene } = query
  const isPlain = Object.entries(query).every(([key, value]) => GENE_KEYS.has(key) || value === undefined)
  if (gene === undefined || !isPlain || parts.some(({ among }) => among)) return undefined
  const asked = parts.map((part) => ({ part, spans: part.segment.annotations.known?.genesNamed(gene).spans ?? [] }))
  if (asked.some(({ spans }) => spans.some(({ isAddedUp }) => !isAddedUp))) return undefined
  budget.spend(asked.reduce((sum, { spans }) => sum + spans.length, 0))
  const [only, another] = asked
  if (only && !another && query.types === undefined) return toAnswer([addUp(only.spans)])
  const counted = asked.map(({ part, spans }): CountedPart => toCounted(part, spans, query))
  const totals: AlleleTotals[] = []
  for (let dataset = 0; dataset < datasets; dataset++) {
    const own = counted.filter(({ part }) => part.dataset === dataset)
    if (own.length > 1 && own.some(({ rows }) => rows.some(({ hasUncarried }) => hasUncarried))) return undefined
    totals.push(countDataset(own, query, budget))
  }
  return { datasets: totals, variants: countDistinct(counted) }
}

function countDistinct(parts: readonly CountedPart[]): number {
  const all = [...uniteByContig(parts.flatMap(({ short, long }) => [short, long])).values()]
  return all.reduce((sum, keys) => sum + countKeys(keys), 0)
}

function addUp(rows: readonly GeneAlleles[]): AlleleTotals {
  const totals = rows.map((row) => row.totals())
  return {
    variants: totals.reduce((sum, { alleles }) => sum + alleles, 0),
    carriers: Bitmap.orMany(totals.map(({ carriers }) => carriers)),
    somatic: Bitmap.orMany(totals.map(({ somatic }) => somatic)),
  }
}

function toAnswer(datasets: readonly [AlleleTotals]): CountedAlleles {
  return { datasets, variants: datasets[0].variants }
}

function toCounted(part: AnnotatedPart, spans: readonly GeneAlleles[], query: AnnotationQuery): CountedPart {
  const { types } = query
  const rows = spans.filter(({ type }) => types === undefined || type === LONG || types.includes(type))
  const keysOfRow = (row: GeneAlleles): KeysByContig => {
    const keys = row.keys()
    if (types === undefined || row.type !== LONG) return new Map([[row.contig, keys]])
    const fits = (variant: Variant) => fitsNarrowing(variant, query)
    return new Map([[row.contig, keysOf([...allelesOf(keys, row.contig)].filter(fits))]])
  }
  const ofRows = (isLong: boolean) =>
    uniteByContig(rows.filter(({ type }) => (type === LONG) === isLong).map(keysOfRow))
  return { part, rows, short: ofRows(false), long: ofRows(true) }
}

function uniteByContig(all: readonly KeysByContig[]): KeysByContig {
  const contigs = new Set(all.flatMap((keys) => [...keys.keys()]))
  const united = (contig: number) => uniteKeys(all.flatMap((keys) => keys.get(contig) ?? []))
  return new Map([...contigs].map((contig) => [contig, united(contig)]))
}

function countDataset(parts: readonly CountedPart[], query: AnnotationQuery, budget: RowBudget): AlleleTotals {
  const short = uniteByContig(parts.map((part) => part.short))
  const long = uniteByContig(parts.map((part) => part.long))
  const places = placesOf(parts.flatMap(({ rows }) => rows))
  const carriers = new Bitmap()
  const somatic = new Bitmap()
  for (const { part, rows, ...own } of parts) {
    const { segment } = part
    for (const row of rows) {
      // What was added up of long ones is of all their types.
      if (row.type === LONG && query.types !== undefined) continue
      const totals = row.totals()
      carriers.orInPlace(totals.carriers)
      somatic.orInPlace(totals.somatic)
    }
    const unread = [
      ...(parts.length > 1 ? places.flatMap((place) => unknownAt(segment, place, short, own.short)) : []),
      ...(query.types === undefined ? minus(long, own.long) : minus(long, NO_CONTIGS)),
    ]
    for (const variant of unread) {
      budget.spend(1)
      const row = segment.findCarried(variant)
      if (row) segment.addCarriers(row, carriers, somatic)
    }
  }
  return { variants: countDistinct(parts), carriers, somatic }
}

const NO_CONTIGS: KeysByContig = new Map()

/** Short alleles of a place that somebody of a segment has, and that only another segment knows to be of the gene. */
function unknownAt(
  segment: Segment,
  { contig, start, end }: StartSpan,
  wanted: KeysByContig,
  known: KeysByContig,
): readonly Variant[] {
  const here = segment.keys(contig, start, end)
  return [...allelesOf(keysBetween(wanted.get(contig) ?? NO_KEYS, here, known.get(contig) ?? NO_KEYS), contig)]
}

function minus(wanted: KeysByContig, known: KeysByContig): readonly Variant[] {
  return [...wanted].flatMap(([contig, keys]) => {
    const own = known.get(contig)
    return [...allelesOf(keys, contig)].filter((variant) => !own || !hasKey(own, variant))
  })
}

/** What all rows cover, each bin once. */
function placesOf(rows: readonly GeneAlleles[]): readonly StartSpan[] {
  const bin = 2 ** FINE_BIN_SHIFT
  return uniteSpans(
    rows.map(({ contig, start, end }) => ({
      contig,
      start: Math.floor(start / bin) * bin,
      end: Math.ceil(end / bin) * bin,
    })),
  )
}
