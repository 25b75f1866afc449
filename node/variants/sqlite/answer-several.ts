import type { AnnotationCoverage, MatchedAllele, Page } from '../variant-store.js'
import type { SeveralQuery } from '../variant-query.js'
import { answerAnnotated } from './answer-annotated.js'
import type { AskedDataset } from './asked-dataset.js'
import { countAlleles, type AlleleTotals } from './count-alleles.js'
import type { RowBudget } from './merge-alleles.js'
import { readPage } from './read-page.js'

/** What a question about several alleles finds in one dataset. */
export interface SeveralMatches extends AlleleTotals {
  readonly page: readonly MatchedAllele[]
  readonly annotation?: AnnotationCoverage
}

export interface SeveralAnswer {
  readonly datasets: readonly SeveralMatches[]
  /** Distinct alleles of all datasets. */
  readonly variants: number
}

/** The same wherever it runs: on the main thread within a number of rows, or on a query thread. */
export function answerSeveral(
  asked: readonly AskedDataset[],
  query: SeveralQuery,
  page: Page | undefined,
  budget: RowBudget,
): SeveralAnswer {
  if (query.kind === 'annotation') return answerAnnotated(asked, query, page, budget)
  const { datasets, variants } = countAlleles(asked, query, budget)
  return {
    variants,
    datasets: datasets.map((totals, index) => ({
      ...totals,
      page: page && totals.variants > page.offset ? readPage(asked[index]!, query, page, budget) : [],
    })),
  }
}
