import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { HubConfig } from '../schemas/index.js'
import { runClientCli } from './client/cli.js'
import { json, nodeAnswer, type FakeRegion } from './testing/fake-region.js'
import { closeAll, createCaller, GET_ALLELE, hub, norr, question, region, syd } from './testing/running-hub.js'

const { call, post } = createCaller(fetch)

afterEach(closeAll)

/** A hub that takes one question at a time, and is busy with it until `answer` is called. */
async function busyHub(rest: Partial<HubConfig> = {}) {
  const waiting: (() => void)[] = []
  const slow = await region('se.fyr.norr', (request, response) => {
    waiting.push(() => json(nodeAnswer('se.fyr.norr'))(request, response))
  })
  const started = await hub([slow], { maximumQuestions: 1, deadlineMs: 60_000, ...rest })
  const first = post(`${started.url}/beacon/v2/g_variants`, question())
  while (slow.requests.length < 1) await new Promise((resolve) => setTimeout(resolve, 2))
  const answer = async () => {
    for (const go of waiting.splice(0)) go()
    return first
  }
  return { ...started, slow, answer }
}

describe('a hub that has as many questions as it may', () => {
  test.each([
    ['POST', '/beacon/v2/g_variants', {}],
    ['GET', GET_ALLELE, {}],
    ['GET', '/beacon/v2/g_variants/GRCh38-17-43045712-T-C', {}],
  ])('%s %s: 429 as a Beacon error, at once, and no region is asked', async (method, path) => {
    const { url, slow, answer } = await busyHub()
    const reply = await (method === 'POST' ? post(url + path, question()) : call(url + path))
    expect(reply.status).toBe(429)
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.body.error).toEqual({
      errorCode: 429,
      errorMessage: 'this hub has too many questions at once; ask again in a moment',
      reason: 'rate_limited',
    })
    expect(reply.body.info).toBeUndefined()
    expect(slow.requests).toHaveLength(1)
    expect((await answer()).body.info.complete).toBe(true)
  })

  test('the live route: 429 as problem details, and no stream', async () => {
    const { url, answer } = await busyHub()
    const reply = await post(`${url}/network/variants`, question())
    expect(reply.status).toBe(429)
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(reply.text)).toMatchObject({ status: 429, title: 'Too many questions', code: 'rate_limited' })
    await answer()
  })

  test('a question that is wrong is told so, and what asks no region is answered', async () => {
    const { url, answer } = await busyHub()
    expect((await call(`${url}/beacon/v2/g_variants`)).status).toBe(400)
    expect((await call(`${url}/beacon/v2/info`)).status).toBe(200)
    expect((await call(`${url}/health`)).status).toBe(200)
    await answer()
  })

  test('takes the next question when the first is over, whether it was answered or left', async () => {
    const { url, adminUrl, slow, answer } = await busyHub()
    await answer()
    const controller = new AbortController()
    const left = fetch(url + GET_ALLELE, { signal: controller.signal })
    while (slow.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 2))
    controller.abort()
    await expect(left).rejects.toThrow()
    const isFree = async () => (await call(`${adminUrl}/metrics`)).text.includes('fyr_hub_questions_in_flight 0')
    while (!(await isFree())) await new Promise((resolve) => setTimeout(resolve, 5))
    const asking = call(url + GET_ALLELE)
    while (slow.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 2))
    await answer()
    expect((await asking).status).toBe(200)
  })

  test('counts what it turned away', async () => {
    const { url, adminUrl, answer } = await busyHub()
    await call(url + GET_ALLELE)
    const { text } = await call(`${adminUrl}/metrics`)
    expect(text).toContain('fyr_hub_questions_in_flight 1')
    expect(text).toContain('fyr_hub_refused_questions_total{reason="full"} 1')
    await answer()
    expect((await call(`${adminUrl}/metrics`)).text).toContain('fyr_hub_questions_in_flight 0')
  })

  test('fyr says so in a sentence, with exit code 1', async () => {
    const { url, answer } = await busyHub()
    let [out, err] = ['', '']
    const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) }
    const exitCode = await runClientCli(['variant', '17-43045712-T-C', '--hub', url], io, {})
    expect({ exitCode, out, err }).toEqual({
      exitCode: 1,
      out: '',
      err: 'fyr: the hub has too many questions at once; ask again in 1 s\n',
    })
    await answer()
  })
})

