import {
  API_VERSION,
  API_VERSION_2_2,
  lesserGranularity,
  type BeaconRequest,
  type DataResponse,
  type Granularity,
  type Handover,
  type ResultSet,
  type SchemaPerEntity,
} from '../../schemas/index.js'

/** What one dataset tells, in Beacon's words. Built from disclosed values alone. */
export interface PresentedSet {
  readonly datasetId: string
  readonly granularity: Granularity
  readonly exists: boolean
  /** Absent below count. */
  readonly count?: number | undefined
  readonly results: readonly object[]
  readonly handovers?: readonly Handover[] | undefined
  readonly info?: object
}

export interface Presented {
  readonly beaconId: string
  readonly request: BeaconRequest
  readonly requestedGranularity: Granularity
  readonly schema: SchemaPerEntity
  readonly exists: boolean
  readonly sets: readonly PresentedSet[]
  readonly info: object
}

/** A Beacon answer of result sets, or of the summary alone where less is told or wanted. */
export function presentData(presented: Presented): DataResponse {
  const { request, beaconId, sets } = presented
  const returnedGranularity = toReturnedGranularity(presented)
  // Beacon 2.1 has no result sets without a count: boolean answers carry them only to callers who know 2.2.
  const isMixed = returnedGranularity !== 'boolean' && sets.some(({ granularity }) => granularity === 'boolean')
  const withSets =
    request.includeResultsetResponses !== 'NONE' && (returnedGranularity !== 'boolean' || request.understands22)
  const uses22 = withSets && (returnedGranularity === 'boolean' || isMixed)
  const countable = sets.every(({ count }) => count !== undefined)
  const numTotalResults = sets.reduce((sum, { count = 0 }) => sum + count, 0)
  return {
    meta: {
      beaconId,
      apiVersion: uses22 ? API_VERSION_2_2 : API_VERSION,
      returnedGranularity,
      returnedSchemas: [presented.schema],
      receivedRequestSummary: request.summary,
      ...(request.testMode ? { testMode: true } : {}),
    },
    responseSummary: {
      exists: presented.exists,
      ...(returnedGranularity !== 'boolean' && countable ? { numTotalResults } : {}),
    },
    ...(withSets ? { response: { resultSets: toResultSets(presented) } } : {}),
    info: presented.info,
  }
}

/**
 * Records if any dataset gives them; otherwise what every dataset gives, because a partial sum would be a wrong number.
 * Without result sets (NONE) there is no place for records.
 */
function toReturnedGranularity({ sets, request, requestedGranularity }: Presented): Granularity {
  const given = sets.map(({ granularity }) => granularity)
  if (request.includeResultsetResponses === 'NONE') {
    return given.reduce(lesserGranularity, lesserGranularity(requestedGranularity, 'count'))
  }
  return given.includes('record') ? 'record' : given.reduce(lesserGranularity, requestedGranularity)
}

function toResultSets({ sets, request }: Presented): readonly ResultSet[] {
  const wanted = request.includeResultsetResponses
  return sets
    .filter(({ exists }) => wanted === 'ALL' || exists === (wanted === 'HIT'))
    .map(({ datasetId, exists, count, results, handovers, info }): ResultSet => ({
      id: datasetId,
      setType: 'dataset',
      exists,
      ...(count === undefined ? {} : { resultsCount: count }),
      results,
      ...(handovers?.length ? { resultsHandovers: handovers } : {}),
      ...(info ? { info } : {}),
    }))
}
