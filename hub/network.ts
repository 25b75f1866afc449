import type { Logger } from 'pino'
import type { HubConfig, RegionStatus } from '../schemas/index.js'
import { tooManyQuestions, type Admission } from './admission/admission.js'
import type { LoopLag } from './admission/loop-lag.js'
import { toRegionStatus } from './aggregation/region-answer.js'
import type { Agents } from './fan-out/agents.js'
import type { Passage } from './fan-out/ask-region.js'
import type { Breakers } from './fan-out/breakers.js'
import { fanOut } from './fan-out/fan-out.js'
import { isHubFault, isSkipped, type RegionOutcome } from './fan-out/outcome.js'
import type { Question } from './fan-out/question.js'
import type { SignRequest } from './fan-out/sign-request.js'
import type { HubMetrics } from './metrics/hub-metrics.js'

/** What an operator should look at; the other statuses are answers of a kind. */
const FAULTS: ReadonlySet<RegionStatus> = new Set<RegionStatus>(['timed-out', 'unreachable', 'invalid'])

/**
 * Asks every region.
 *
 * @throws HubError rate_limited, when the hub itself was too busy to hear a region: its answer would be a partial one by no
 *   fault of the region
 */
export type Ask = (
  question: Question,
  passage: Passage,
  signal: AbortSignal,
  onOutcome?: (outcome: RegionOutcome) => void,
) => Promise<readonly RegionOutcome[]>

/** The regions as one thing that can be asked. */
export interface Network {
  /**
   * Lets a question in and does its work, or refuses it at once, before any region is asked.
   *
   * @throws HubError rate_limited
   */
  admit(work: (ask: Ask) => Promise<void>): Promise<void>
  /** Milliseconds that are left of a question's deadline; below 0: none. */
  readonly timeLeft: (passage: Passage) => number
}

export interface NetworkParts {
  readonly config: HubConfig
  readonly agents: Agents
  /** Absent: requests go out unsigned. */
  readonly sign: SignRequest | undefined
  readonly breakers: Breakers
  readonly lag: LoopLag
  readonly admission: Admission
  readonly metrics: HubMetrics
  readonly log: Logger
  readonly now: () => number
}

export function createNetwork(parts: NetworkParts): Network {
  const { config, agents, sign, breakers, lag, admission, metrics, log, now } = parts

  const record = ({ region, outcome }: RegionOutcome, { trace }: Passage) => {
    const { status, reason } = toRegionStatus(outcome)
    const dropped = outcome.kind === 'answered' ? outcome.droppedRecords : 0
    const line = {
      requestId: trace.requestId,
      traceId: trace.traceId,
      region: region.id,
      status,
      reason,
      elapsedMs: outcome.elapsedMs,
    }
    metrics.regionOutcomes.inc({ region: region.id, status })
    if (isSkipped(outcome)) {
      metrics.skippedRegions.inc({ region: region.id })
      return log.debug(line, 'region not asked')
    }
    metrics.regionSeconds.observe({ region: region.id }, outcome.elapsedMs / 1000)
    if (dropped > 0) metrics.droppedRecords.inc({ region: region.id }, dropped)
    if (FAULTS.has(status)) log.warn(line, 'region failed')
    else log.debug(line, 'region settled')
  }

  const ask: Ask = async (question, passage, signal, onOutcome) => {
    const outcomes = await fanOut(config.regions, question, passage, {
      ...config,
      agents,
      ...(sign ? { sign } : {}),
      breakers,
      lag,
      now,
      signal,
      onOutcome(outcome) {
        // What a caller who left did not wait for, or the hub did not hear, says nothing about the region.
        if (signal.aborted || isHubFault(outcome.outcome)) return
        record(outcome, passage)
        onOutcome?.(outcome)
      },
    })
    if (signal.aborted || !outcomes.some(({ outcome }) => isHubFault(outcome))) return outcomes
    metrics.refusedQuestions.inc({ reason: 'spoiled' })
    throw tooManyQuestions('spoiled')
  }

  return {
    admit: (work) => admission.admit(() => work(ask)),
    timeLeft: ({ arrivedAt = now() }) => config.deadlineMs - (now() - arrivedAt),
  }
}
