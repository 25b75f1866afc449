import type { DatasetMatches, MatchedAllele, Matches, Page, StoreAnswer, VariantStore } from '../variant-store.js'
import type { AssemblyId } from '../../../schemas/index.js'
import { leftAlign } from '../left-align.js'
import { toStoredPlace } from '../par-query.js'
import type { Reference } from '../reference.js'
import { isStructural, spellStructural } from '../structural.js'
import { uniteCalls } from '../unite-calls.js'
import { toVariantInternalId, type Variant } from '../variant.js'
import type { HashedIdQuery, VariantQuery } from '../variant-query.js'
import type { Catalogue, OpenDataset } from './catalogue.js'
import { collectAlleles } from './collect-alleles.js'

/** What left-aligned datasets were aligned by. */
export type References = Readonly<Partial<Record<AssemblyId, Reference>>>

/** The embedded store: datasets are manifests of immutable SQLite segments, and every answer is their union. */
export function createSqliteVariantStore(catalogue: Catalogue, references: References = {}): VariantStore {
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
        return await answer(asked, query, page, references[query.assembly])
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
  reference: Reference | undefined,
): Promise<StoreAnswer> {
  if (asked.length === 0) return { datasets: [] }
  switch (query.kind) {
    case 'allele': {
      const { contig, start, referenceBases, alternateBases } = toStoredPlace(query)
      return answerOneAllele(asked, { contig, start, referenceBases, alternateBases }, page, reference)
    }
    case 'hashed-id': {
      const stored = toStoredPlace(query)
      return answerOneAllele(asked, findByHashedId(asked, stored) ?? absentAllele(stored), page, reference)
    }
    default:
      return collectAlleles(asked, query, page)
  }
}

/** An allele that cannot be stored, for an id that nobody has: it has a place, and so an alleleNumber, but no bases. */
function absentAllele({ contig, position, structural }: HashedIdQuery): Variant {
  const alternateBases = structural ? spellStructural({ type: '', end: structural.end }) : ''
  return { contig, start: structural?.start ?? position - 1, referenceBases: '', alternateBases }
}

/**
 * The allele as a dataset spells it.
 *
 * @throws Error the dataset is left-aligned and the node has no reference any more: "nobody" could be wrong
 */
function asStored({ manifest }: OpenDataset, variant: Variant, reference: Reference | undefined): Variant {
  const isMovable = (variant.referenceBases === '') !== (variant.alternateBases === '')
  if (manifest.normalisation !== 'left-aligned' || !isMovable || isStructural(variant.alternateBases)) return variant
  if (!reference) throw new Error(`dataset ${manifest.id} is left-aligned, and node.yaml names no reference for it`)
  return leftAlign(variant, reference)
}

function answerOneAllele(
  asked: readonly OpenDataset[],
  variant: Variant,
  page: Page | undefined,
  reference: Reference | undefined,
): StoreAnswer {
  const { assembly } = asked[0]!.manifest
  const found = asked.map((dataset) => {
    const spelled = asStored(dataset, variant, reference)
    const alleles = dataset.segments.map((segment) => segment.find(spelled))
    const knowledge = dataset.segments.map((segment, index) => segment.knowledgeOf(spelled, alleles[index]))
    return { id: dataset.manifest.id, stored: alleles.find((allele) => allele?.hasCarriers), knowledge, spelled }
  })
  const datasets = found.map(({ id, stored, knowledge, spelled }): DatasetMatches => {
    const calls = uniteCalls(knowledge, assembly, spelled)
    const matches: Matches = { kind: 'one-allele', variants: stored ? 1 : 0, variant: spelled, calls }
    const first: readonly MatchedAllele[] = stored ? [{ variant: spelled, anchor: stored.anchor, calls }] : []
    return { datasetId: id, matches, page: page ? first.slice(page.offset, page.offset + page.limit) : [] }
  })
  const [only, another] = datasets
  if (only && !another) return { datasets, node: only.matches }
  const variants = found.some(({ stored }) => stored) ? 1 : 0
  const calls = uniteCalls(
    found.flatMap(({ knowledge }) => knowledge),
    assembly,
    variant,
  )
  return { datasets, node: { kind: 'one-allele', variants, variant, calls } }
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
