import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { startStandInNetwork, type StandInNetwork } from '../support/stand-in-network.js'
import type { StandInBehaviour } from '../support/stand-in-region.js'
import { median, type Bench, type Figure } from './bench.js'
import { peakMegabytes } from './memory.js'

const REGIONS = 21
const DEADLINE_MS = 3_000
/** What the hub may take beyond its deadline to write the answer. */
const MARGIN_MS = 100
const MEMORY_TARGET_MB = 200
/** What asking 21 regions, reading them and adding up may take. */
const OVERHEAD_TARGET_MS = 6
/** Until V8 has compiled what is asked every time. */
const WARM_UP = 900
const ROUNDS = 600
const AT_ONCE = 500
const CROWDS = 5
const BREAKER_FAILURES = 5
const HTTP_OK = 200
const HTTP_TOO_MANY_REQUESTS = 429

interface Info {
  readonly complete: boolean
  readonly regionsAnswered: number
  readonly regions: readonly { readonly name: string; readonly status: string; readonly reason?: string }[]
}

interface Timed {
  readonly status: number
  readonly elapsedMs: number
  readonly retryAfter: string | undefined
  readonly info: Info | undefined
}

/** An allele; another one for another position. */
function toBody(position: number): string {
  const gVariant = {
    assemblyId: 'GRCh38',
    referenceName: '17',
    start: [position],
    referenceBases: 'T',
    alternateBases: 'C',
  }
  const query = { requestParameters: { g_variant: gVariant }, includeResultsetResponses: 'ALL' }
  return JSON.stringify({ meta: { apiVersion: 'v2.2.0' }, query: { ...query, requestedGranularity: 'count' } })
}

/** Asks `/g_variants` below a base URL. The clock runs until the answer is here, not until it is parsed. */
function ask(agent: Agent, baseUrl: string, position: number): Promise<Timed> {
  const body = toBody(position)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const sent = request(`${baseUrl}/g_variants`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const elapsedMs = performance.now() - startedAt
        const { info } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly info?: Info }
        resolve({ status: response.statusCode ?? 0, elapsedMs, retryAfter: response.headers['retry-after'], info })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Opens all connections of a crowd first, so that the client's own work is not in its times. */
async function openConnections(agent: Agent, url: string): Promise<void> {
  const open = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request(`${url}/health`, { agent }, (response) => void response.resume().on('end', () => resolve()))
      sent.on('error', reject)
      sent.end()
    })
  await Promise.all(Array.from({ length: AT_ONCE }, open))
}

/** Median time of one question after another over one kept connection. */
async function medianTime(baseUrl: string, warmUp: number, rounds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const times: number[] = []
    for (let round = 0; round < warmUp + rounds; round++) {
      const { elapsedMs, status } = await ask(agent, baseUrl, 43_045_711 + round)
      if (status !== HTTP_OK) throw new Error(`${baseUrl} answered HTTP ${status}`)
      if (round >= warmUp) times.push(elapsedMs)
    }
    return median(times)
  } finally {
    agent.destroy()
  }
}

/** Median time until all of these have answered one question: what 21 calls cost on this machine without a hub. */
async function medianOfAll(baseUrls: readonly string[]): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  try {
    const times: number[] = []
    for (let round = 0; round < WARM_UP; round++) {
      const startedAt = performance.now()
      await Promise.all(baseUrls.map((url) => ask(agent, url, 43_045_711 + round)))
      if (round >= WARM_UP / 3) times.push(performance.now() - startedAt)
    }
    return median(times)
  } finally {
    agent.destroy()
  }
}

const FAILURES: Readonly<Record<string, string>> = {
  healthy: 'answered',
  hang: 'timed-out',
  drip: 'timed-out',
  refuse: 'unreachable',
  html: 'invalid',
  'broken-json': 'invalid',
  noise: 'invalid',
  huge: 'invalid',
}

/** Regions whose status is not what their behaviour deserves. */
function misnamed({ regions }: Info): number {
  return regions.filter(({ name, status }) => FAILURES[name.replace(/^r\d+-/, '')] !== status).length
}

