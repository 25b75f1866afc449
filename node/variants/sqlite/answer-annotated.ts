import { Bitmap } from '../bitmap.js'
import type { Coverage } from '../annotation.js'
import type { AnnotationQuery } from '../variant-query.js'
import type { MatchedAllele, Page } from '../variant-store.js'
import { annotatedAlleles, type AnnotatedPart } from './annotated-alleles.js'
import type { SeveralAnswer } from './answer-several.js'
import { allPartsOf, type AskedDataset } from './asked-dataset.js'
import type { RowBudget } from './merge-alleles.js'
import { toMatch } from './read-page.js'
import type { BinTotals } from './segment.js'

/** Counts and reads the asked page in one pass: the alleles of a question about annotations are found one by one. */
export function answerAnnotated(
  asked: readonly AskedDataset[],
  query: AnnotationQuery,
  page: Page | undefined,
  budget: RowBudget,
): SeveralAnswer {
  const parts = asked.flatMap((dataset, index) =>
    allPartsOf(dataset).map((part): AnnotatedPart => ({ ...part, dataset: index })),
  )
  const answers = asked.map(() => ({
    variants: 0,
    carriers: new Bitmap(),
    somatic: new Bitmap(),
    page: [] as MatchedAllele[],
  }))
  const shortcut = findTotals(asked, parts, query)
  let variants = 0
  for (const found of shortcut && !page ? [] : annotatedAlleles(parts, query, budget)) {
    variants++
    for (const [index, { part, allele }] of found.entries()) {
      const answer = answers[part.dataset]!
      part.segment.addCarriers(allele, answer.carriers, answer.somatic)
      if (found[index - 1]?.part.dataset === part.dataset) continue
      if (page && answer.variants >= page.offset && answer.page.length < page.limit) {
        budget.spend(asked[part.dataset]!.segments.length)
        answer.page.push(toMatch(asked[part.dataset]!, allele))
      }
      answer.variants++
    }
    // The page is all that had to be read.
    if (shortcut && page && variants >= page.offset + page.limit) break
  }
  if (shortcut) {
    variants = shortcut.alleles
    answers[0]!.variants = shortcut.alleles
    answers[0]!.carriers.orInPlace(shortcut.carriers)
    answers[0]!.somatic.orInPlace(shortcut.somatic)
  }
  const datasets = answers.map((answer, index) => {
    const { visible } = asked[index]!
    if (visible.kind === 'some') {
      answer.carriers.andInPlace(visible.people)
      answer.somatic.andInPlace(visible.people)
    }
    const own = parts.filter(({ dataset }) => dataset === index)
    const annotation = isAnnotated(own, query, answer.variants) ? ('complete' as const) : ('partial' as const)
    return { ...answer, annotation }
  })
  return { variants, datasets }
}

/** What a question takes that names a gene and nothing else. */
const GENE_KEYS: ReadonlySet<string> = new Set(['kind', 'assembly', 'gene'] satisfies (keyof AnnotationQuery)[])

/** The stored totals of a gene: those of the only segment that was asked, of which everybody is visible. */
function findTotals(
  asked: readonly AskedDataset[],
  parts: readonly AnnotatedPart[],
  query: AnnotationQuery,
): BinTotals | undefined {
  const [part] = parts
  if (asked.length !== 1 || parts.length !== 1 || part!.among) return undefined
  const isPlain = Object.entries(query).every(([key, value]) => GENE_KEYS.has(key) || value === undefined)
  if (query.gene === undefined || !isPlain) return undefined
  return part!.segment.annotations.known?.genesNamed(query.gene).totals()
}

/**
 * Whether "no more" can be said: every file says what was asked for. An id names its sequence, and nothing tells that a file uses
 * the same ones, so that only an allele that was found is known to be the one; of a protein's there can be more.
 */
function isAnnotated(parts: readonly AnnotatedPart[], query: AnnotationQuery, variants: number): boolean {
  if (parts.length === 0) return true
  const covers = (coverage: Coverage) => parts.every(({ segment }) => segment.annotations.coverage.includes(coverage))
  if (query.gene !== undefined && !covers('genes')) return false
  if (query.aminoacidChange !== undefined && !covers('aminoacids')) return false
  return query.hgvs === undefined || (variants > 0 && !query.hgvs.includes(':p.'))
}
