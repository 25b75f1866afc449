import { toAllowanceMs } from '../admission/allowance.js'
import type { LagWatch } from '../admission/loop-lag.js'

/** The time of one call. */
export interface CallTime {
  /** For this call and no other: aborted at the deadline, or when the caller leaves. */
  readonly signal: AbortSignal
  /** To be called as the request goes out. What comes back waits in the operating system until it is read. */
  onSent(): void
  /** What the hub itself used of the deadline until the request went out, milliseconds; so much the region did not have. */
  lostMs(): number
  /** To be called when the call is over. */
  end(): void
}

export interface DeadlineParts {
  readonly deadlineMs: number
  /** What has gone of it already, milliseconds. */
  readonly spentMs: number
  /** Aborted when the caller leaves. */
  readonly caller: AbortSignal
  readonly lag: LagWatch | undefined
}

/** One deadline for the calls of one question. */
export interface Deadline {
  begin(): CallTime
  /** To be called when all calls are over. */
  end(): void
}

/**
 * Begins a deadline. When it is up, what the operating system already holds for this process is read first, and what silent
 * regions lost by the hub itself they get back, as far as the caller can wait for it (`toAllowanceMs`).
 */
export function startDeadline({ deadlineMs, spentMs, caller, lag }: DeadlineParts): Deadline {
  const calls = new Map<CallTime, AbortController>()
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  const usedMs = () => spentMs + (lag?.lateMs() ?? 0)
  const stop = () => {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
  const abort = () => {
    isOver = true
    stop()
    for (const call of calls.values()) call.abort()
  }
  // Timers run before input is read, immediates after it.
  const abortAfterReading = () => {
    immediate = setImmediate(abort)
  }
  timer = setTimeout(() => {
    const lostMs = Math.max(0, ...[...calls.keys()].map((call) => call.lostMs()))
    const allowanceMs = Math.round(toAllowanceMs(lostMs))
    if (allowanceMs === 0) abortAfterReading()
    else timer = setTimeout(abortAfterReading, allowanceMs)
  }, deadlineMs - spentMs)
  if (caller.aborted) abort()
  else caller.addEventListener('abort', abort, { once: true })
  return {
    begin() {
      const controller = new AbortController()
      let lostMs: number | undefined
      const call: CallTime = {
        signal: controller.signal,
        onSent: () => void (lostMs = usedMs()),
        lostMs: () => lostMs ?? usedMs(),
        end: () => void calls.delete(call),
      }
      if (isOver) controller.abort()
      else calls.set(call, controller)
      return call
    },
    end() {
      stop()
      caller.removeEventListener('abort', abort)
    },
  }
}
