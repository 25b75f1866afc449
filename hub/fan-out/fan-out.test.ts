import { afterEach, describe, expect, test } from '@jest/globals'
import { quickestOf } from '../../schemas/testing/quickest.js'
import {
  hang,
  html,
  json,
  nodeAnswer,
  SOME_COUNTS,
  startRegion,
  stoppedRegion,
  type Behaviour,
  type FakeRegion,
} from '../testing/fake-region.js'
import { drip, GOOD, ID, INVALID } from '../testing/hostile-regions.js'
import { createAgents, type Agents } from './agents.js'
import { fanOut, type FanOutOptions } from './fan-out.js'
import type { Question } from './question.js'

const QUESTION: Question = {
  assemblyId: 'GRCh38',
  target: {
    gVariant: {
      assemblyId: 'GRCh38',
      referenceName: '17',
      start: [43045711],
      referenceBases: 'T',
      alternateBases: 'C',
    },
  },
  filters: [],
  granularity: 'count',
  testMode: false,
  isIndel: false,
}
const PASSAGE = {
  trace: { requestId: '7c8c6d1e-2a5b-4a5e-9a56-0d5bd5a2b6b1', traceId: 'a'.repeat(32), flags: '01' },
  hops: 0,
}

const toClose: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0)) await close()
})

function agents(): Agents {
  const created = createAgents(true)
  toClose.push(() => created.destroy())
  return created
}

function options(rest: Partial<FanOutOptions> = {}): FanOutOptions {
  return {
    agents: agents(),
    now: () => performance.now(),
    signal: new AbortController().signal,
    deadlineMs: 2_000,
    maximumResponseBytes: 65_536,
    allowPrivate: true,
    ...rest,
  }
}

async function region(id: string, behaviour: Behaviour): Promise<FakeRegion> {
  const started = await startRegion(id, behaviour)
  toClose.push(() => started.close())
  return started
}

async function ask(behaviour: Behaviour, rest: Partial<FanOutOptions> = {}) {
  const { config } = await region(ID, behaviour)
  const [first] = await fanOut([config], QUESTION, PASSAGE, options(rest))
  return first!.outcome
}

describe('a region that answers badly is an outcome', () => {
  test.each(INVALID)('%s is invalid', async (_what, behaviour, reason) => {
    expect(await ask(behaviour)).toMatchObject({ kind: 'invalid', reason: expect.stringMatching(reason) })
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test.each([
    [401, 'access'],
    [403, 'access'],
    [429, 'access'],
  ] as const)('HTTP %i is a refusal', async (status, refusal) => {
    expect(await ask(htmlWith(status))).toMatchObject({ kind: 'refused', refusal })
  })

  test('a paused node and an unknown filtering term are said to be so', async () => {
    expect(await ask(json({ error: { errorCode: 503, reason: 'paused' } }, 503))).toMatchObject({
      kind: 'refused',
      refusal: 'paused',
    })
    expect(await ask(json({ error: { errorCode: 400, reason: 'unknown-filtering-term' } }, 400))).toMatchObject({
      kind: 'refused',
      refusal: 'not-applicable',
    })
  })

  test('a hanging and a dripping region time out', async () => {
    expect(await ask(hang, { deadlineMs: 200 })).toMatchObject({ kind: 'timed-out' })
    expect(await ask(drip, { deadlineMs: 200 })).toMatchObject({ kind: 'timed-out' })
  })

  test('a reset, a stopped server and an unknown host are unreachable', async () => {
    expect(await ask((request) => request.socket.destroy())).toMatchObject({ kind: 'unreachable' })
    const half: Behaviour = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"meta":')
      setTimeout(() => request.socket.destroy(), 20)
    }
    expect(await ask(half)).toMatchObject({ kind: 'unreachable', reason: 'broke the connection' })
    const stopped = await stoppedRegion(ID)
    const unknown = { id: 'se.fyr.syd', name: 'Syd', url: 'http://syd.invalid/beacon/v2' }
    const outcomes = await fanOut([stopped.config, unknown], QUESTION, PASSAGE, options())
    expect(outcomes.map(({ outcome }) => outcome)).toMatchObject([
      { kind: 'unreachable', reason: 'refused the connection' },
      { kind: 'unreachable' },
    ])
  })

  test('a private address is not contacted unless it is allowed', async () => {
    const started = await region(ID, json(GOOD))
    const asked = (url: string) =>
      fanOut([{ ...started.config, url }], QUESTION, PASSAGE, options({ allowPrivate: false, agents: guarded() }))
    const guarded = () => {
      const created = createAgents(false)
      toClose.push(() => created.destroy())
      return created
    }
    for (const host of ['127.0.0.1', '127.1', '2130706433', 'localhost', '[::ffff:7f00:1]']) {
      const [first] = await asked(started.config.url.replace('127.0.0.1', host))
      expect(first!.outcome).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('private') })
    }
    expect(started.requests).toHaveLength(0)
  })

  test('a name that resolves to a private address is not contacted', async () => {
    const started = await region(ID, json(GOOD))
    const rebinding = createAgents(false, {
      resolve: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    })
    toClose.push(() => rebinding.destroy())
    const config = { ...started.config, url: started.config.url.replace('127.0.0.1', 'beacon.example.org') }
    const [first] = await fanOut([config], QUESTION, PASSAGE, options({ allowPrivate: false, agents: rebinding }))
    expect(first!.outcome).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('private') })
    expect(started.requests).toHaveLength(0)
  })
})

