import type { Logger } from 'pino'
import type { HubConfig, RegionStatus } from '../schemas/index.js'
import { toRegionAnswer } from './aggregation/region-answer.js'
import type { Agents } from './fan-out/agents.js'
import type { Passage } from './fan-out/ask-region.js'
import { fanOut } from './fan-out/fan-out.js'
import type { RegionOutcome } from './fan-out/outcome.js'
import type { Question } from './fan-out/question.js'
import type { HubMetrics } from './metrics/hub-metrics.js'

/** What an operator should look at; the other statuses are answers of a kind. */
const FAULTS: ReadonlySet<RegionStatus> = new Set<RegionStatus>(['timed-out', 'unreachable', 'invalid'])

/** The regions as one thing that can be asked. */
export interface Network {
  ask(
    question: Question,
    passage: Passage,
    signal: AbortSignal,
    onOutcome?: (outcome: RegionOutcome) => void,
  ): Promise<readonly RegionOutcome[]>
}

export function createNetwork(
  config: HubConfig,
  agents: Agents,
  metrics: HubMetrics,
  log: Logger,
  now: () => number,
): Network {
  const record = ({ region, outcome }: RegionOutcome, { trace }: Passage) => {
    const { status, reason } = toRegionAnswer({ region, outcome }, 'boolean')
    const dropped = outcome.kind === 'answered' ? outcome.droppedRecords : 0
    metrics.regionOutcomes.inc({ region: region.id, status })
    metrics.regionSeconds.observe({ region: region.id }, outcome.elapsedMs / 1000)
    if (dropped > 0) metrics.droppedRecords.inc({ region: region.id }, dropped)
    const line = {
      requestId: trace.requestId,
      traceId: trace.traceId,
      region: region.id,
      status,
      reason,
      elapsedMs: outcome.elapsedMs,
    }
    if (FAULTS.has(status)) log.warn(line, 'region failed')
    else log.debug(line, 'region settled')
  }
  return {
    ask: (question, passage, signal, onOutcome) =>
      fanOut(config.regions, question, passage, {
        ...config,
        agents,
        now,
        signal,
        onOutcome(outcome) {
          // What a caller who left did not wait for says nothing about the region.
          if (signal.aborted) return
          record(outcome, passage)
          onOutcome?.(outcome)
        },
      }),
  }
}
