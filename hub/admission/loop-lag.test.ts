import { expect, test } from '@jest/globals'
import { isBeyondAllowance, toAllowanceMs } from './allowance.js'
import { createLoopLag } from './loop-lag.js'

function lagAtZero() {
  let ms = 0
  let tick: (() => void) | undefined
  const lag = createLoopLag(
    () => ms,
    (_ms, given) => {
      tick = given
      return () => void (tick = undefined)
    },
  )
  return { lag, pass: (more: number) => void (ms += more), tick: () => tick?.(), isTicking: () => tick !== undefined }
}

test('a loop that is in time is not late', () => {
  const { lag, pass, tick } = lagAtZero()
  const watch = lag.watch()
  pass(20)
  tick()
  expect([lag.current(), watch.seen()]).toEqual([0, { worstMs: 0, totalMs: 0 }])
})

test('a loop that stands still is late before it ticks, and until it is in time', () => {
  const { lag, pass, tick } = lagAtZero()
  const watch = lag.watch()
  pass(120)
  expect([lag.current(), watch.seen()]).toEqual([100, { worstMs: 100, totalMs: 100 }])
  tick()
  expect(lag.current()).toBe(100)
  pass(50)
  tick()
  pass(20)
  tick()
  expect([lag.current(), watch.seen()]).toEqual([0, { worstMs: 100, totalMs: 130 }])
})

test('a watch sees what happened since it began, also after its end', () => {
  const { lag, pass, tick } = lagAtZero()
  const first = lag.watch()
  pass(70)
  tick()
  const second = lag.watch()
  pass(30)
  tick()
  second.end()
  pass(420)
  tick()
  expect(first.seen()).toEqual({ worstMs: 400, totalMs: 460 })
  expect(second.seen()).toEqual({ worstMs: 10, totalMs: 10 })
})

test('nothing ticks while nobody watches', () => {
  const { lag, pass, isTicking } = lagAtZero()
  const watch = lag.watch()
  watch.end()
  watch.end()
  pass(1_000)
  expect([isTicking(), lag.current()]).toEqual([false, 0])
  lag.watch()
  expect([isTicking(), lag.current()]).toEqual([true, 0])
})

test.each([
  ['no lag', 0, 0, 3_000, 0, false],
  ['what a region can do without', 70, 100, 3_000, 0, false],
  ['one stop costs what it took', 101, 101, 3_000, 101, false],
  ['a lag that comes again costs an answer four times', 50, 900, 3_000, 200, false],
  ['one long stop', 900, 900, 3_000, 900, false],
  ['more than can be made good', 900, 1_400, 3_000, 1_000, true],
  ['a longer deadline', 900, 9_000, 30_000, 3_600, false],
  ['more than a longer deadline can make good', 2_501, 20_000, 30_000, 10_000, true],
])('%s', (_what, worstMs, totalMs, deadlineMs, allowanceMs, isBeyond) => {
  const seen = { worstMs, totalMs }
  expect(toAllowanceMs(seen, deadlineMs)).toBe(allowanceMs)
  expect(isBeyondAllowance(seen, deadlineMs)).toBe(isBeyond)
})