function htmlWith(status: number): Behaviour {
  return (_request, response) => void response.writeHead(status, { 'content-type': 'text/html' }).end('<html>')
}

describe('a region that answers well', () => {
  test('is asked by POST with ALL, a trace, a hop and no authorization', async () => {
    const started = await region(ID, json(GOOD))
    await fanOut([started.config], { ...QUESTION, filters: [{ id: 'HP:0000006' }], testMode: true }, PASSAGE, options())
    const [request] = started.requests
    expect(request!.path).toBe('/beacon/v2/g_variants')
    expect(request!.headers).toMatchObject({
      accept: 'application/json',
      'accept-encoding': 'identity',
      'fyr-hops': '1',
    })
    expect(request!.headers['traceparent']).toMatch(new RegExp(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-01$`))
    expect(request!.headers['x-request-id']).toBe(PASSAGE.trace.requestId)
    expect(request!.headers.authorization).toBeUndefined()
    expect(JSON.parse(request!.body)).toEqual({
      meta: { apiVersion: 'v2.2.0' },
      query: {
        requestParameters: {
          g_variant: {
            assemblyId: 'GRCh38',
            referenceName: '17',
            start: [43045711],
            referenceBases: 'T',
            alternateBases: 'C',
          },
        },
        filters: [{ id: 'HP:0000006' }],
        includeResultsetResponses: 'ALL',
        requestedGranularity: 'count',
        pagination: { skip: 0, limit: 1 },
        testMode: true,
      },
    })
  })

  test('an id that the hub cannot read goes percent-encoded into the path', async () => {
    const started = await region(ID, json(GOOD))
    await fanOut([started.config], { ...QUESTION, target: { variantId: 'a/b?c' } }, PASSAGE, options())
    expect(started.requests[0]!.path).toBe('/beacon/v2/g_variants/a%2Fb%3Fc')
  })

  test('its records and everything unknown are dropped, and the records counted', async () => {
    const sent = nodeAnswer(ID, {
      counts: SOME_COUNTS,
      results: [{ variantInternalId: 'secret' }, { person: 'secret' }],
    })
    const outcome = await ask(json({ ...sent, secret: 'secret', info: { ...sent.info, secret: 'secret' } }))
    expect(outcome).toMatchObject({ kind: 'answered', droppedRecords: 2 })
    expect(JSON.stringify(outcome)).not.toContain('secret')
  })

  test('keeps its connection for the next question', async () => {
    const started = await region(ID, json(GOOD))
    const shared = options()
    await fanOut([started.config], QUESTION, PASSAGE, shared)
    await fanOut([started.config], QUESTION, PASSAGE, shared)
    const [first, second] = started.requests
    expect(second!.clientPort).toBe(first!.clientPort)
  })

  test('a Beacon that is no node of ours counts by exists and numTotalResults', async () => {
    const outcome = await ask(json({ meta: { beaconId: ID }, responseSummary: { exists: true, numTotalResults: 7 } }))
    expect(outcome).toMatchObject({
      kind: 'answered',
      answer: { exists: true, numTotalResults: 7, resultSets: [], partial: false },
    })
  })

  test('numbers beside a stated boolean granularity are dropped', async () => {
    const sent = JSON.parse(
      JSON.stringify(GOOD).replace('"returnedGranularity":"count"', '"returnedGranularity":"boolean"'),
    ) as object
    const outcome = await ask(json(sent))
    expect(outcome).toMatchObject({ kind: 'answered', answer: { exists: true } })
    expect(JSON.stringify(outcome)).not.toMatch(/numTotalResults|resultsCount|alleleCount/)
  })
})

describe('one deadline for everything', () => {
  test('one region hanging, one dripping, one sending HTML, one stopped: over within the deadline and 100 ms', async () => {
    const regions = [
      await region('se.fyr.good', json(nodeAnswer('se.fyr.good', { counts: SOME_COUNTS }))),
      await region('se.fyr.hang', hang),
      await region('se.fyr.drip', drip),
      await region('se.fyr.html', html),
      await stoppedRegion('se.fyr.stopped'),
    ]
    let settled: string[] = []
    const deadlineMs = 500
    const { result: outcomes, elapsedMs } = await quickestOf(3, () => {
      settled = []
      return fanOut(
        regions.map(({ config }) => config),
        QUESTION,
        PASSAGE,
        options({ deadlineMs, onOutcome: ({ region }) => settled.push(region.id) }),
      )
    })
    expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual([
      'answered',
      'timed-out',
      'timed-out',
      'invalid',
      'unreachable',
    ])
    expect(elapsedMs).toBeLessThanOrEqual(deadlineMs + 100)
    expect(settled.slice(0, 3).toSorted()).toEqual(['se.fyr.good', 'se.fyr.html', 'se.fyr.stopped'])
    expect(settled).toHaveLength(5)
  })

  test('a caller who leaves ends the calls', async () => {
    const controller = new AbortController()
    const hanging = await region(ID, hang)
    const asking = fanOut(
      [hanging.config],
      QUESTION,
      PASSAGE,
      options({ deadlineMs: 60_000, signal: controller.signal }),
    )
    controller.abort()
    expect((await asking)[0]!.outcome.kind).toBe('timed-out')
  })
})
