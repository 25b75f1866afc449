import { expect, test } from '@jest/globals'
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
  expect([lag.current(), watch.lateMs()]).toEqual([0, 0])
})

test('a loop that stands still is late before it ticks, and until it is in time', () => {
  const { lag, pass, tick } = lagAtZero()
  const watch = lag.watch()
  pass(120)
  expect([lag.current(), watch.lateMs()]).toEqual([100, 100])
  tick()
  expect(lag.current()).toBe(100)
  pass(50)
  tick()
  pass(20)
  tick()
  expect([lag.current(), watch.lateMs()]).toEqual([0, 130])
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
  expect(first.lateMs()).toBe(460)
  expect(second.lateMs()).toBe(10)
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

test('timers that are never quite in time do not add up', () => {
  const { lag, pass, tick } = lagAtZero()
  const watch = lag.watch()
  for (let n = 0; n < 150; n++) {
    pass(24)
    tick()
  }
  expect([lag.current(), watch.lateMs()]).toEqual([0, 0])
})
