import { toAllowanceMs } from '../admission/allowance.js'
import type { LagWatch } from '../admission/loop-lag.js'

/** One deadline for the calls of one question. */
export interface Deadline {
  /** A signal for one call, and for no other: aborted at the deadline, or when the caller leaves. */
  signal(): AbortSignal
  /** To be called when all calls are over. */
  end(): void
}

/**
 * Begins a deadline. When it is up, what the operating system already holds for this process is read first, and if the event
 * loop was late meanwhile, the regions get that time back: they are not timed out by the hub's own lateness.
 *
 * @param caller aborted when the caller leaves
 */
export function startDeadline(deadlineMs: number, caller: AbortSignal, lag: LagWatch | undefined): Deadline {
  const calls: AbortController[] = []
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  const abort = () => {
    isOver = true
    clearTimeout(timer)
    clearImmediate(immediate)
    for (const call of calls) call.abort()
  }
  // Timers run before input is read, immediates after it.
  const abortAfterReading = () => {
    immediate = setImmediate(abort)
  }
  timer = setTimeout(() => {
    const allowanceMs = lag ? Math.round(toAllowanceMs(lag.seen(), deadlineMs)) : 0
    if (allowanceMs === 0) abortAfterReading()
    else timer = setTimeout(abortAfterReading, allowanceMs)
  }, deadlineMs)
  if (caller.aborted) abort()
  else caller.addEventListener('abort', abort, { once: true })
  return {
    signal() {
      const call = new AbortController()
      if (isOver) call.abort()
      else calls.push(call)
      return call.signal
    },
    end() {
      clearTimeout(timer)
      clearImmediate(immediate)
      caller.removeEventListener('abort', abort)
    },
  }
}