test('forty questions at once to a hub that takes eight: each is complete or 429', async () => {
  const { url } = await hub([await norr(), await syd()], { maximumQuestions: 8 })
  const replies = await Promise.all(Array.from({ length: 40 }, () => post(`${url}/beacon/v2/g_variants`, question())))
  const complete = replies.filter(({ status, body }) => status === 200 && body.info.complete)
  const refused = replies.filter(({ status }) => status === 429)
  expect(complete.length).toBeGreaterThanOrEqual(8)
  expect(complete.length + refused.length).toBe(40)
})

describe('a question whose region was not heard because the hub itself stood still', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  /** The hub’s clock leaps while TLS with a region is begun: to the hub, its loop stood still before its request went out. */
  async function stalledHub() {
    let leapt = 0
    const server = createServer((socket) => {
      leapt += 100_000
      socket.on('error', () => {})
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/beacon/v2`
    const silent: FakeRegion = { ...(await norr()), config: { id: 'se.fyr.norr', name: 'Norr', url } }
    const now = () => performance.now() + leapt
    return hub([silent, await syd()], { deadlineMs: 100 }, { now })
  }

  test('is refused, and not answered in part', async () => {
    const { url, adminUrl } = await stalledHub()
    const { status, body } = await post(`${url}/beacon/v2/g_variants`, question())
    expect({ status, error: body.error }).toMatchObject({ status: 429, error: { reason: 'rate_limited' } })
    expect((await call(`${adminUrl}/metrics`)).text).toContain('fyr_hub_refused_questions_total{reason="spoiled"} 1')
  })

  test('ends its stream with an error, and without an answer', async () => {
    const { url } = await stalledHub()
    const { text } = await post(`${url}/network/variants`, question())
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event)).toEqual(['start', 'region', 'error'])
    expect(text).toContain('"code":"rate_limited"')
    expect(text).not.toContain('timed-out')
  })
})

describe('a region that was left alone', () => {
  async function failingTwice(): Promise<FakeRegion> {
    return region('se.fyr.norr', (_request, response) => void response.writeHead(500).end())
  }
  const breaker = { failures: 2, coolDownMs: 60_000 }

  test('is named in the answer, which stays incomplete with an open upper bound', async () => {
    const { url, adminUrl } = await hub([await failingTwice(), await syd()], { breaker })
    const ask = (start: number) => call(url + GET_ALLELE.replace('43045711', String(start)))
    for (const start of [1, 2]) expect((await ask(start)).body.info.regions[0]).toMatchObject({ status: 'invalid' })
    const { info } = (await ask(3)).body
    expect(info.regions[0]).toMatchObject({
      beaconId: 'se.fyr.norr',
      status: 'invalid',
      reason: 'was not asked, because it failed the last 2 times (answered HTTP 500)',
    })
    expect(info).toMatchObject({
      regionsAsked: 2,
      regionsAnswered: 1,
      complete: false,
      total: { exists: false, bounds: { individuals: { lower: 0, upper: null } } },
    })
    expect(info.note).toContain('was not asked, because it failed the last 2 times')
    const { text } = await call(`${adminUrl}/metrics`)
    expect(text).toContain('fyr_hub_region_breaker_state{region="se.fyr.norr"} 2')
    expect(text).toContain('fyr_hub_region_breaker_state{region="se.fyr.syd"} 0')
    expect(text).toContain('fyr_hub_region_skipped_total{region="se.fyr.norr"} 1')
  })

  test('makes "nobody" impossible for fyr', async () => {
    const { url } = await hub([await failingTwice(), await syd()], { breaker })
    const io = { out: () => {}, err: () => {} }
    const ask = (start: number) => runClientCli(['variant', `17-${start}-T-C`, '--hub', url], io, {})
    expect([await ask(1), await ask(2), await ask(3)]).toEqual([4, 4, 4])
  })
})
