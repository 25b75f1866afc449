import type { NodeSummary } from '../../schemas/index.js'
import type { Grant } from '../access/grant.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { VariantQuery } from '../variants/variant-query.js'
import type { VariantStore } from '../variants/variant-store.js'
import { EVERYBODY } from '../variants/visible-set.js'

/**
 * A grant without pre-counted datasets, for questions about chosen people or their records: of these nothing is known there, and
 * "nobody" would be wrong.
 *
 * @returns with the number of datasets that were left out, which are to be told as not asked
 */
export function leaveOutPreCounted(
  grant: Grant,
  manifests: readonly DatasetManifest[],
): { readonly grant: Grant; readonly undecidable: number } {
  const preCounted = new Set(manifests.filter(({ content }) => content === 'sites').map(({ id }) => id))
  const left = grant.datasetIds.filter((id) => !preCounted.has(id))
  const undecidable = grant.datasetIds.length - left.length
  if (undecidable === 0) return { grant, undecidable }
  return { grant: grant.narrowedTo(new Map(left.map((id) => [id, EVERYBODY]))), undecidable }
}

/** The pre-counted datasets of which the alleles answer a question that is not about chosen people. */
export async function preCountedWith(
  store: VariantStore,
  grant: Grant,
  manifests: readonly DatasetManifest[],
  variant: VariantQuery,
): Promise<ReadonlySet<string>> {
  const ids = manifests.filter(({ content }) => content === 'sites').map(({ id }) => id)
  if (ids.length === 0) return new Set()
  const { datasets } = await store.query(grant.narrowedTo(new Map(ids.map((id) => [id, EVERYBODY]))), variant)
  return new Set(datasets.flatMap(({ datasetId, matches }) => (matches.variants > 0 ? [datasetId] : [])))
}

type NotAsked = NodeSummary['datasetsNotAsked']

/** Beside what was not asked for other reasons. */
export function addUndecidable(notAsked: NotAsked, undecidable: number): NotAsked {
  const sum = (notAsked.undecidable ?? 0) + undecidable
  return sum === 0 ? notAsked : { ...notAsked, undecidable: sum }
}
