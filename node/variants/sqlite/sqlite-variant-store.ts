import { mergeCalls, NOBODY, type Calls } from '../calls.js'
import type { DatasetMatches, MatchedAllele, Matches, Page, StoreAnswer, VariantStore } from '../variant-store.js'
import { toVariantInternalId, type Variant } from '../variant.js'
import type { HashedIdQuery, VariantQuery } from '../variant-query.js'
import type { Catalogue, OpenDataset } from './catalogue.js'
import { collectAlleles } from './collect-alleles.js'

/** The embedded store: datasets are manifests of immutable SQLite segments, and every answer is their union. */
export function createSqliteVariantStore(catalogue: Catalogue): VariantStore {
  return {
    datasets() {
      const snapshot = catalogue.acquire()
      const manifests = [...snapshot.datasets.values()].map((dataset) => dataset.manifest)
      snapshot.release()
      return manifests
    },
    async query(grant, query, page) {
      const snapshot = catalogue.acquire()
      try {
        const asked = grant.datasetIds
          .map((id) => snapshot.datasets.get(id))
          .filter((dataset) => dataset !== undefined)
          .filter((dataset) => dataset.manifest.assembly === query.assembly)
        return await answer(asked, query, page)
      } finally {
        snapshot.release()
      }
    },
    close: () => catalogue.close(),
  }
}

async function answer(
  asked: readonly OpenDataset[],
  query: VariantQuery,
  page: Page | undefined,
): Promise<StoreAnswer> {
  if (asked.length === 0) return { datasets: [] }
  if (query.kind === 'allele') return answerOneAllele(asked, query, page)
  if (query.kind === 'hashed-id') {
    return answerOneAllele(asked, findByHashedId(asked, query) ?? absentAllele(query), page)
  }
  return collectAlleles(asked, query, page)
}

/** An allele that cannot be stored, for an id that nobody has: it has a place, and so an alleleNumber, but no bases. */
function absentAllele(query: HashedIdQuery): Variant {
  return { contig: query.contig, start: query.position - 1, referenceBases: '', alternateBases: '' }
}

function answerOneAllele(asked: readonly OpenDataset[], variant: Variant, page: Page | undefined): StoreAnswer {
  const datasets = asked.map(({ manifest, segments }): DatasetMatches => {
    const found = segments.map((segment) => segment.find(variant))
    const stored = found.find((allele) => allele?.hasCarriers)
    const calls = mergeCallsOf(
      found.map((allele, index) => allele?.calls() ?? segments[index]!.callsWithoutRow(variant)),
    )
    const matches: Matches = { kind: 'one-allele', variants: stored ? 1 : 0, variant, calls }
    const first: readonly MatchedAllele[] = stored ? [{ variant, anchor: stored.anchor, calls }] : []
    return { datasetId: manifest.id, matches, page: page ? first.slice(page.offset, page.offset + page.limit) : [] }
  })
  const [only, another] = datasets
  if (only && !another) return { datasets, node: only.matches }
  const all = datasets.map((dataset) => dataset.matches).filter((matches) => matches.kind === 'one-allele')
  const variants = all.some((matches) => matches.variants === 1) ? 1 : 0
  return {
    datasets,
    node: { kind: 'one-allele', variants, variant, calls: mergeCallsOf(all.map(({ calls }) => calls)) },
  }
}

/** A dataset without segments has nobody to call. */
function mergeCallsOf(parts: readonly Calls[]): Calls {
  return parts.length > 0 ? mergeCalls(parts) : NOBODY
}

/** Ids with a hash cannot be turned back into bases: the alleles at the place are compared by their ids. */
function findByHashedId(asked: readonly OpenDataset[], query: HashedIdQuery): Variant | undefined {
  for (const { segments } of asked) {
    for (const segment of segments) {
      for (const start of [query.position - 1, query.position]) {
        const allele = segment
          .startingAt(query.contig, start)
          .find(
            ({ variant, anchor }) => toVariantInternalId(query.assembly, variant, anchor) === query.variantInternalId,
          )
        if (allele) return allele.variant
      }
    }
  }
  return undefined
}
