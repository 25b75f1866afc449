import { isBeyondAllowance } from '../admission/allowance.js'
import type { LagWatch, LoopLag } from '../admission/loop-lag.js'
import type { RegionConfig } from '../../schemas/index.js'
import type { Agents } from './agents.js'
import { askRegion, type Passage } from './ask-region.js'
import type { Breakers } from './breakers.js'
import { toSkippedOutcome, type Leave } from './circuit-breaker.js'
import { startDeadline, type Deadline } from './deadline.js'
import { isHubFault, type NodeOutcome, type RegionOutcome, type UntimedOutcome } from './outcome.js'
import type { Limits } from './post-json.js'
import { toRequestBody, type Question } from './question.js'

export interface FanOutOptions extends Limits {
  /** One deadline for connecting, headers and bodies of all regions, milliseconds. */
  readonly deadlineMs: number
  readonly agents: Agents
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** The caller's; when the caller leaves, the regions are let go. */
  readonly signal: AbortSignal
  /** Absent: a region is asked however often it fails. */
  readonly breakers?: Breakers
  /** Absent: every time-out is the region's. */
  readonly lag?: LoopLag
  /** Called once for each region, as it settles. */
  readonly onOutcome?: (outcome: RegionOutcome) => void
}

/**
 * Part of the deadline that a caller waits for a region that has just failed in a row. The call itself goes on to the
 * deadline, so that a region that is slow and well again is found to be so.
 */
const PROBE_SHARE = 1 / 3

const UNGUARDED: Leave = { kind: 'ask', settle: () => {} }

/** A time-out while the hub was later than could be made good says nothing about the region. */
function markHubFault(outcome: UntimedOutcome, lag: LagWatch | undefined, deadlineMs: number): UntimedOutcome {
  const isLate = outcome.kind === 'timed-out' && lag !== undefined && isBeyondAllowance(lag.seen(), deadlineMs)
  return isLate ? { ...outcome, byHub: true } : outcome
}

interface Patience {
  readonly isOut: Promise<UntimedOutcome>
  end(): void
}

function startPatience(deadlineMs: number): Patience {
  const ms = Math.round(deadlineMs * PROBE_SHARE)
  let timer: NodeJS.Timeout | undefined
  const isOut = new Promise<UntimedOutcome>((resolve) => {
    const reason = `failed before, and did not answer within ${ms} ms when it was tried again`
    timer = setTimeout(() => resolve({ kind: 'timed-out', reason }), ms)
  })
  return { isOut, end: () => clearTimeout(timer) }
}

/**
 * Asks all regions at once. Always resolves, with one outcome for each region, at the latest at the deadline; or when the hub itself
 * was late, as much after it as the regions lost (`toAllowanceMs`).
 */
export async function fanOut(
  regions: readonly RegionConfig[],
  question: Question,
  passage: Passage,
  options: FanOutOptions,
): Promise<readonly RegionOutcome[]> {
  const { agents, now, deadlineMs, breakers, onOutcome, signal: caller } = options
  const lag = options.lag?.watch()
  const deadline: Deadline = startDeadline(deadlineMs, caller, lag)
  const body = Buffer.from(JSON.stringify(toRequestBody(question)))
  const digest = breakers?.digest(question) ?? ''
  const started = now()
  const calls: Promise<unknown>[] = []

  const call = async (region: RegionConfig, leave: Leave): Promise<UntimedOutcome> => {
    const outcome = markHubFault(
      await askRegion(region, question, body, passage, agents, options, deadline.signal()),
      lag,
      deadlineMs,
    )
    leave.settle(caller.aborted || isHubFault(outcome) ? undefined : outcome)
    return outcome
  }

  const ask = async (region: RegionConfig): Promise<UntimedOutcome> => {
    const leave = breakers?.of(region).admit(digest) ?? UNGUARDED
    if (leave.kind === 'skip') return toSkippedOutcome(leave)
    const called = call(region, leave)
    calls.push(called)
    if (leave.kind === 'ask') return called
    const patience = startPatience(deadlineMs)
    const outcome = await Promise.race([called, patience.isOut])
    patience.end()
    return markHubFault(outcome, lag, deadlineMs)
  }

  const settle = async (region: RegionConfig): Promise<RegionOutcome> => {
    const untimed = await ask(region)
    const outcome: NodeOutcome = { ...untimed, elapsedMs: Math.max(0, Math.round(now() - started)) }
    onOutcome?.({ region, outcome })
    return { region, outcome }
  }

  const settled = regions.map(settle)
  // A probe may outlast the answer.
  void Promise.allSettled(calls).then(() => {
    deadline.end()
    lag?.end()
  })
  return Promise.all(settled)
}
