/**
 * The most that is added to a deadline because the hub itself was late, milliseconds. A caller has the answer within 100 ms beyond the
 * deadline, and what is left of these is for writing it, on a machine that is late already.
 */
const MAXIMUM_ALLOWANCE_MS = 30
/** Part of the deadline that a region may lose by the hub's lateness and still be called silent. */
const SPOILED_SHARE = 1 / 3
/** A short deadline does not make the process quicker, milliseconds. */
const LEAST_MS = 250
/** Turns of the event loop until a request is out: the name, the connection, and two of TLS. In each it waits for what the loop is late. */
const TURNS = 4

/** The lag that does not spoil a question however often it comes, milliseconds. */
export function maximumLagMs(deadlineMs: number): number {
  return Math.max(LEAST_MS, (deadlineMs * SPOILED_SHARE) / TURNS)
}

/** What to add to a deadline for a region whose call lost so much by the hub's lateness, milliseconds. */
export function toAllowanceMs(lostMs: number): number {
  return Math.min(lostMs, MAXIMUM_ALLOWANCE_MS)
}

/** Whether the call lost so much that a time-out may be the hub's doing. */
export function isSpoiled(lostMs: number, deadlineMs: number): boolean {
  return lostMs - toAllowanceMs(lostMs) > Math.max(LEAST_MS, deadlineMs * SPOILED_SHARE)
}
