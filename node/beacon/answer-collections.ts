import { API_VERSION, type BeaconRequest, type DataResponse, type Granularity } from '../../schemas/index.js'
import { findRecords, type RecordAnswer } from '../metadata/find-records.js'
import { indexDocument } from '../metadata/index-document.js'
import type { StoredCohort } from '../metadata/metadata.js'
import { isValueFilter, type FilterGroups } from '../metadata/filters.js'
import { releaseCohorts, type ReleasedCohort } from '../privacy/release-cohorts.js'
import type { Disclosed } from '../privacy/disclosed.js'
import type { DatasetManifest } from '../variants/dataset-manifest.js'
import type { VariantQuery } from '../variants/variant-query.js'
import { visibleOf, type VisibleSet } from '../variants/visible-set.js'
import { admit, identify, type Admitted, type Identified } from './admit.js'
import type { BeaconContext, BeaconData, Envelope } from './context.js'
import { toDataset } from './datasets.js'
import type { EntryPoint } from './entry-point.js'
import { schemaOf } from './entry-types.js'
import { parseFilters, requireKnown } from './parse-filters.js'
import { preCountedWith } from './pre-counted.js'
import { parseVariant } from './parse-question.js'
import { questionPlaces } from './question-places.js'

/**
 * `/datasets` and `/datasets/{id}`. The catalogue describes no person, and so shows controlled datasets too; asked with
 * filters or a variant, it shows those that the caller may ask and in which somebody matches.
 *
 * @throws NodeError
 */
export async function answerDatasets(
  context: BeaconContext,
  request: BeaconRequest,
  point: EntryPoint & { readonly wanted: 'dataset' },
  envelope: Envelope,
): Promise<DataResponse> {
  const identified = await identify(context, request, envelope, 'dataset', point)
  const { data, state } = identified
  const hasVariant = Object.keys(request.gVariant).length > 0
  const isCatalogue = request.filters.length === 0 && !hasVariant
  const found = await (isCatalogue
    ? listDatasets(identified, request)
    : matchingDatasets(context, identified, request, point))
  const shown = found.filter(
    ({ id }) => (point.id === undefined || id === point.id) && (request.datasetIds?.includes(id) ?? true),
  )
  return presentCollection(
    context,
    request,
    'dataset',
    shown.map((manifest) => ({
      ...describe(data, manifest),
      ...toDataset(manifest, state.rules.pauseOf(manifest.id, manifest.controller)),
    })),
  )
}

/** The catalogue describes what nobody may ask now, too. */
async function listDatasets(identified: Identified, request: BeaconRequest): Promise<readonly DatasetManifest[]> {
  const { manifests } = identified
  const { record } = await admit(identified, { question: 'dataset', datasetIds: undefined, granularity: 'boolean' })
  await record([], request.requestedGranularity ?? 'record', manifests.length > 0)
  return manifests
}

/** What the dataset's own document adds: data use conditions, description. What the manifest says goes before. */
function describe({ metadata }: BeaconData, { id }: DatasetManifest): object {
  const { info: _info, id: _id, ...document } = metadata.datasetDocument(id) ?? {}
  return document
}

async function matchingDatasets(
  context: BeaconContext,
  identified: Identified,
  request: BeaconRequest,
  point: EntryPoint,
): Promise<readonly DatasetManifest[]> {
  const filters = parseFilters(request)
  const described = new Map(identified.manifests.map(({ id }) => [id, ownTerms(identified.data, id)]))
  // A data use condition is a property of the dataset; everything else is asked of its people.
  const isOwn = (group: FilterGroups[number]) =>
    group.some(
      ({ id, ...filter }) =>
        !isValueFilter({ id, ...filter }) && [...described.values()].some((terms) => terms.has(id)),
    )
  const own = filters.filter(isOwn)
  const ofPeople = filters.filter((group) => !isOwn(group))
  const admitted = await admitCollection(context, identified, request, point)
  const { variant } = admitted
  const people = await findPeople(admitted, ofPeople, variant)
  const { data, grant, manifests } = admitted
  const counted =
    variant && ofPeople.length === 0 ? await preCountedWith(data.store, grant, manifests, variant) : undefined
  const matching = manifests.filter(
    ({ id }) =>
      grant.datasetIds.includes(id) &&
      own.every((group) => group.some((filter) => described.get(id)?.has(filter.id))) &&
      (people === undefined ||
        counted?.has(id) ||
        people.datasets.some(({ datasetId, count }) => datasetId === id && count > 0)),
  )
  await admitted.record(admitted.grant.datasetIds, 'boolean', matching.length > 0)
  return matching
}

