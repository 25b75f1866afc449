import {
  API_VERSION,
  API_VERSION_2_2,
  GENOMIC_VARIANT_SCHEMA,
  lesserGranularity,
  type AssemblyId,
  type BeaconRequest,
  type DataResponse,
  type Granularity,
  type NodeSummary,
  type ResultSet,
} from '../../schemas/index.js'
import type { NotAsked } from '../access/authorise.js'
import type { Disclosed } from '../privacy/disclosed.js'
import type { Release } from '../privacy/disclose.js'
import { toGenomicVariation } from './genomic-variation.js'

export interface Presentation {
  readonly beaconId: string
  /** URL of this Beacon API, without a slash at the end. */
  readonly baseUrl: string
  readonly request: BeaconRequest
  readonly requestedGranularity: Granularity
  readonly assembly: AssemblyId
  readonly notAsked: NotAsked
}

/** Builds the Beacon answer to a variant query from what was disclosed, and from nothing else. */
export function presentVariants(release: Disclosed<Release>, presentation: Presentation): DataResponse {
  const { request, beaconId } = presentation
  const returnedGranularity = toReturnedGranularity(release, presentation)
  // Beacon 2.1 has no result sets without a count: boolean answers carry them only to callers who know 2.2.
  const isMixed =
    returnedGranularity !== 'boolean' && release.datasets.some(({ granularity }) => granularity === 'boolean')
  const withSets =
    request.includeResultsetResponses !== 'NONE' && (returnedGranularity !== 'boolean' || request.understands22)
  const uses22 = withSets && (returnedGranularity === 'boolean' || isMixed)
  const countable = release.datasets.every((dataset) => dataset.variants !== undefined)
  const numTotalResults = release.datasets.reduce((sum, dataset) => sum + (dataset.variants ?? 0), 0)
  return {
    meta: {
      beaconId,
      apiVersion: uses22 ? API_VERSION_2_2 : API_VERSION,
      returnedGranularity,
      returnedSchemas: [GENOMIC_VARIANT_SCHEMA],
      receivedRequestSummary: request.summary,
      ...(request.testMode ? { testMode: true } : {}),
    },
    responseSummary: {
      exists: release.exists,
      ...(returnedGranularity !== 'boolean' && countable ? { numTotalResults } : {}),
    },
    ...(withSets ? { response: { resultSets: toResultSets(release, presentation) } } : {}),
    info: { node: toNodeSummary(release, presentation) },
  }
}

/**
 * Records if any dataset gives them; otherwise what every dataset gives, because a partial sum would be a wrong number.
 * Without result sets (NONE) there is no place for records.
 */
function toReturnedGranularity(release: Release, { request, requestedGranularity }: Presentation): Granularity {
  const given = release.datasets.map((dataset) => dataset.granularity)
  if (request.includeResultsetResponses === 'NONE') {
    return given.reduce(lesserGranularity, lesserGranularity(requestedGranularity, 'count'))
  }
  return given.includes('record') ? 'record' : given.reduce(lesserGranularity, requestedGranularity)
}

function toResultSets(release: Release, presentation: Presentation): readonly ResultSet[] {
  const wanted = presentation.request.includeResultsetResponses
  return release.datasets
    .filter(({ exists }) => wanted === 'ALL' || exists === (wanted === 'HIT'))
    .map((found): ResultSet => ({
      id: found.dataset.id,
      setType: 'dataset',
      exists: found.exists,
      ...(found.variants === undefined ? {} : { resultsCount: found.variants }),
      results: found.records.map((record) => toGenomicVariation(record, found.dataset, presentation.baseUrl)),
      info: {
        assemblyId: found.dataset.assembly,
        normalised: found.dataset.normalisation === 'left-aligned',
        ...(found.counts ? { counts: found.counts } : {}),
        ...(found.individuals ? { bounds: { individuals: found.individuals } } : {}),
        ...(found.interpretations ? { interpretations: found.interpretations } : {}),
        ...(found.dataset.content === 'sites' ? { content: 'sites' } : {}),
      },
    }))
}

function toNodeSummary(release: Release, { assembly, notAsked }: Presentation): NodeSummary {
  return {
    assemblyId: assembly,
    datasetsAsked: release.datasets.length,
    datasetsNotAsked: { ...notAsked, ...(release.undecidable ? { undecidable: release.undecidable } : {}) },
    ...(release.counts ? { counts: release.counts } : {}),
    bounds: { individuals: release.individuals },
    normalised: release.datasets.every(({ dataset }) => dataset.normalisation === 'left-aligned'),
  }
}
