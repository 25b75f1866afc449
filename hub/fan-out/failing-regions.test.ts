import { afterEach, describe, expect, test } from '@jest/globals'
import { quickestOf } from '../../schemas/testing/quickest.js'
import { createLoopLag, type LoopLag } from '../admission/loop-lag.js'
import {
  hang,
  json,
  nodeAnswer,
  startRegion,
  stoppedRegion,
  type Behaviour,
  type FakeRegion,
} from '../testing/fake-region.js'
import { drip, GOOD, ID, INVALID } from '../testing/hostile-regions.js'
import { createAgents } from './agents.js'
import { createBreakers } from './breakers.js'
import { fanOut, type FanOutOptions } from './fan-out.js'
import type { Question } from './question.js'

const PASSAGE = {
  trace: { requestId: '7c8c6d1e-2a5b-4a5e-9a56-0d5bd5a2b6b1', traceId: 'a'.repeat(32), flags: '01' },
  hops: 0,
}
const COOL_DOWN_MS = 10_000

/** The n-th question: another one for another n. */
function question(n: number): Question {
  const gVariant = { assemblyId: 'GRCh38', referenceName: '17', start: [n], referenceBases: 'T', alternateBases: 'C' }
  return {
    assemblyId: 'GRCh38',
    target: { gVariant },
    filters: [],
    granularity: 'count',
    testMode: false,
    isIndel: false,
  }
}

const toClose: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0)) await close()
})

async function region(id: string, behaviour: Behaviour): Promise<FakeRegion> {
  const started = await startRegion(id, behaviour)
  toClose.push(() => started.close())
  return started
}

/** Regions behind breakers that open at the second failure and whose clock is turned by hand. */
function networkOf(regions: readonly FakeRegion[], rest: Partial<FanOutOptions> = {}) {
  let turned = 0
  const now = () => performance.now() + turned
  const agents = createAgents(true)
  toClose.push(() => agents.destroy())
  const breakers = createBreakers({ failures: 2, coolDownMs: COOL_DOWN_MS }, now)
  const options: FanOutOptions = {
    agents,
    breakers,
    now: () => performance.now(),
    signal: new AbortController().signal,
    deadlineMs: 150,
    maximumResponseBytes: 65_536,
    allowPrivate: true,
    ...rest,
  }
  let n = 0
  const configs = regions.map(({ config }) => config)
  const ask = async (more: Partial<FanOutOptions> = {}, asked = question(++n)) => {
    const outcomes = await fanOut(configs, asked, PASSAGE, { ...options, ...more })
    return outcomes.map(({ outcome }) => outcome)
  }
  return { ask, coolDown: () => void (turned += COOL_DOWN_MS) }
}

const BAD: readonly (readonly [string, Behaviour, 'invalid' | 'timed-out' | 'unreachable', RegExp])[] = [
  ...INVALID.map(([what, behaviour, reason]) => [what, behaviour, 'invalid', reason] as const),
  ['a hanging region', hang, 'timed-out', /in time/],
  ['a dripping region', drip, 'timed-out', /in time/],
  ['a reset', (request) => request.socket.destroy(), 'unreachable', /broke the connection/],
]
/** HTTP 4xx blames the question. */
const BLAMES_THE_QUESTION = /^HTTP 4/

