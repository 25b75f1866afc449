import {
  API_VERSION_2_2,
  GENOMIC_VARIANT_SCHEMA,
  type BeaconRequest,
  type DataResponse,
  type IncludeResultsetResponses,
  type Matching,
  type NetworkInfo,
  type ResultSet,
} from '../../schemas/index.js'
import { compareText, toNetworkInfo } from '../aggregation/network-info.js'
import { toRegionStatus } from '../aggregation/region-answer.js'
import type { MemberResultSet, NodeAnswer, RegionOutcome } from '../fan-out/outcome.js'
import type { Question } from '../fan-out/question.js'

/** The hub's answer: a Beacon v2 answer with the network's completeness and total in `info`. */
export interface NetworkAnswer extends DataResponse {
  readonly info: NetworkInfo
}

type ReturnedGranularity = 'boolean' | 'count'

/** A number of all matching records exists only when every region that answered gave its own. */
function toReturnedGranularity(asked: ReturnedGranularity, { regions }: NetworkInfo): ReturnedGranularity {
  const answered = regions.filter(({ status }) => status === 'answered')
  const counted = answered.length > 0 && answered.every(({ numTotalResults }) => numTotalResults !== undefined)
  return asked === 'count' && counted ? 'count' : 'boolean'
}

/** A member that answers without result sets stands as one of its own name. */
function toMemberSets(
  beaconId: string,
  { exists, numTotalResults, resultSets, node }: NodeAnswer,
): readonly MemberResultSet[] {
  if (resultSets.length > 0 || node?.datasetsAsked === 0) return resultSets
  return [
    {
      id: beaconId,
      setType: 'dataset',
      exists,
      ...(numTotalResults !== undefined ? { resultsCount: numTotalResults } : {}),
    },
  ]
}

/** @param matching of the member as a whole, which goes for a result set that does not say otherwise */
function toResultSet(
  beaconId: string,
  set: MemberResultSet,
  matching: Matching,
  granularity: ReturnedGranularity,
): ResultSet {
  const { counts, bounds, ...rest } = set.info ?? {}
  const mayCount = granularity === 'count'
  const info = {
    ...(mayCount && counts ? { counts } : {}),
    ...(mayCount && bounds ? { bounds } : {}),
    ...matching,
    ...rest,
  }
  return {
    beaconId,
    id: set.id,
    setType: set.setType,
    exists: set.exists,
    ...(mayCount && set.resultsCount !== undefined ? { resultsCount: set.resultsCount } : {}),
    results: [],
    ...(set.resultsHandovers ? { resultsHandovers: set.resultsHandovers } : {}),
    ...(Object.keys(info).length > 0 ? { info } : {}),
  }
}

function isIncluded(include: IncludeResultsetResponses, exists: boolean): boolean {
  switch (include) {
    case 'ALL':
      return true
    case 'HIT':
      return exists
    case 'MISS':
      return !exists
    case 'NONE':
      return false
  }
}

function toResultSets(
  outcomes: readonly RegionOutcome[],
  include: IncludeResultsetResponses,
  granularity: ReturnedGranularity,
): readonly ResultSet[] {
  return outcomes
    .toSorted((a, b) => compareText(a.region.id, b.region.id))
    .flatMap(({ region, outcome }) => {
      if (outcome.kind !== 'answered') return []
      if (toRegionStatus(outcome).status !== 'answered') return []
      const { answer } = outcome
      return toMemberSets(region.id, answer).map((set) => toResultSet(region.id, set, answer.matching, granularity))
    })
    .filter(({ exists }) => isIncluded(include, exists))
}

/** Presents what became of a question. The regions' own parts and the total stand in `info`, no finer than was asked. */
export function toNetworkAnswer(
  beaconId: string,
  request: BeaconRequest,
  question: Question,
  outcomes: readonly RegionOutcome[],
): NetworkAnswer {
  const info = toNetworkInfo(outcomes, question)
  const granularity = toReturnedGranularity(question.granularity, info)
  const include = request.includeResultsetResponses
  // Below 2.2 a boolean answer has no result sets.
  const withSets = include !== 'NONE' && (granularity === 'count' || request.understands22)
  const numTotalResults = info.regions.reduce((sum, region) => sum + (region.numTotalResults ?? 0), 0)
  return {
    meta: {
      beaconId,
      apiVersion: API_VERSION_2_2,
      returnedGranularity: granularity,
      returnedSchemas: [GENOMIC_VARIANT_SCHEMA],
      receivedRequestSummary: request.summary,
      ...(request.testMode ? { testMode: true } : {}),
    },
    responseSummary: {
      exists: info.total.exists,
      ...(granularity === 'count' ? { numTotalResults, countPrecision: info.complete ? 'exact' : 'imprecise' } : {}),
    },
    ...(withSets ? { response: { resultSets: toResultSets(outcomes, include, granularity) } } : {}),
    info,
  }
}
