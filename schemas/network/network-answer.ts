import { ASSEMBLY_IDS, type AssemblyId } from '../assembly.js'
import { closed, count, objectSchema, text } from '../json-schema.js'
import type { Bounds, Counts } from './counts.js'
import { matchingProperties, type Matching } from './matching.js'
import type { NodeSummary } from './node-summary.js'

/**
 * `answered`, or why a region's part is missing: `withheld` below its threshold or not decidable, `other-assembly` it has
 * only data of another assembly, `not-applicable` no such entry type or term, `paused`, `refused`, `timed-out`,
 * `unreachable`, `invalid` it sent something that is no Beacon answer.
 */
export const REGION_STATUSES = [
  'answered',
  'withheld',
  'other-assembly',
  'not-applicable',
  'paused',
  'refused',
  'timed-out',
  'unreachable',
  'invalid',
] as const

export type RegionStatus = (typeof REGION_STATUSES)[number]

/** One region's part of a network answer, with the rule by which it found what it counted. */
export interface RegionAnswer extends Matching {
  readonly beaconId: string
  readonly name: string
  readonly status: RegionStatus
  /** Milliseconds from the hub's question to the region's outcome. */
  readonly elapsedMs: number
  /** In plain words, for every status but `answered`. */
  readonly reason?: string
  readonly exists?: boolean
  /** Matching variant records over the region's datasets (Beacon's numTotalResults); never a number of people. */
  readonly numTotalResults?: number
  readonly counts?: Counts
  readonly bounds?: { readonly individuals: Bounds }
  readonly datasetsNotAsked?: NodeSummary['datasetsNotAsked']
  /** False: the region's indels are trimmed, not left-aligned, and its part may be incomplete. */
  readonly normalised?: boolean
}

/** Sums over the regions that answered. People are not deduplicated across regions. */
export interface NetworkTotal {
  readonly exists: boolean
  /** Sum of the regions' counts; absent when no region released counts. */
  readonly counts?: Counts
  /** alleleCount / alleleNumber of `counts`; absent without them or when alleleNumber is 0. */
  readonly alleleFrequency?: number
  /** `upper` is null as soon as one region did not answer, or holds data it could not be asked about. */
  readonly bounds: { readonly individuals: Bounds }
}

/** `info` of the hub's answer. A rule of matching stands here when every region that answered found its alleles by it. */
export interface NetworkInfo extends Matching {
  /** Absent when the question needs none (a variant id of an unknown form). */
  readonly assemblyId?: AssemblyId
  readonly regionsAsked: number
  readonly regionsAnswered: number
  /** Every region answered for this assembly, and none withheld or holds data it could not be asked about. */
  readonly complete: boolean
  readonly regions: readonly RegionAnswer[]
  readonly total: NetworkTotal
  /** How to read the total, in words. */
  readonly note: string
}

export const regionAnswerSchema = objectSchema(
  'One region of a network answer',
  ['beaconId', 'name', 'status', 'elapsedMs'],
  {
    beaconId: text,
    name: text,
    status: { enum: REGION_STATUSES },
    elapsedMs: count,
    reason: text,
    exists: { type: 'boolean' },
    numTotalResults: count,
    counts: { $ref: 'counts.json' },
    bounds: { $ref: '#/$defs/individualBounds' },
    datasetsNotAsked: {
      type: 'object',
      required: ['access', 'assembly'],
      properties: { access: count, assembly: count, metadata: count, paused: count, undecidable: count },
      ...closed,
    },
    normalised: { type: 'boolean' },
    ...matchingProperties,
  },
  {
    ...closed,
    $defs: {
      individualBounds: {
        type: 'object',
        required: ['individuals'],
        properties: { individuals: { $ref: 'bounds.json' } },
        ...closed,
      },
    },
  },
)

export const networkInfoSchema = objectSchema(
  'Completeness and total of a network answer',
  ['regionsAsked', 'regionsAnswered', 'complete', 'regions', 'total', 'note'],
  {
    assemblyId: { enum: ASSEMBLY_IDS },
    regionsAsked: count,
    regionsAnswered: count,
    complete: { type: 'boolean' },
    regions: { type: 'array', items: { $ref: 'regionAnswer.json' } },
    total: {
      type: 'object',
      required: ['exists', 'bounds'],
      properties: {
        exists: { type: 'boolean' },
        counts: { $ref: 'counts.json' },
        alleleFrequency: { type: 'number', minimum: 0, maximum: 1 },
        bounds: { $ref: 'regionAnswer.json#/$defs/individualBounds' },
      },
      ...closed,
    },
    note: text,
    ...matchingProperties,
  },
  closed,
)

/** A Beacon answer whose `info` is a network info. */
export const networkAnswerSchema = objectSchema('Answer of the hub', ['meta', 'responseSummary', 'info'], {
  meta: { $ref: '../beacon/responseMeta.json' },
  responseSummary: { type: 'object', required: ['exists'], properties: { exists: { type: 'boolean' } } },
  info: { $ref: 'networkInfo.json' },
  response: {
    type: 'object',
    required: ['resultSets'],
    properties: {
      resultSets: {
        type: 'array',
        items: {
          allOf: [
            { $ref: '../beacon/resultSet.json' },
            { required: ['beaconId'], properties: { beaconId: text, results: { maxItems: 0 } } },
          ],
        },
      },
    },
  },
})
