import type { Bounds, Counts, Handover, Matching, NodeSummary, RegionConfig } from '../../schemas/index.js'

/** One result set as far as the hub lets it through. */
export interface MemberResultSet {
  readonly id: string
  readonly setType: string
  readonly exists: boolean
  readonly resultsCount?: number
  /** To the region's own server alone. */
  readonly resultsHandovers?: readonly Handover[]
  readonly info?: MemberSetInfo
}

export interface MemberSetInfo extends Matching {
  readonly counts?: Counts
  /** Of pre-counted data, which may not know how many people. */
  readonly bounds?: { readonly individuals: Bounds }
  readonly assemblyId?: string
  readonly normalised?: boolean
}

/** What the hub keeps of a region's answer; records are not among it. */
export interface NodeAnswer {
  readonly exists: boolean
  readonly numTotalResults?: number
  readonly resultSets: readonly MemberResultSet[]
  /** Absent: a Beacon that is no Fyr node and says nothing of people. */
  readonly node?: NodeSummary
  /** By which rule it found its alleles; empty where the question leaves no choice, or the member does not say. */
  readonly matching: Matching
  /** The member is a network whose own answer is incomplete. */
  readonly partial: boolean
}

/** A refusal is either of this caller, of every caller for now, or of this question. */
export type RefusalKind = 'access' | 'paused' | 'not-applicable'

interface Fault {
  /** The region was left alone, because it failed before. */
  readonly skipped?: true
  /** The hub itself was too busy to hear the region, or had no connection left: nothing that speaks against the region. */
  readonly byHub?: true
}

/** What became of asking one region. A bad node is data, not an exception. Reasons hold no text of the node and no number of people. */
export type NodeOutcome =
  | {
      readonly kind: 'answered'
      readonly elapsedMs: number
      readonly answer: NodeAnswer
      readonly droppedRecords: number
    }
  | { readonly kind: 'refused'; readonly elapsedMs: number; readonly refusal: RefusalKind; readonly reason: string }
  | ({ readonly kind: 'timed-out'; readonly elapsedMs: number; readonly reason: string } & Fault)
  | ({ readonly kind: 'unreachable'; readonly elapsedMs: number; readonly reason: string } & Fault)
  | ({
      readonly kind: 'invalid'
      readonly elapsedMs: number
      readonly reason: string
      /** Status of the answer, when that is what is wrong with it. */
      readonly httpStatus?: number
    } & Fault)

/** Omit that keeps a union a union. */
type WithoutTime<T> = T extends unknown ? Omit<T, 'elapsedMs'> : never

export type UntimedOutcome = WithoutTime<NodeOutcome>

export function isHubFault(outcome: UntimedOutcome): boolean {
  return 'byHub' in outcome && outcome.byHub === true
}

export function isSkipped(outcome: UntimedOutcome): boolean {
  return 'skipped' in outcome && outcome.skipped === true
}

export interface RegionOutcome {
  readonly region: RegionConfig
  readonly outcome: NodeOutcome
}
