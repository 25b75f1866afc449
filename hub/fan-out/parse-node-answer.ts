import { isGranularity, parseAssemblyId, type AssemblyId, type NodeSummary } from '../../schemas/index.js'
import { isJsonObject, type JsonObject } from '../json-limits.js'
import type { MemberResultSet, NodeAnswer } from './outcome.js'
import { parseHandovers } from './parse-handovers.js'
import {
  InvalidAnswer,
  parseBoolean,
  parseBounds,
  parseCount,
  parseCounts,
  parseOptionalCount,
} from './parse-counts.js'
import { parseMatching } from './parse-matching.js'

/** Datasets of one region; more is no answer but a load. */
const MAXIMUM_RESULT_SETS = 1_000
const MAXIMUM_ID_LENGTH = 256

export interface Expected {
  readonly beaconId: string
  /** Of the address by which the region is registered. */
  readonly origin: string
  readonly assemblyId?: AssemblyId
}

export type ParsedAnswer =
  | { readonly ok: true; readonly answer: NodeAnswer; readonly droppedRecords: number }
  | { readonly ok: false; readonly reason: string }

function objectAt(parent: JsonObject, key: string, path: string): JsonObject {
  const value = parent[key]
  if (!isJsonObject(value)) throw new InvalidAnswer(`${path} is missing`)
  return value
}

function parseId(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MAXIMUM_ID_LENGTH)
    throw new InvalidAnswer(`${name} is not an id`)
  return value
}

function parseAssembly(value: unknown, asked: AssemblyId | undefined): AssemblyId | undefined {
  if (value === undefined) return undefined
  const assemblyId = typeof value === 'string' ? parseAssemblyId(value) : undefined
  if (assemblyId === undefined) throw new InvalidAnswer('names an unknown assembly')
  if (asked !== undefined && assemblyId !== asked)
    throw new InvalidAnswer('answers for another assembly than was asked')
  return assemblyId
}

function parseResultSet(value: unknown, { assemblyId: asked, origin }: Expected, mayCount: boolean): MemberResultSet {
  if (!isJsonObject(value)) throw new InvalidAnswer('a result set is not an object')
  const exists = parseBoolean(value['exists'], 'exists of a result set')
  const resultsCount = parseOptionalCount(value['resultsCount'], 'resultsCount')
  if (resultsCount !== undefined && resultsCount > 0 !== exists) {
    throw new InvalidAnswer('contradicts itself: exists and resultsCount disagree')
  }
  const sent = isJsonObject(value['info']) ? value['info'] : {}
  const assemblyId = parseAssembly(sent['assemblyId'], asked)
  const counts = sent['counts'] === undefined ? undefined : parseCounts(sent['counts'], exists)
  const normalised = sent['normalised'] === undefined ? undefined : parseBoolean(sent['normalised'], 'normalised')
  const sentBounds = isJsonObject(sent['bounds']) ? sent['bounds']['individuals'] : undefined
  const bounds = sentBounds === undefined ? undefined : { individuals: parseBounds(sentBounds, exists, counts) }
  const info = {
    ...(counts && mayCount ? { counts } : {}),
    ...(bounds && mayCount ? { bounds } : {}),
    ...(assemblyId !== undefined ? { assemblyId } : {}),
    ...(normalised !== undefined ? { normalised } : {}),
    ...parseMatching(sent),
  }
  const resultsHandovers = parseHandovers(value['resultsHandovers'], origin)
  return {
    id: parseId(value['id'], 'id of a result set'),
    setType: parseId(value['setType'], 'setType of a result set'),
    exists,
    ...(resultsCount !== undefined && mayCount ? { resultsCount } : {}),
    ...(resultsHandovers.length > 0 ? { resultsHandovers } : {}),
    ...(Object.keys(info).length > 0 ? { info } : {}),
  }
}

function countRecords(resultSets: readonly unknown[]): number {
  return resultSets.reduce<number>((sum, set) => {
    const results = isJsonObject(set) ? set['results'] : undefined
    return sum + (Array.isArray(results) ? results.length : 0)
  }, 0)
}