async function failingRegions(directory: string): Promise<readonly Figure[]> {
  const healthy = Array<StandInBehaviour>(10).fill('healthy')
  const network = await startStandInNetwork(
    directory,
    ['hang', 'hang', 'hang', 'refuse', 'refuse', 'refuse', 'html', 'broken-json', 'noise', 'huge', 'drip', ...healthy],
    { deadlineMs: DEADLINE_MS, breaker: { failures: BREAKER_FAILURES } },
  )
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const base = `${network.hub.url}/beacon/v2`
    // The first request of all is for the process to load what it is made of, here and in the hub.
    await new Promise<void>((resolve, reject) => {
      const sent = request(`${base}/info`, { agent }, (response) => void response.resume().on('end', () => resolve()))
      sent.on('error', reject)
      sent.end()
    })
    const asked: Timed[] = []
    for (let n = 0; n < BREAKER_FAILURES; n++) asked.push(await ask(agent, base, 1_000 + n))
    const left: Timed[] = []
    for (let n = 0; n < 100; n++) left.push(await ask(agent, base, 2_000 + n))
    const worst = Math.max(...asked.map(({ elapsedMs }) => elapsedMs))
    const wrong = [...asked, ...left].reduce((sum, { info }) => sum + (info ? misnamed(info) : REGIONS), 0)
    const whole = [...asked, ...left].filter(({ info }) => info?.complete !== false).length
    const silent = left
      .flatMap(({ info }) => info?.regions ?? [])
      .filter(({ status, reason }) => {
        return status !== 'answered' && reason?.startsWith('was not asked, because it failed the last') !== true
      })
    const limit = DEADLINE_MS + MARGIN_MS
    return [
      { name: '11 of 21 regions bad: slowest answer', value: worst, unit: 'ms', target: `<= ${limit}` },
      { name: '11 of 21 regions bad: failures not named', value: wrong, unit: 'regions', target: '= 0' },
      { name: '11 of 21 regions bad: answers called complete', value: whole, unit: 'answers', target: '= 0' },
      {
        name: 'breakers open: median answer',
        value: median(left.map(({ elapsedMs }) => elapsedMs)),
        unit: 'ms',
        target: '<= 100',
      },
      { name: 'breakers open: regions left out without a word', value: silent.length, unit: 'regions', target: '= 0' },
      {
        name: '11 of 21 regions bad: peak memory of the hub',
        value: peakMegabytes(network.hub.pid),
        unit: 'MB',
        target: `<= ${MEMORY_TARGET_MB}`,
      },
    ]
  } finally {
    agent.destroy()
    await network.stop()
  }
}

async function overhead({ hub, regions }: StandInNetwork, log: (line: string) => void): Promise<readonly Figure[]> {
  const own: number[] = []
  for (const { url } of regions) own.push(await medianTime(url, WARM_UP / 3, WARM_UP / 3))
  const slowest = Math.max(...own)
  const bare = await medianOfAll(regions.map(({ url }) => url))
  const whole = await medianTime(`${hub.url}/beacon/v2`, WARM_UP, ROUNDS)
  log(`medians of the regions alone: ${own.map((ms) => ms.toFixed(2)).join(' ')} ms`)
  return [
    { name: '21 regions: median of the slowest alone', value: slowest, unit: 'ms' },
    { name: '21 regions: median of all at once, asked by node:http alone', value: bare, unit: 'ms' },
    { name: '21 regions: median of the hub', value: whole, unit: 'ms' },
    { name: '21 regions: what the hub adds', value: whole - slowest, unit: 'ms', target: `<= ${OVERHEAD_TARGET_MS}` },
  ]
}

async function crowd({ hub }: StandInNetwork, log: (line: string) => void): Promise<readonly Figure[]> {
  const crowds: (readonly Timed[])[] = []
  for (let n = 0; n < CROWDS; n++) {
    const agent = new Agent({ keepAlive: true, maxFreeSockets: AT_ONCE })
    await openConnections(agent, hub.url)
    const asking = Array.from({ length: AT_ONCE }, (_, i) =>
      ask(agent, `${hub.url}/beacon/v2`, 10_000 + n * AT_ONCE + i),
    )
    crowds.push(await Promise.all(asking))
    agent.destroy()
  }
  const all = crowds.flat()
  const complete = all.filter(({ status, info }) => status === HTTP_OK && info?.complete === true)
  const refused = all.filter(({ status, retryAfter }) => status === HTTP_TOO_MANY_REQUESTS && retryAfter !== undefined)
  for (const one of crowds) log(`${one.filter(({ status }) => status === HTTP_OK).length} of ${one.length} answered`)
  const slowestOf = (answers: readonly Timed[]) => Math.max(0, ...answers.map(({ elapsedMs }) => elapsedMs))
  const limit = DEADLINE_MS + MARGIN_MS
  return [
    {
      name: '500 at once: complete answers in a crowd',
      value: complete.length / CROWDS,
      unit: 'answers',
      target: '>= 1',
    },
    { name: '500 at once: 429 in a crowd', value: refused.length / CROWDS, unit: 'answers' },
    {
      name: '500 at once: neither',
      value: all.length - complete.length - refused.length,
      unit: 'answers',
      target: '= 0',
    },
    { name: '500 at once: slowest complete answer', value: slowestOf(complete), unit: 'ms', target: `<= ${limit}` },
    { name: '500 at once: slowest 429', value: slowestOf(refused), unit: 'ms' },
    { name: '500 at once: peak memory of the hub', value: peakMegabytes(hub.pid), unit: 'MB' },
  ]
}

/** Regions are stand-ins, each in a process of its own, that answer at once: what is measured is the hub. */
export const hubBench: Bench = {
  name: 'hub',
  about: 'a hub over 21 regions: bad ones, what the hub adds to the slowest, and 500 questions at once',
  async run(directory, log) {
    const bad = await failingRegions(join(directory, 'bad'))
    const healthy = Array<StandInBehaviour>(REGIONS).fill('healthy')
    const network = await startStandInNetwork(join(directory, 'healthy'), healthy, { deadlineMs: DEADLINE_MS })
    try {
      return [...bad, ...(await overhead(network, log)), ...(await crowd(network, log))]
    } finally {
      await network.stop()
    }
  },
}
