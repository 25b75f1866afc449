import type { Grant } from '../../access/grant.js'
import { Bitmap } from '../bitmap.js'
import { toStoredPlace } from '../par-query.js'
import type { DatasetMatches, Matches, Page, StoreAnswer, VariantStore } from '../variant-store.js'
import { toVariantInternalId, type Variant } from '../variant.js'
import { visibleOf } from '../visible-set.js'
import type { HashedIdQuery, SeveralQuery, VariantQuery } from '../variant-query.js'
import type { DatasetManifest } from '../dataset-manifest.js'
import { absentAllele, answerOneAllele, asStored, type GrantedDataset, type References } from './answer-one-allele.js'
import { answerSeveral, type SeveralAnswer } from './answer-several.js'
import { answerSite, answerSites, findSiteById, type AskedSites } from './answer-sites.js'
import type { Catalogue, Snapshot } from './catalogue.js'
import type { RowBudget } from './merge-alleles.js'
import { toTask } from './query-task.js'
import type { QueryThreads } from './query-threads.js'
import { MissingSegmentError } from './segment-handles.js'

/** Rows that a question may read on the main thread: a few milliseconds (design: range queries move to a thread after this). */
export const ROW_LIMIT = 2_000
/** How often a question is asked anew because a segment was replaced under it. More than once in a row is next to impossible. */
const MOST_ATTEMPTS = 3

export interface StoreOptions {
  readonly references?: References
  /** Where questions go that read more than `rowLimit` rows; without, they are answered in place, however long that takes. */
  readonly threads?: QueryThreads
  readonly rowLimit?: number
}

interface GrantedSites extends AskedSites {
  readonly manifest: DatasetManifest
}

/** What a question asks: datasets with people, and pre-counted ones of which nobody in particular is asked. */
interface Asked {
  readonly people: readonly GrantedDataset[]
  readonly sites: readonly GrantedSites[]
  /** Pre-counted datasets of which only some people are granted. */
  readonly undecidable: readonly string[]
}

/** The embedded store: datasets are manifests of immutable SQLite segments, and every answer is their union. */
export function createSqliteVariantStore(catalogue: Catalogue, options: StoreOptions = {}): VariantStore {
  async function ask(grant: Grant, query: VariantQuery, page?: Page, signal?: AbortSignal): Promise<StoreAnswer> {
    const snapshot = catalogue.acquire()
    try {
      // Awaited here: the snapshot is held until the answer is there, also while a thread reads.
      const asked = grantedDatasets(snapshot, grant, query)
      const found = await answer(asked, query, page, options, signal)
      return asked.undecidable.length > 0 ? { ...found, undecidable: asked.undecidable } : found
    } finally {
      snapshot.release()
    }
  }

  return {
    datasets() {
      const snapshot = catalogue.acquire()
      const manifests = [...snapshot.datasets.values()].map((dataset) => dataset.manifest)
      snapshot.release()
      return manifests
    },
    isAnnotated() {
      const snapshot = catalogue.acquire()
      const datasets = [...snapshot.datasets.values()]
      snapshot.release()
      return datasets.some(({ segments }) => segments.some(({ annotations }) => annotations.known !== undefined))
    },
    peopleIn(datasetId) {
      const snapshot = catalogue.acquire()
      const segments = snapshot.datasets.get(datasetId)?.segments ?? []
      snapshot.release()
      return Bitmap.orMany(segments.map(({ people }) => people))
    },
    async people(grant) {
      const snapshot = catalogue.acquire()
      try {
        return new Map(
          grant.datasetIds.map((id) => {
            const segments = snapshot.datasets.get(id)?.segments ?? []
            const everybody = Bitmap.orMany(segments.map(({ people }) => people))
            return [id, visibleOf(grant.visibleOf(id)!, everybody)]
          }),
        )
      } finally {
        snapshot.release()
      }
    },
    async query(grant, query, page, signal) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await ask(grant, query, page, signal)
        } catch (error) {
          if (!(error instanceof MissingSegmentError) || attempt === MOST_ATTEMPTS) throw error
          // The file was compacted or removed since the last look: the manifest of now names what stands in its place.
          catalogue.refresh()
        }
      }
    },
    async close() {
      catalogue.close()
      await options.threads?.close()
    },
  }
}

function grantedDatasets(snapshot: Snapshot, grant: Grant, query: VariantQuery): Asked {
  const people: GrantedDataset[] = []
  const precounted: GrantedSites[] = []
  const undecidable: string[] = []
  for (const id of grant.datasetIds) {
    const dataset = snapshot.datasets.get(id)
    const visible = grant.visibleOf(id)
    if (!dataset || !visible || dataset.manifest.assembly !== query.assembly) continue
    const { manifest, segments, sites } = dataset
    const { assembly } = manifest
    if (manifest.content !== 'sites') people.push({ assembly, manifest, segments, visible })
    else if (visible.kind === 'everybody' && query.kind !== 'annotation')
      precounted.push({ datasetId: id, assembly, manifest, sites })
    else undecidable.push(id)
  }
  return { people, sites: precounted, undecidable }
}