function parseNodeSummary(
  value: unknown,
  exists: boolean,
  asked: AssemblyId | undefined,
  mayCount: boolean,
): NodeSummary {
  if (!isJsonObject(value)) throw new InvalidAnswer('info.node is not an object')
  const datasetsAsked = parseCount(value['datasetsAsked'], 'datasetsAsked')
  const notAsked = objectAt(value, 'datasetsNotAsked', 'datasetsNotAsked')
  const undecidable = parseOptionalCount(notAsked['undecidable'], 'datasetsNotAsked.undecidable')
  const paused = parseOptionalCount(notAsked['paused'], 'datasetsNotAsked.paused')
  const assemblyId = parseAssembly(value['assemblyId'], asked)
  const counts = value['counts'] === undefined ? undefined : parseCounts(value['counts'], exists)
  const withoutMetadata = parseOptionalCount(notAsked['metadata'], 'datasetsNotAsked.metadata')
  if (datasetsAsked === 0 && exists)
    throw new InvalidAnswer('contradicts itself: a hit without a dataset that was asked')
  return {
    ...(assemblyId !== undefined ? { assemblyId } : {}),
    datasetsAsked,
    datasetsNotAsked: {
      access: parseCount(notAsked['access'], 'datasetsNotAsked.access'),
      assembly: parseCount(notAsked['assembly'], 'datasetsNotAsked.assembly'),
      ...(undecidable === undefined ? {} : { undecidable }),
      ...(withoutMetadata === undefined ? {} : { metadata: withoutMetadata }),
      ...(paused === undefined ? {} : { paused }),
    },
    ...(counts && mayCount ? { counts } : {}),
    bounds: { individuals: parseBounds(objectAt(value, 'bounds', 'bounds')['individuals'], exists, counts) },
    normalised: parseBoolean(value['normalised'], 'normalised'),
  }
}

function parse(body: unknown, expected: Expected): { answer: NodeAnswer; droppedRecords: number } {
  if (!isJsonObject(body)) throw new InvalidAnswer('the answer is not a JSON object')
  const meta = objectAt(body, 'meta', 'meta')
  if (meta['beaconId'] !== expected.beaconId)
    throw new InvalidAnswer('answers under another beaconId than it is registered with')
  const granularity = meta['returnedGranularity']
  if (granularity !== undefined && !isGranularity(granularity))
    throw new InvalidAnswer('returnedGranularity is unknown')
  // Numbers beside a stated boolean granularity were not meant to leave.
  const mayCount = granularity !== 'boolean'
  const summary = objectAt(body, 'responseSummary', 'responseSummary')
  const exists = parseBoolean(summary['exists'], 'responseSummary.exists')
  const numTotalResults = parseOptionalCount(summary['numTotalResults'], 'numTotalResults')
  if (numTotalResults !== undefined && numTotalResults > 0 !== exists) {
    throw new InvalidAnswer('contradicts itself: exists and numTotalResults disagree')
  }
  const response = isJsonObject(body['response']) ? body['response'] : {}
  const sets = response['resultSets'] ?? []
  if (!Array.isArray(sets)) throw new InvalidAnswer('resultSets is not a list')
  if (sets.length > MAXIMUM_RESULT_SETS) throw new InvalidAnswer('has too many result sets')
  const resultSets = sets.map((set) => parseResultSet(set, expected, mayCount))
  if (!exists && resultSets.some((set) => set.exists))
    throw new InvalidAnswer('contradicts itself: a hit in a result set but not in the summary')
  const info = isJsonObject(body['info']) ? body['info'] : {}
  const answer: NodeAnswer = {
    exists,
    ...(numTotalResults !== undefined && mayCount ? { numTotalResults } : {}),
    resultSets,
    ...('node' in info ? { node: parseNodeSummary(info['node'], exists, expected.assemblyId, mayCount) } : {}),
    matching: parseMatching(info),
    partial: info['complete'] === false,
  }
  return { answer, droppedRecords: countRecords(sets) }
}

/**
 * Reads a member's answer as an allow-list: new objects are built from the fields named here, and nothing else of the
 * document, records least of all, lives on. What contradicts itself is refused as a whole.
 */
export function parseNodeAnswer(body: unknown, expected: Expected): ParsedAnswer {
  try {
    return { ok: true, ...parse(body, expected) }
  } catch (error) {
    if (error instanceof InvalidAnswer) return { ok: false, reason: error.message }
    throw error
  }
}
