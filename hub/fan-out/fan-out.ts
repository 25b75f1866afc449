import { isSpoiled } from '../admission/allowance.js'
import type { LoopLag } from '../admission/loop-lag.js'
import type { RegionConfig } from '../../schemas/index.js'
import type { Agents } from './agents.js'
import { askRegion, type Passage } from './ask-region.js'
import type { Breakers } from './breakers.js'
import { toSkippedOutcome, type Leave } from './circuit-breaker.js'
import { startDeadline, type CallTime } from './deadline.js'
import { isHubFault, type NodeOutcome, type RegionOutcome, type UntimedOutcome } from './outcome.js'
import type { Limits } from './post-json.js'
import { toRequestBody, type Question } from './question.js'

export interface FanOutOptions extends Limits {
  /** One deadline for connecting, headers and bodies of all regions, milliseconds from when the question came in. */
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

/** Never asked as nobody instead: the answer would be another one than the person's. */
const NO_PASS: UntimedOutcome = {
  kind: 'refused',
  refusal: 'access',
  reason: 'is not known to the login service, which makes no Passports for it',
}

const UNGUARDED: Leave = { kind: 'ask', settle: () => {} }

/** A time-out of a region that the hub left too little time says nothing about the region. */
function markHubFault(outcome: UntimedOutcome, time: CallTime, deadlineMs: number): UntimedOutcome {
  return outcome.kind === 'timed-out' && isSpoiled(time.lostMs(), deadlineMs) ? { ...outcome, byHub: true } : outcome
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
 * was late, a little after it (`toAllowanceMs`).
 */
export async function fanOut(
  regions: readonly RegionConfig[],
  question: Question,
  passage: Passage,
  options: FanOutOptions,
): Promise<readonly RegionOutcome[]> {
  const { agents, now, deadlineMs, breakers, onOutcome, signal: caller } = options
  const lag = options.lag?.watch()
  const started = now()
  const spentMs = started - (passage.arrivedAt ?? started)
  const deadline = startDeadline({ deadlineMs, spentMs, caller, lag })
  const body = Buffer.from(JSON.stringify(toRequestBody(question)))
  const digest = breakers?.digest(question) ?? ''
  const calls: Promise<unknown>[] = []

  const call = async (region: RegionConfig, leave: Leave, time: CallTime): Promise<UntimedOutcome> => {
    const reply = await askRegion(region, question, body, passage, agents, options, time)
    time.end()
    const outcome = markHubFault(reply, time, deadlineMs)
    leave.settle(caller.aborted || isHubFault(outcome) ? undefined : outcome)
    return outcome
  }

  const ask = async (region: RegionConfig): Promise<UntimedOutcome> => {
    if (passage.passes && passage.passes.get(region.id)?.kind !== 'passport') return NO_PASS
    const leave = breakers?.of(region).admit(digest) ?? UNGUARDED
    if (leave.kind === 'skip') return toSkippedOutcome(leave)
    const time = deadline.begin()
    const called = call(region, leave, time)
    calls.push(called)
    if (leave.kind === 'ask') return called
    const patience = startPatience(deadlineMs)
    const outcome = await Promise.race([called, patience.isOut])
    patience.end()
    return markHubFault(outcome, time, deadlineMs)
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