async function answer(
  asked: Asked,
  query: VariantQuery,
  page: Page | undefined,
  options: StoreOptions,
  signal: AbortSignal | undefined,
): Promise<StoreAnswer> {
  switch (query.kind) {
    case 'allele': {
      const { contig, start, referenceBases, alternateBases } = toStoredPlace(query)
      return answerOne(asked, { contig, start, referenceBases, alternateBases }, page, options)
    }
    case 'hashed-id': {
      const stored = toStoredPlace(query)
      return answerOne(asked, findByHashedId(asked, stored) ?? absentAllele(stored), page, options)
    }
    default: {
      const { people, sites } = asked
      const found = people.length === 0 ? NOTHING_ASKED : await readSeveral(people, query, page, options, signal)
      const counted = []
      for (const dataset of sites) {
        // Those with sites are left out of questions about annotations, which they do not have.
        if (query.kind !== 'annotation') counted.push(await answerSites(dataset, query, page, signal))
      }
      return addSites(people.length === 0 ? { datasets: [] } : toStoreAnswer(people, found), counted)
    }
  }
}

const NOTHING_ASKED: SeveralAnswer = { datasets: [], variants: 0 }

function answerOne(
  { people, sites }: Asked,
  variant: Variant,
  page: Page | undefined,
  options: StoreOptions,
): StoreAnswer {
  const found =
    people.length === 0 ? { datasets: [] } : answerOneAllele(people, variant, page, options.references ?? {})
  if (sites.length === 0) return found
  const counted = sites.map((dataset) => {
    return answerSite(dataset, asStored(dataset.manifest, variant, options.references?.[dataset.assembly]), page)
  })
  return addSites(found, counted)
}

/** The order of the ids, as of all answers. */
function addSites(found: StoreAnswer, counted: readonly DatasetMatches[]): StoreAnswer {
  if (counted.length === 0) return found
  const { datasets, ...rest } = found
  const all = [...datasets, ...counted].sort((a, b) => (a.datasetId < b.datasetId ? -1 : 1))
  return { datasets: all, ...rest }
}

/** Ids with a hash cannot be turned back into bases: the alleles at the place are compared by their ids. */
function findByHashedId({ people, sites }: Asked, query: HashedIdQuery): Variant | undefined {
  for (const { segments } of people) {
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
  for (const dataset of sites) {
    const variant = findSiteById(dataset, query.contig, query.position, query.variantInternalId)
    if (variant) return variant
  }
  return undefined
}

/** Thrown and caught here alone: the question reads too many rows for the main thread. */
class RowLimitReached extends Error {}

function createBudget(rows: number): RowBudget {
  let left = rows
  return {
    get left() {
      return left
    },
    spend(spent) {
      left -= spent
      if (left < 0) throw new RowLimitReached()
    },
  }
}

async function readSeveral(
  asked: readonly GrantedDataset[],
  query: SeveralQuery,
  page: Page | undefined,
  { threads, rowLimit = ROW_LIMIT }: StoreOptions,
  signal: AbortSignal | undefined,
): Promise<SeveralAnswer> {
  try {
    return answerSeveral(asked, query, page, createBudget(threads ? rowLimit : Infinity))
  } catch (error) {
    if (!threads || !(error instanceof RowLimitReached)) throw error
    return threads.run(toTask(asked, query, page), signal)
  }
}

function toStoreAnswer(asked: readonly GrantedDataset[], { datasets, variants }: SeveralAnswer): StoreAnswer {
  const found = datasets.map((dataset, index): DatasetMatches => ({
    datasetId: asked[index]!.manifest.id,
    matches: {
      kind: 'several-alleles',
      variants: dataset.variants,
      carriers: dataset.carriers,
      somatic: dataset.somatic,
      ...(dataset.annotation ? { annotation: dataset.annotation } : {}),
    },
    page: dataset.page,
  }))
  const [only, another] = found
  if (only && !another) return { datasets: found, node: only.matches }
  const carriers = Bitmap.orMany(datasets.map((dataset) => dataset.carriers))
  const somatic = Bitmap.orMany(datasets.map((dataset) => dataset.somatic))
  const isPartial = datasets.some(({ annotation }) => annotation === 'partial')
  const annotation = datasets[0]?.annotation && (isPartial ? ('partial' as const) : ('complete' as const))
  const node: Matches = { kind: 'several-alleles', variants, carriers, somatic, ...(annotation ? { annotation } : {}) }
  return { datasets: found, node }
}
