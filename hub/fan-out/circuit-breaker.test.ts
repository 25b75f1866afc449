import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createCircuitBreaker, toFailure, toSkippedOutcome, type BreakerState } from './circuit-breaker.js'
import type { UntimedOutcome } from './outcome.js'

const LATE: UntimedOutcome = { kind: 'timed-out', reason: 'did not answer in time' }
const GOOD: UntimedOutcome = {
  kind: 'answered',
  answer: { exists: false, resultSets: [], matching: {}, partial: false },
  droppedRecords: 0,
}
const REFUSED: UntimedOutcome = { kind: 'refused', refusal: 'access', reason: 'may not be asked by this hub' }
const LIMITS = { failures: 3, coolDownMs: 1_000 }

function breakerAtZero() {
  let ms = 0
  const states: BreakerState[] = []
  const breaker = createCircuitBreaker(
    LIMITS,
    () => ms,
    (state) => states.push(state),
  )
  const leaveFor = (question: string) => {
    const leave = breaker.admit(question)
    if (leave.kind === 'skip') throw new TypeError(`${question} was skipped`)
    return leave
  }
  return {
    breaker,
    states,
    leaveFor,
    pass: (more: number) => void (ms += more),
    /** One question from its beginning to its end. */
    ask: (question: string, outcome: UntimedOutcome | undefined) => leaveFor(question).settle(outcome),
    kind: (question: string) => breaker.admit(question).kind,
  }
}

/** Three different questions that time out. */
function opened() {
  const it = breakerAtZero()
  for (const question of ['a', 'b', 'c']) it.ask(question, LATE)
  return it
}

describe('what speaks against a region', () => {
  test.each<[string, UntimedOutcome, boolean]>([
    ['timed-out', LATE, true],
    ['unreachable', { kind: 'unreachable', reason: 'refused the connection' }, true],
    ['invalid', { kind: 'invalid', reason: 'the answer is not JSON' }, true],
    ['HTTP 500', { kind: 'invalid', reason: 'answered HTTP 500', httpStatus: 500 }, true],
    ['HTTP 404', { kind: 'invalid', reason: 'answered HTTP 404', httpStatus: 404 }, false],
    ['a refusal', REFUSED, false],
    ['an answer', GOOD, false],
  ])('%s', (_what, outcome, isFailure) => {
    expect(toFailure(outcome) !== undefined).toBe(isFailure)
  })
})

describe('a circuit breaker', () => {
  test('skips the region after so many failures in a row, and says so', () => {
    const { breaker, ask, kind, states } = breakerAtZero()
    ask('a', LATE)
    ask('b', { kind: 'invalid', reason: 'the answer is not JSON' })
    expect(kind('c')).toBe('ask')
    ask('c', { kind: 'unreachable', reason: 'refused the connection' })
    const skip = breaker.admit('d')
    expect(skip).toMatchObject({ kind: 'skip', failures: 3 })
    expect(states).toEqual(['open'])
    if (skip.kind === 'skip') {
      expect(toSkippedOutcome(skip)).toEqual({
        kind: 'unreachable',
        reason: 'was not asked, because it failed the last 3 times (refused the connection)',
        skipped: true,
      })
    }
  })

  test.each([
    ['an answer', GOOD],
    ['a refusal', REFUSED],
    ['HTTP 404', { kind: 'invalid', reason: 'answered HTTP 404', httpStatus: 404 } as const],
  ])('%s breaks the row', (_what, outcome) => {
    const { ask, kind } = breakerAtZero()
    for (const question of ['a', 'b']) ask(question, LATE)
    ask('c', outcome)
    for (const question of ['d', 'e']) ask(question, LATE)
    expect(kind('f')).toBe('ask')
  })

  test('what a leaving caller or the hub itself caused neither counts nor breaks the row', () => {
    const { ask, kind } = breakerAtZero()
    for (const question of ['a', 'b']) ask(question, LATE)
    for (const question of ['c', 'd', 'e']) ask(question, undefined)
    expect(kind('f')).toBe('ask')
    ask('f', LATE)
    expect(kind('g')).toBe('skip')
  })

  test('lets one probe through after the cool-down, and others are skipped meanwhile', () => {
    const { kind, leaveFor, pass, states } = opened()
    pass(999)
    expect(kind('d')).toBe('skip')
    pass(1)
    const probe = leaveFor('d')
    expect(probe.kind).toBe('probe')
    expect([kind('e'), kind('d')]).toEqual(['skip', 'skip'])
    probe.settle(GOOD)
    expect([kind('e'), kind('f')]).toEqual(['ask', 'ask'])
    expect(states).toEqual(['open', 'half-open', 'closed'])
  })

  test('a probe that fails begins another cool-down', () => {
    const { breaker, kind, leaveFor, pass, states } = opened()
    pass(1_000)
    leaveFor('d').settle(LATE)
    expect(breaker.admit('e')).toMatchObject({ kind: 'skip', failures: 4 })
    pass(999)
    expect(kind('e')).toBe('skip')
    pass(1)
    expect(kind('e')).toBe('probe')
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open'])
  })

  test('a probe whose caller leaves makes room for the next at once', () => {
    const { kind, leaveFor, pass } = opened()
    pass(1_000)
    leaveFor('d').settle(undefined)
    expect(kind('e')).toBe('probe')
  })

  test('questions on their way when it opened do not prolong the cool-down', () => {
    const it = breakerAtZero()
    const late = it.leaveFor('z')
    for (const question of ['a', 'b', 'c']) it.ask(question, LATE)
    it.pass(900)
    late.settle(LATE)
    it.pass(100)
    expect(it.kind('d')).toBe('probe')
  })

  test('an answer to a question on its way closes it, and the probe that then fails does not open it', () => {
    const it = breakerAtZero()
    const slow = it.leaveFor('z')
    for (const question of ['a', 'b', 'c']) it.ask(question, LATE)
    it.pass(1_000)
    const probe = it.leaveFor('d')
    slow.settle(GOOD)
    probe.settle(LATE)
    expect(it.kind('e')).toBe('ask')
  })

  test('a leave is handed back once', () => {
    const leave = breakerAtZero().leaveFor('a')
    leave.settle(GOOD)
    expect(() => leave.settle(GOOD)).toThrow(TypeError)
  })
})

