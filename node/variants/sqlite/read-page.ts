import { answersQuery } from '../allele-match.js'
import type { SeveralQuery } from '../variant-query.js'
import type { MatchedAllele, Page } from '../variant-store.js'
import { lookUp, partsOf, type AskedDataset } from './asked-dataset.js'
import { lociOf, openLongSource, openShortSource, takeNext, type RowBudget } from './merge-alleles.js'
import type { CarriedAllele } from './segment.js'

/** The asked page of a dataset's alleles that answer a question and that a visible person carries, in order. */
export function readPage(
  dataset: AskedDataset,
  query: SeveralQuery,
  { offset, limit }: Page,
  budget: RowBudget,
): readonly MatchedAllele[] {
  const parts = partsOf(dataset)
  const page: MatchedAllele[] = []
  let index = 0
  for (const locus of lociOf(query)) {
    if (page.length >= limit) break
    const sources = parts.flatMap((part) => {
      const { segment, among } = part
      const isWanted = (allele: CarriedAllele) => segment.isCarried(allele, among) && answersQuery(allele, query)
      const options = { part, isWanted, budget }
      const from = Math.max(0, locus.start - locus.lookBack)
      return [openShortSource(segment, locus.contig, from, locus.end, options), openLongSource(segment, locus, options)]
    })
    while (page.length < limit) {
      const variant = takeNext(sources)?.[0]?.allele
      if (!variant) break
      if (index++ < offset) continue
      budget.spend(parts.length)
      page.push(toMatch(dataset, variant))
    }
  }
  return page
}

function toMatch(dataset: AskedDataset, allele: CarriedAllele): MatchedAllele {
  const { contig, start, referenceBases, alternateBases } = allele
  const variant = { contig, start, referenceBases, alternateBases }
  const { calls, anchor } = lookUp(dataset, variant)
  return { variant, anchor, calls }
}
