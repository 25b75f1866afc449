/**
 * Turns of the event loop between a region's answer on the wire and its outcome: headers, body, end of the body, and the
 * promise. An answer is late at most by so many times what the loop is late.
 */
const TURNS = 4
/** Least time that may be added to a deadline, milliseconds: a short deadline does not make the process quicker. */
const LEAST_ALLOWANCE_MS = 1_000
/** Part of the deadline that may be added to it. */
const ALLOWANCE_SHARE = 1 / 3

/** The most that is added to a deadline because the hub itself was late, milliseconds. */
function maximumAllowanceMs(deadlineMs: number): number {
  return Math.max(LEAST_ALLOWANCE_MS, deadlineMs * ALLOWANCE_SHARE)
}

/** The lag up to which the hub's own lateness can be made good by waiting longer, milliseconds. */
export function maximumLagMs(deadlineMs: number): number {
  return maximumAllowanceMs(deadlineMs) / TURNS
}

/** What to add to a deadline so that a region has all of it although the hub was late, milliseconds. */
export function toAllowanceMs(worstLagMs: number, deadlineMs: number): number {
  return Math.min(TURNS * worstLagMs, maximumAllowanceMs(deadlineMs))
}
