import type { PlacedQuery } from '../variant-query.js'
import type { MatchedAllele, Page } from '../variant-store.js'
import { annotationOf, lookUp, partsOf, type AskedDataset } from './asked-dataset.js'
import {
  openLongSource,
  openShortSource,
  searchesOf,
  takeNext,
  wantedOf,
  wantedTypes,
  type RowBudget,
} from './merge-alleles.js'
import type { CarriedAllele } from './pages.js'

/** The asked page of a dataset's alleles that answer a question and that a visible person has, in order. */
export function readPage(
  dataset: AskedDataset,
  query: PlacedQuery,
  { offset, limit }: Page,
  budget: RowBudget,
): readonly MatchedAllele[] {
  const parts = partsOf(dataset)
  const page: MatchedAllele[] = []
  let index = 0
  for (const search of searchesOf(query)) {
    if (page.length >= limit) break
    const { contig, short } = search.locus
    const sources = parts.flatMap((part) => {
      const options = { part, types: wantedTypes(search), isWanted: wantedOf(part, search), budget }
      return [
        openShortSource(part.segment, contig, ...short, options),
        openLongSource(part.segment, search.locus, options),
      ]
    })
    while (page.length < limit) {
      const allele = takeNext(sources)?.[0]?.allele
      if (!allele) break
      if (index++ < offset) continue
      budget.spend(parts.length)
      page.push(toMatch(dataset, allele))
    }
  }
  return page
}

/** An allele of a dataset with all that the dataset knows of it. */
export function toMatch(dataset: AskedDataset, allele: CarriedAllele): MatchedAllele {
  const { contig, start, referenceBases, alternateBases } = allele
  const variant = { contig, start, referenceBases, alternateBases }
  const { calls, anchor } = lookUp(dataset, variant)
  return { variant, anchor, calls, annotation: annotationOf(dataset, variant) }
}
