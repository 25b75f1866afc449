import type { BeaconRequest, DataResponse } from '../../schemas/index.js'
import { narrowPeople } from '../metadata/narrow-people.js'
import { disclose } from '../privacy/disclose.js'
import type { PeopleGroup } from '../privacy/population-counts.js'
import { admit, dataFor } from './admit.js'
import type { BeaconContext, Envelope, Register } from './context.js'
import { withinOf, type EntryPoint } from './entry-point.js'
import { offerFiles } from './offered-files.js'
import { parseFilters, requireKnown, toFilterNotes } from './parse-filters.js'
import { datasetIdsOf, parseVariant } from './parse-question.js'
import { addUndecidable, leaveOutPreCounted } from './pre-counted.js'
import { presentVariants } from './present-variants.js'

/**
 * The request path of `/g_variants`, `/g_variants/{id}` and `/{entries}/{id}/g_variants`:
 * parse, authenticate, authorise, query, disclose, record, present.
 *
 * @throws NodeError
 */
export async function answerVariants(
  context: BeaconContext,
  request: BeaconRequest,
  point: EntryPoint & { readonly wanted: 'genomicVariant' },
  envelope: Envelope,
): Promise<DataResponse> {
  const { config } = context
  const filters = parseFilters(request)
  const { store } = dataFor(context, request)
  const asked = parseVariant(request, point, store, context)
  if (!asked) throw new TypeError('a request for variants is about variants')
  const { query, info } = asked
  const admission = {
    question: query.kind,
    assembly: query.assembly,
    datasetIds: datasetIdsOf(request, point, store.datasets()),
  }
  const { principal, data, manifests, grant, notAsked, record } = await admit(context, request, envelope, admission)
  const known = requireKnown(filters, grant, data)
  const within = withinOf(point)
  const source = { metadata: data.metadata, individuals: data.individuals, descendants: data.terms.descendants }
  const isAboutPeople = known.length > 0 || within !== undefined
  const askable = isAboutPeople ? leaveOutPreCounted(grant, manifests) : { grant, undecidable: 0 }
  const narrowed = narrowPeople(askable.grant, { filters: known, ...(within ? { within } : {}) }, source)
  const requestedGranularity = request.requestedGranularity ?? config.defaultGranularity
  const { skip, limit } = request.pagination
  const page = requestedGranularity === 'record' ? { offset: skip * limit, limit } : undefined
  const answer = await data.store.query(narrowed.grant, query, page)
  const { countFamilies } = data.individuals
  const groups = page ? groupsOf(data.individuals) : []
  const release = disclose(
    answer,
    narrowed.grant,
    requestedGranularity,
    manifests,
    countFamilies,
    groups,
    data.interpretations,
  )
  const offer = { principal, policies: manifests, htsgetUrl: context.htsgetUrl(), assembly: query.assembly }
  const handovers = requestedGranularity === 'boolean' ? new Map() : await offerFiles(release, query, data, offer)
  await record(
    release.datasets.map(({ dataset }) => dataset.id),
    requestedGranularity,
    release.exists,
  )
  return presentVariants(release, {
    beaconId: config.id,
    baseUrl: context.baseUrl(),
    request,
    requestedGranularity,
    assembly: query.assembly,
    notAsked: addUndecidable(
      { ...notAsked, ...(narrowed.undecided > 0 ? { metadata: narrowed.undecided } : {}) },
      askable.undecidable,
    ),
    vrs: request.testMode ? undefined : context.vrs,
    isNarrowed: isAboutPeople,
    handovers,
    notes: filters.length > 0 ? toFilterNotes(request, known, data) : [],
    ...(info ? { info } : {}),
  })
}

/** Groups of people of whom records tell a frequency of their own. */
function groupsOf(individuals: Register): readonly PeopleGroup[] {
  const { female, male } = individuals.sexes()
  return [
    { label: 'female', people: female },
    { label: 'male', people: male },
  ]
}
