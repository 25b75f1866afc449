import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { startDeadline } from './deadline.js'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const DEADLINE_MS = 3_000

/** A deadline over a hub whose lateness is set by hand. */
function started({ spentMs = 0, caller = new AbortController().signal } = {}) {
  let lateMs = 0
  const lag = { lateMs: () => lateMs, end: () => {} }
  const deadline = startDeadline({ deadlineMs: DEADLINE_MS, spentMs, caller, lag })
  return { deadline, isLate: (ms: number) => void (lateMs = ms) }
}

test('a call ends at the deadline', () => {
  const call = started().deadline.begin()
  jest.advanceTimersByTime(DEADLINE_MS - 1)
  expect(call.signal.aborted).toBe(false)
  jest.advanceTimersByTime(2)
  expect(call.signal.aborted).toBe(true)
})

test.each([
  [0, 0],
  [12, 12],
  [30, 30],
  [700, 30],
])('a hub that was %i ms late before the request went out waits for it %i ms longer', (lateMs, longerMs) => {
  const { deadline, isLate } = started()
  const call = deadline.begin()
  isLate(lateMs)
  call.onSent()
  isLate(10_000)
  expect(call.lostMs()).toBe(lateMs)
  jest.advanceTimersByTime(DEADLINE_MS + longerMs - 1)
  expect(call.signal.aborted).toBe(false)
  jest.advanceTimersByTime(2)
  expect(call.signal.aborted).toBe(true)
})

test.each([
  [20, 5, 5],
  [20, 15, 10],
  [30, 0, 0],
  [700, 0, -670],
])('what was spent before the regions were asked counts: %i ms, and %i ms of lateness', (spentMs, lateMs, longerMs) => {
  const { deadline, isLate } = started({ spentMs })
  const call = deadline.begin()
  isLate(lateMs)
  call.onSent()
  expect(call.lostMs()).toBe(spentMs + lateMs)
  jest.advanceTimersByTime(DEADLINE_MS + longerMs - 1)
  expect(call.signal.aborted).toBe(false)
  jest.advanceTimersByTime(2)
  expect(call.signal.aborted).toBe(true)
})

test('a request that never went out lost all of it', () => {
  const { deadline, isLate } = started()
  const call = deadline.begin()
  isLate(40)
  expect(call.lostMs()).toBe(40)
})

test('nobody waits for what a call lost that is over', () => {
  const { deadline, isLate } = started()
  const [answered, silent] = [deadline.begin(), deadline.begin()]
  silent.onSent()
  isLate(40)
  answered.onSent()
  answered.end()
  jest.advanceTimersByTime(DEADLINE_MS + 1)
  expect(silent.signal.aborted).toBe(true)
})

test('a caller who leaves ends the calls, and those that begin afterwards', () => {
  const caller = new AbortController()
  const { deadline } = started({ caller: caller.signal })
  const call = deadline.begin()
  caller.abort()
  expect([call.signal.aborted, deadline.begin().signal.aborted]).toEqual([true, true])
  expect(jest.getTimerCount()).toBe(0)
})

test('nothing is left to run when all calls are over', () => {
  const { deadline } = started()
  deadline.begin().end()
  deadline.end()
  expect(jest.getTimerCount()).toBe(0)
})