function ownTerms({ metadata }: BeaconData, dataset: string): ReadonlySet<string> {
  return new Set(indexDocument(metadata.datasetDocument(dataset) ?? {}).terms.keys())
}

/**
 * `/cohorts` and `/cohorts/{id}`, of the datasets that the caller may ask; with filters or a variant those of which a member
 * matches.
 *
 * @throws NodeError
 */
export async function answerCohorts(
  context: BeaconContext,
  request: BeaconRequest,
  point: EntryPoint & { readonly wanted: 'cohort' },
  envelope: Envelope,
): Promise<DataResponse> {
  const filters = parseFilters(request)
  const identified = await identify(context, request, envelope, 'cohort', point)
  const admitted = await admitCollection(context, identified, request, point)
  const { variant, grant } = admitted
  const people = await findPeople(admitted, filters, variant)
  const cohorts = grant.datasetIds.flatMap((dataset) =>
    admitted.data.metadata
      .cohorts(dataset)
      .filter(({ id }) => point.id === undefined || id === point.id)
      .filter((cohort) => hasSomebody(cohort, grant.visibleOf(dataset)!))
      .map((cohort) => ({ dataset, cohort })),
  )
  const matching = cohorts.filter(({ dataset, cohort }) => {
    if (people === undefined) return true
    const found = people.datasets.find(({ datasetId }) => datasetId === dataset)
    return found !== undefined && cohort.members !== undefined && found.people.intersects(cohort.members)
  })
  const released = releaseCohorts(matching, grant)
  await admitted.record(grant.datasetIds, request.requestedGranularity ?? 'record', released.length > 0)
  return presentCollection(context, request, 'cohort', toDocuments(released))
}

function toDocuments(cohorts: Disclosed<readonly ReleasedCohort[]>): readonly object[] {
  return cohorts.map(({ document }) => document)
}

/** Of a cohort of people who may not be seen at all, nothing is told. */
function hasSomebody({ members }: StoredCohort, visible: VisibleSet): boolean {
  return members === undefined || members.isEmpty || !visibleOf(visible, members).isEmpty
}

async function admitCollection(
  context: BeaconContext,
  identified: Identified,
  request: BeaconRequest,
  point: EntryPoint,
): Promise<Admitted & { readonly variant: VariantQuery | undefined }> {
  const { data, manifests } = identified
  const known = { manifests, isAnnotated: data.store.isAnnotated() }
  const variant = parseVariant(request, point, known, context)?.query
  const admitted = await admit(identified, {
    question: point.wanted,
    assembly: variant?.assembly,
    places: variant && questionPlaces(variant),
    datasetIds: request.datasetIds,
    granularity: request.requestedGranularity ?? 'record',
  })
  return { ...admitted, variant }
}

/** @returns undefined when nothing is asked of people */
async function findPeople(
  { data, grant }: Admitted,
  filters: FilterGroups,
  variant: VariantQuery | undefined,
): Promise<RecordAnswer | undefined> {
  if (filters.length === 0 && !variant) return undefined
  const known = requireKnown(filters, grant, data)
  const question = { wanted: 'individual', filters: known, ...(variant ? { variant } : {}) } as const
  return findRecords(grant, question, { ...data, descendants: data.terms.descendants })
}

/** A collection, unless less was asked for. */
function presentCollection(
  { config }: BeaconContext,
  request: BeaconRequest,
  type: 'dataset' | 'cohort',
  entries: readonly object[],
): DataResponse {
  const granularity: Granularity = request.requestedGranularity ?? 'record'
  const { skip, limit } = request.pagination
  return {
    meta: {
      beaconId: config.id,
      apiVersion: API_VERSION,
      returnedGranularity: granularity,
      returnedSchemas: [schemaOf(type)],
      receivedRequestSummary: request.summary,
      ...(request.testMode ? { testMode: true } : {}),
    },
    responseSummary: {
      exists: entries.length > 0,
      ...(granularity === 'boolean' ? {} : { numTotalResults: entries.length }),
    },
    ...(granularity === 'record' ? { response: { collections: entries.slice(skip * limit, (skip + 1) * limit) } } : {}),
  }
}
