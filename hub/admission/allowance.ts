import type { LagSeen } from './loop-lag.js'

/**
 * Turns of the event loop that an answer needs from the wire to its outcome: headers, body, end of the body, and the promise.
 * In each it waits for what the loop is late.
 */
const TURNS = 4
/** Least time that may be added to a deadline, milliseconds: a short deadline does not make the process quicker. */
const LEAST_ALLOWANCE_MS = 1_000
/** Part of the deadline that a region can do without: what it lost is only given back when it is more. */
const NOISE_SHARE = 1 / 30
/** Part of the deadline that may be added to it. */
const ALLOWANCE_SHARE = 1 / 3

/** The most that is added to a deadline because the hub itself was late, milliseconds. */
function maximumAllowanceMs(deadlineMs: number): number {
  return Math.max(LEAST_ALLOWANCE_MS, deadlineMs * ALLOWANCE_SHARE)
}

/** The lag that can be made good by waiting longer however often it comes, milliseconds. */
export function maximumLagMs(deadlineMs: number): number {
  return maximumAllowanceMs(deadlineMs) / TURNS
}

/** The most that a region can have lost by the hub's lateness: the worst in each turn, and not more than all of it. */
function toLossMs({ worstMs, totalMs }: LagSeen): number {
  return Math.min(TURNS * worstMs, totalMs)
}

/** What to add to a deadline so that a region has all of it although the hub was late, milliseconds. */
export function toAllowanceMs(seen: LagSeen, deadlineMs: number): number {
  const lossMs = toLossMs(seen)
  return lossMs <= deadlineMs * NOISE_SHARE ? 0 : Math.min(lossMs, maximumAllowanceMs(deadlineMs))
}

/** Whether the hub was later than waiting can make good, so that a time-out may be its own doing. */
export function isBeyondAllowance(seen: LagSeen, deadlineMs: number): boolean {
  return toLossMs(seen) > maximumAllowanceMs(deadlineMs)
}