describe('one bad question', () => {
  test('that fails while others are answered does not count', () => {
    const { leaveFor, ask, pass, kind } = breakerAtZero()
    for (const question of ['bad 1', 'bad 2', 'bad 3', 'bad 4']) {
      const bad = leaveFor(question)
      pass(10)
      ask('good', GOOD)
      pass(2_990)
      bad.settle(LATE)
    }
    expect(kind('other')).toBe('ask')
  })

  test('asked again and again is kept from the region, and no other is', () => {
    const { ask, kind, pass } = breakerAtZero()
    for (let time = 0; time < 3; time++) ask('bad', LATE)
    expect(kind('bad')).toBe('skip')
    expect(kind('other')).toBe('ask')
    pass(1_000)
    expect(kind('bad')).toBe('probe')
  })

  test('shuts the region out when a second question fails too, and a success lets both in', () => {
    const { ask, kind, pass } = breakerAtZero()
    for (let time = 0; time < 3; time++) ask('bad', LATE)
    pass(900)
    ask('other', LATE)
    expect(kind('third')).toBe('skip')
    pass(999)
    expect(kind('third')).toBe('skip')
    pass(1)
    ask('third', GOOD)
    expect([kind('bad'), kind('other')]).toEqual(['ask', 'ask'])
  })
})

test('whatever happened, a region that is well again is asked by the first question after a cool-down', () => {
  const step = fc.record({
    question: fc.constantFrom('a', 'b', 'c'),
    outcome: fc.constantFrom<UntimedOutcome | undefined>(LATE, GOOD, REFUSED, undefined),
    passMs: fc.nat(1_500),
    settlesAfter: fc.nat(4),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { breaker, pass, kind } = breakerAtZero()
      const onTheirWay: { readonly at: number; readonly settle: () => void }[] = []
      const settleUntil = (index: number) => {
        for (const item of onTheirWay.splice(0)) {
          if (item.at <= index) item.settle()
          else onTheirWay.push(item)
        }
      }
      for (const [index, { question, outcome, passMs, settlesAfter }] of steps.entries()) {
        const leave = breaker.admit(question)
        if (leave.kind !== 'skip') onTheirWay.push({ at: index + settlesAfter, settle: () => leave.settle(outcome) })
        settleUntil(index)
        pass(passMs)
      }
      settleUntil(Infinity)
      pass(LIMITS.coolDownMs)
      expect(kind('a')).not.toBe('skip')
    }),
  )
})
