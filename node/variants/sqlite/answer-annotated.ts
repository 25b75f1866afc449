import { Bitmap } from '../bitmap.js'
import type { Coverage } from '../annotation.js'
import type { AnnotationQuery } from '../variant-query.js'
import type { MatchedAllele, Page } from '../variant-store.js'
import { annotatedAlleles, type AnnotatedPart } from './annotated-alleles.js'
import { countAnnotated } from './count-annotated.js'
import type { SeveralAnswer } from './answer-several.js'
import { allPartsOf, type AskedDataset } from './asked-dataset.js'
import type { RowBudget } from './merge-alleles.js'
import { toMatch } from './read-page.js'

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
  const counted = countAnnotated(asked.length, parts, query, budget)
  const isRead = (answer: (typeof answers)[number], index: number) =>
    page !== undefined && answer.variants >= Math.min(page.offset + page.limit, counted!.datasets[index]!.variants)
  let variants = 0
  for (const found of counted && !page ? [] : annotatedAlleles(parts, query, budget)) {
    variants++
    for (const [index, { part, allele }] of found.entries()) {
      const answer = answers[part.dataset]!
      if (!counted) part.segment.addCarriers(allele, answer.carriers, answer.somatic)
      if (found[index - 1]?.part.dataset === part.dataset) continue
      if (page && answer.variants >= page.offset && answer.page.length < page.limit) {
        budget.spend(asked[part.dataset]!.segments.length)
        answer.page.push(toMatch(asked[part.dataset]!, allele))
      }
      answer.variants++
    }
    // The page is all that had to be read.
    if (counted && answers.every(isRead)) break
  }
  if (counted) variants = counted.variants
  for (const [index, totals] of (counted?.datasets ?? []).entries()) Object.assign(answers[index]!, totals)
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
