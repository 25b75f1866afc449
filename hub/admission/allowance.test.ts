import { expect, test } from '@jest/globals'
import { isSpoiled, maximumLagMs, toAllowanceMs } from './allowance.js'

test.each([
  ['nothing lost', 0, 3_000, 0, false],
  ['what can be given back whole', 30, 3_000, 30, false],
  ['more than a caller can wait for', 400, 3_000, 30, false],
  ['a third of the deadline beside it', 1_030, 3_000, 30, false],
  ['more than a third', 1_031, 3_000, 30, true],
  ['a third of a longer deadline', 10_030, 30_000, 30, false],
  ['more than a third of it', 10_031, 30_000, 30, true],
  ['a short deadline does not make the process quicker', 280, 100, 30, false],
  ['more than a process is late on an ordinary day', 281, 100, 30, true],
])('%s', (_what, lostMs, deadlineMs, allowanceMs, spoiled) => {
  expect([toAllowanceMs(lostMs), isSpoiled(lostMs, deadlineMs)]).toEqual([allowanceMs, spoiled])
})

test.each([
  [100, 250],
  [3_000, 250],
  [30_000, 2_500],
])('with a deadline of %i ms a second question is let in up to a lag of %i ms', (deadlineMs, lagMs) => {
  expect(maximumLagMs(deadlineMs)).toBe(lagMs)
})
