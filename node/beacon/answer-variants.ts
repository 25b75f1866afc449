import type { BeaconRequest, DataResponse } from '../../schemas/index.js'
import type { Grant } from '../access/grant.js'
import { narrowPeople } from '../metadata/narrow-people.js'
import { groupsOf } from '../metadata/people-groups.js'
import { createCaseReader } from '../metadata/read-case.js'
import { tumourTypesOf } from '../metadata/tumour-types.js'
import { disclose, type DisclosureSources } from '../privacy/disclose.js'
import { readControllers } from '../variants/controllers.js'
import { createHgvsNamer } from '../variants/hgvs/hgvs-namer.js'
import type { StoreAnswer } from '../variants/variant-store.js'
import { admit, identify } from './admit.js'
import type { BeaconContext, BeaconData, Envelope } from './context.js'
import { namesOnePerson, withinOf, type EntryPoint } from './entry-point.js'
import { offerFiles } from './offered-files.js'
import { parseFilters, requireKnown, toFilterNotes } from './parse-filters.js'
import { datasetIdsOf, parseVariant } from './parse-question.js'
import { addUndecidable, leaveOutPreCounted } from './pre-counted.js'
import { presentVariants } from './present-variants.js'
import { questionPlaces } from './question-places.js'

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
  const identified = await identify(context, request, envelope, 'variants', point)
  const { caller, data, manifests, state } = identified
  const asked = parseVariant(request, point, { manifests, isAnnotated: data.store.isAnnotated() }, context)
  if (!asked) throw new TypeError('a request for variants is about variants')
  const { query, info } = asked
  const within = withinOf(point)
  const requestedGranularity = request.requestedGranularity ?? config.defaultGranularity
  const { grant, notAsked, paused, record } = await admit(identified, {
    question: query.kind,
    assembly: query.assembly,
    places: questionPlaces(query),
    datasetIds: datasetIdsOf(request, point, manifests),
    granularity: requestedGranularity,
    isAboutOne: within !== undefined && within.type !== 'cohort',
  })
  const known = requireKnown(filters, grant, data)
  const source = { metadata: data.metadata, individuals: data.individuals, descendants: data.terms.descendants }
  const isAboutPeople = known.length > 0 || within !== undefined
  const askable = isAboutPeople ? leaveOutPreCounted(grant, manifests) : { grant, undecidable: 0 }
  const narrowed = narrowPeople(askable.grant, { filters: known, ...(within ? { within } : {}) }, source)
  const { skip, limit } = request.pagination
  const page = requestedGranularity === 'record' ? { offset: skip * limit, limit } : undefined
  const answer = await data.store.query(narrowed.grant, query, page)
  const people = new Set<number>(namesOnePerson(within) ? peopleOf(narrowed.grant) : [])
  const release = disclose(answer, narrowed.grant, requestedGranularity, manifests, {
    countFamilies: data.individuals.countFamilies,
    interpretations: data.interpretations,
    isAboutChosen: isAboutPeople,
    ...(page ? await recordSources(data, narrowed.grant, answer, (person) => people.add(person)) : {}),
  })
  const offer = { caller, policies: manifests, state, htsgetUrl: context.htsgetUrl(), assembly: query.assembly }
  const handovers = requestedGranularity === 'boolean' ? new Map() : await offerFiles(release, query, data, offer)
  await record(
    release.datasets.map(({ dataset }) => dataset.id),
    requestedGranularity,
    release.exists,
    { hasRecords: release.datasets.some(({ granularity }) => granularity === 'record'), people },
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
    paused,
    vrs: request.testMode ? undefined : context.vrs,
    hgvs: request.testMode ? undefined : createHgvsNamer(context.genes, context.references),
    isNarrowed: isAboutPeople,
    handovers,
    notes: filters.length > 0 ? toFilterNotes(request, known, data) : [],
    ...(info ? { info } : {}),
  })
}

/** Of a grant that was narrowed to those whom a path names. */
function peopleOf(grant: Grant): readonly number[] {
  return grant.datasetIds.flatMap((id) => {
    const visible = grant.visibleOf(id)
    return visible?.kind === 'some' ? [...visible.people.values()] : []
  })
}

/** What records tell beside the alleles: groups of people, types of tumours, controllers, and people where that is allowed. */
async function recordSources(
  { store, metadata, individuals, terms }: BeaconData,
  grant: Grant,
  answer: StoreAnswer,
  onNamed: (person: number) => void,
): Promise<Partial<DisclosureSources>> {
  const sexes = individuals.sexes()
  return {
    groupsOf: ({ id, groups = [] }) =>
      groupsOf(groups, {
        sexes,
        index: metadata.index(id),
        descendants: terms.descendants,
        visible: grant.visibleOf(id)!,
      }),
    tumourTypesOf({ id }) {
      const index = metadata.index(id)
      return index ? tumourTypesOf(index) : []
    },
    controllersOf: await readControllers(store, grant, answer),
    readerOf({ id }) {
      const read = createCaseReader(id, grant, { metadata, individuals })
      return (person, origin) => {
        onNamed(person)
        return read(person, origin)
      }
    },
  }
}
