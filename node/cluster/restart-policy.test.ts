import { expect, test } from '@jest/globals'
import { planRestart, YOUNG_MS } from './restart-policy.js'

test('a worker that had served is replaced at once, whatever was before', () => {
  expect(planRestart(4, YOUNG_MS, false)).toEqual({ kind: 'restart', afterMs: 0, failedStarts: 0 })
})

test('one that fails at its start again and again is waited for longer and longer, and given up', () => {
  const waits: unknown[] = []
  let failedStarts = 0
  for (;;) {
    const plan = planRestart(failedStarts, 300, false)
    if (plan.kind === 'give-up') break
    waits.push(plan.afterMs)
    failedStarts = plan.failedStarts
  }
  expect(waits).toEqual([0, 100, 200, 400])
})

test('it is never given up while another worker serves', () => {
  expect(planRestart(1_000, 300, true)).toEqual({ kind: 'restart', afterMs: 10_000, failedStarts: 1_001 })
})