describe('a region that fails again and again', () => {
  test.each(BAD.filter(([what]) => !BLAMES_THE_QUESTION.test(what)))(
    '%s is not asked, and is said to have failed as it did',
    async (_what, behaviour, kind, reason) => {
      const bad = await region(ID, behaviour)
      const { ask } = networkOf([bad])
      // What fails at once needs no deadline that a busy machine might miss.
      const more = kind === 'timed-out' ? {} : { deadlineMs: 60_000 }
      for (let time = 0; time < 2; time++) expect((await ask(more))[0]).toMatchObject({ kind })
      const asked = bad.requests.length
      const [skipped] = await ask({ deadlineMs: 60_000 })
      expect(skipped).toMatchObject({ kind, skipped: true, elapsedMs: expect.any(Number) })
      expect(skipped).toMatchObject({
        reason: expect.stringMatching(/^was not asked, because it failed the last 2 times/),
      })
      expect(skipped).toMatchObject({ reason: expect.stringMatching(reason) })
      expect(bad.requests).toHaveLength(asked)
    },
  )

  test.each(BAD.filter(([what]) => BLAMES_THE_QUESTION.test(what)))(
    '%s may be the fault of the question: it is asked every time',
    async (_what, behaviour) => {
      const bad = await region(ID, behaviour)
      const { ask } = networkOf([bad])
      for (let time = 0; time < 4; time++)
        expect((await ask({ deadlineMs: 60_000 }))[0]).toMatchObject({ kind: 'invalid' })
      expect(bad.requests).toHaveLength(4)
    },
  )

  test('a stopped server is not asked, and is answered for at once', async () => {
    const { ask } = networkOf([await stoppedRegion(ID)])
    for (let time = 0; time < 2; time++) await ask()
    expect((await ask())[0]).toMatchObject({ kind: 'unreachable', skipped: true })
  })

  test('the others are asked as before', async () => {
    const good = await region('se.fyr.good', json(nodeAnswer('se.fyr.good')))
    const { ask } = networkOf([await region(ID, hang), good], { deadlineMs: 800 })
    for (let time = 0; time < 4; time++) expect((await ask())[1]).toMatchObject({ kind: 'answered' })
    expect(good.requests).toHaveLength(4)
  })

  test('is asked again after the cool-down, and by everybody once it answered', async () => {
    let behaviour: Behaviour = hang
    const restarted = await region(ID, (request, response) => behaviour(request, response))
    const { ask, coolDown } = networkOf([restarted])
    for (let time = 0; time < 2; time++) await ask()
    behaviour = json(GOOD)
    expect((await ask())[0]).toMatchObject({ kind: 'timed-out', skipped: true })
    coolDown()
    for (let time = 0; time < 3; time++) expect((await ask())[0]).toMatchObject({ kind: 'answered' })
  })

  test('is tried by one question alone, which waits for a part of its deadline', async () => {
    const hanging = await region(ID, hang)
    const { ask, coolDown } = networkOf([hanging])
    for (let time = 0; time < 2; time++) await ask()
    coolDown()
    const [probed, skipped] = await Promise.all([ask({ deadlineMs: 300 }), ask({ deadlineMs: 300 })])
    expect(hanging.requests).toHaveLength(3)
    expect(probed[0]).toMatchObject({ kind: 'timed-out', reason: expect.stringContaining('within 100 ms') })
    expect(skipped[0]).toMatchObject({ kind: 'timed-out', skipped: true })
  })

  test('a slow region that is well again is found to be so, although nobody waited for it', async () => {
    let behaviour: Behaviour = hang
    const slow = await region(ID, (request, response) => behaviour(request, response))
    const { ask, coolDown } = networkOf([slow])
    for (let time = 0; time < 2; time++) await ask()
    behaviour = (request, response) => void setTimeout(() => json(GOOD)(request, response), 300)
    coolDown()
    expect((await ask({ deadlineMs: 600 }))[0]).toMatchObject({ kind: 'timed-out' })
    const isAskedAgain = async () => !('skipped' in (await ask({ deadlineMs: 2_000 }))[0]!)
    while (!(await isAskedAgain())) await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await ask({ deadlineMs: 2_000 }))[0]).toMatchObject({ kind: 'answered' })
  })

  test('callers who leave do not count', async () => {
    const hanging = await region(ID, hang)
    const { ask } = networkOf([hanging])
    for (let time = 0; time < 3; time++) {
      const controller = new AbortController()
      const asking = ask({ signal: controller.signal, deadlineMs: 60_000 })
      while (hanging.requests.length <= time) await new Promise((resolve) => setTimeout(resolve, 2))
      controller.abort()
      await asking
    }
    expect((await ask())[0]).not.toHaveProperty('skipped')
  })

  test('one question that it cannot answer does not shut out the others', async () => {
    const picky = await region(ID, (request, response) => {
      if (!picky.requests.at(-1)!.body.includes('"start":[666]')) json(GOOD)(request, response)
    })
    const { ask } = networkOf([picky])
    for (let time = 0; time < 2; time++) await ask({}, question(666))
    expect((await ask({}, question(666)))[0]).toMatchObject({ kind: 'timed-out', skipped: true })
    expect((await ask())[0]).toMatchObject({ kind: 'answered' })
  })
})

describe('the hub’s own lateness', () => {
  /** Keeps the event loop for so long. */
  const block = (ms: number) => {
    const until = performance.now() + ms
    while (performance.now() < until) continue
  }

  test('does not time out a region whose answer is here already', async () => {
    const good = await region(ID, json(GOOD))
    const { ask } = networkOf([good])
    await ask()
    const asking = ask({ deadlineMs: 50 })
    while (good.requests.length < 2) await new Promise((resolve) => setImmediate(resolve))
    block(150)
    expect((await asking)[0]).toMatchObject({ kind: 'answered' })
  })

  /** A hub that was always so late before a request went out. */
  const late = (lateMs: number): LoopLag => ({
    current: () => 0,
    watch: () => ({ lateMs: () => lateMs, end: () => {} }),
  })

  test('that a call lost before it went out is measured, and what came after is not its loss', async () => {
    const slow = await region(ID, (request, response) => void setTimeout(() => json(GOOD)(request, response), 20))
    const { ask } = networkOf([slow])
    const losses: number[] = []
    const lag = createLoopLag(() => performance.now())
    const watching: LoopLag = {
      ...lag,
      watch() {
        const watch = lag.watch()
        return { ...watch, lateMs: () => losses[losses.push(watch.lateMs()) - 1]! }
      },
    }
    const asking = ask({ deadlineMs: 60_000, lag: watching })
    block(150)
    while (slow.requests.length < 1) await new Promise((resolve) => setImmediate(resolve))
    block(800)
    expect((await asking)[0]).toMatchObject({ kind: 'answered' })
    expect(losses).toHaveLength(1)
    expect(losses[0]).toBeGreaterThanOrEqual(120)
    expect(losses[0]).toBeLessThan(800)
  })

  test('never lets a caller wait for 100 ms beyond the deadline', async () => {
    const breakers = createBreakers({ failures: 100, coolDownMs: COOL_DOWN_MS }, () => performance.now())
    const { ask } = networkOf([await region(ID, hang)], { deadlineMs: 200, lag: late(250), breakers })
    const { result, elapsedMs } = await quickestOf(5, () => ask())
    expect(result[0]).toMatchObject({ kind: 'timed-out', reason: 'did not answer in time' })
    expect(elapsedMs).toBeGreaterThan(225)
    expect(elapsedMs).toBeLessThan(300)
  })

  test('beyond that is the hub’s fault, and nothing that counts against the region', async () => {
    const hanging = await region(ID, hang)
    const { ask } = networkOf([hanging], { lag: late(1_000), deadlineMs: 50 })
    for (let time = 0; time < 3; time++) expect((await ask())[0]).toMatchObject({ kind: 'timed-out', byHub: true })
    expect(hanging.requests).toHaveLength(3)
  })
})
