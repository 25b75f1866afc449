import { expect, test } from '@jest/globals'
import { maximumLagMs, toAllowanceMs } from './allowance.js'
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
  expect([lag.current(), watch.worst()]).toEqual([0, 0])
})

test('a loop that stands still is late before it ticks, and remembered until it is in time', () => {
  const { lag, pass, tick } = lagAtZero()
  const watch = lag.watch()
  pass(120)
  expect([lag.current(), watch.worst()]).toEqual([100, 100])
  tick()
  expect(lag.current()).toBe(100)
  pass(20)
  tick()
  expect([lag.current(), watch.worst()]).toEqual([0, 100])
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
  expect([first.worst(), second.worst()]).toEqual([400, 10])
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
  [0, 3_000, 0],
  [50, 3_000, 200],
  [250, 3_000, 1_000],
  [900, 3_000, 1_000],
  [900, 30_000, 3_600],
  [2_500, 30_000, 10_000],
])('a lag of %i ms and a deadline of %i ms: %i ms more', (worstMs, deadlineMs, allowanceMs) => {
  expect(toAllowanceMs(worstMs, deadlineMs)).toBe(allowanceMs)
  expect(worstMs > maximumLagMs(deadlineMs)).toBe(allowanceMs < 4 * worstMs)
})
