import type { BeaconRequest, DataResponse, NodeSummary } from '../../schemas/index.js'
import { findRecords } from '../metadata/find-records.js'
import type { RecordType } from '../metadata/record.js'
import { discloseRecords } from '../privacy/disclose-records.js'
import { admit, identify } from './admit.js'
import type { BeaconContext, Envelope } from './context.js'
import { namesOnePerson, withinOf, type EntryPoint } from './entry-point.js'
import { schemaOf } from './entry-types.js'
import { parseFilters, requireKnown, toFilterNotes } from './parse-filters.js'
import { datasetIdsOf, parseVariant } from './parse-question.js'
import { addUndecidable, leaveOutPreCounted } from './pre-counted.js'
import { boundWithPaused, toPausedSummary } from './paused.js'
import { presentData } from './present-data.js'
import { questionPlaces } from './question-places.js'

/**
 * The request path of individuals, biosamples, runs and analyses, and of what is below an entry of another type:
 * parse, authenticate, authorise, query, disclose, record, present.
 *
 * @throws NodeError
 */
export async function answerRecords(
  context: BeaconContext,
  request: BeaconRequest,
  point: EntryPoint & { readonly wanted: RecordType },
  envelope: Envelope,
): Promise<DataResponse> {
  const { config } = context
  const { wanted } = point
  const filters = parseFilters(request)
  const identified = await identify(context, request, envelope, wanted, point)
  const { data, manifests } = identified
  const asked = parseVariant(request, point, { manifests, isAnnotated: data.store.isAnnotated() }, context)
  const variant = asked?.query
  const within = withinOf(point)
  const requestedGranularity = request.requestedGranularity ?? config.defaultGranularity
  const { grant, notAsked, paused, record } = await admit(identified, {
    question: variant ? `${wanted} by ${variant.kind}` : wanted,
    assembly: variant?.assembly,
    places: variant && questionPlaces(variant),
    datasetIds: datasetIdsOf(request, point, manifests),
    granularity: requestedGranularity,
    isAboutOne: within !== undefined && within.type !== 'cohort',
  })
  const known = requireKnown(filters, grant, data)
  const { skip, limit } = request.pagination
  const page = requestedGranularity === 'record' ? { offset: skip * limit, limit } : undefined
  const askable = leaveOutPreCounted(grant, manifests)
  const found = await findRecords(
    askable.grant,
    { wanted, filters: known, ...(within ? { within } : {}), ...(variant ? { variant } : {}) },
    { ...data, descendants: data.terms.descendants },
    page,
  )
  const release = discloseRecords(found.datasets, grant, requestedGranularity, manifests)
  await record(
    release.datasets.map(({ dataset }) => dataset.id),
    requestedGranularity,
    release.exists,
    {
      hasRecords: release.datasets.some(({ granularity }) => granularity === 'record'),
      people: found.datasets.flatMap(({ people, owners }, index) => [
        ...(namesOnePerson(within) ? people.values() : []),
        ...(release.datasets[index]?.granularity === 'record' ? owners : []),
      ]),
    },
  )
  const notes = filters.length > 0 ? toFilterNotes(request, known, data) : []
  const node: NodeSummary = {
    ...(variant ? { assemblyId: variant.assembly } : {}),
    datasetsAsked: release.datasets.length,
    datasetsNotAsked: addUndecidable(
      { ...notAsked, ...(found.undecided > 0 ? { metadata: found.undecided } : {}) },
      askable.undecidable,
    ),
    ...toPausedSummary(paused),
    bounds: { individuals: boundWithPaused(release.individuals, paused) },
    normalised: release.datasets.every(({ dataset }) => dataset.normalisation === 'left-aligned'),
  }
  return presentData({
    beaconId: config.id,
    request,
    requestedGranularity,
    schema: schemaOf(wanted),
    exists: release.exists,
    sets: release.datasets.map(({ dataset, granularity, exists, count, records }) => ({
      datasetId: dataset.id,
      granularity,
      exists,
      count,
      results: records,
    })),
    info: { node, ...asked?.info, ...(notes.length > 0 ? { notes } : {}) },
  })
}
