import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Agent, request } from 'node:http'
import { readTestConfig } from './support/config.js'
import { createFixtureNetwork } from './support/fixture-network.js'
import { fuzzRequest, type FuzzedRequest } from './support/fuzz-request.js'
import { forEachConcurrently } from './support/http-client.js'
import type { Service } from './support/processes.js'
import { createRandom } from './support/random.js'
import { assertValidIfBeacon } from './support/valid-answer.js'

const MINUTE = 60_000
const SEED = 2_611
const AT_ONCE = 32
const CASES = readTestConfig().exhaustive ? 100_000 : 3_000

/** Checking an answer against two sets of schemas takes several times as long as getting it. */
const VALIDATED_EVERY = 8

const network = createFixtureNetwork()
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
let node: Service

/** `SECRET` stands only in what nobody may see: the samples' names. */
const vcf = {
  samples: ['SECRET-a', 'SECRET-b'],
  lines: [
    '1 100 . A C . PASS . GT 0/1 1/1',
    '1 200 . GAT G . PASS . GT 0/1 0/0',
    '1 101 . A <DEL> . PASS END=200 GT 0/1 0/0',
  ],
}

beforeAll(async () => {
  node = await network.startNode('fuzzed', [
    { id: 'closed', access: 'controlled', granularity: 'record', vcf },
    { id: 'counted', granularity: 'count', vcf },
    { id: 'open', granularity: 'record', vcf },
    { id: 'vague', granularity: 'boolean', vcf },
  ])
}, MINUTE)

afterAll(async () => {
  agent.destroy()
  await network.stop()
})

interface Got {
  readonly status: number
  readonly text: string
}

function send({ method, path, body, contentType }: FuzzedRequest): Promise<Got> {
  const headers = {
    ...(contentType === '' ? {} : { 'content-type': contentType }),
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(`${node.url}/beacon/v2${path}`, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

interface AnySet {
  readonly id: string
  readonly resultsCount?: number
  readonly results?: readonly unknown[]
  readonly info?: { readonly counts?: object }
}

/** What is wrong with an answer; undefined when nothing is. */
function findFault({ method, path }: FuzzedRequest, { status, text }: Got, isValidated: boolean): string | undefined {
  if (status >= 500) return `status ${status}`
  if (text.includes('SECRET')) return 'names a person'
  if (method === 'HEAD') return text === '' ? undefined : 'a HEAD has a body'
  const body = JSON.parse(text) as { meta?: { testMode?: boolean }; response?: { resultSets?: readonly AnySet[] } }
  if (isValidated) assertValidIfBeacon(`${node.url}/beacon/v2${path.replace(/[?].*/, '')}`, body)
  const sets = body.response?.resultSets ?? []
  if (body.meta?.testMode) return sets.every(({ id }) => id === 'test-mode') ? undefined : 'test mode sees real data'
  for (const { id, resultsCount, results = [], info } of sets) {
    if (id === 'closed') return 'a dataset that may not be asked answers'
    if (id === 'vague' && (resultsCount !== undefined || info?.counts)) return 'yes or no became a count'
    if (id !== 'open' && results.length > 0) return 'a count became records'
  }
  return undefined
}

test(
  `${CASES} requests of nonsense: never a fault of the node, never an answer that is not valid, never more than is granted`,
  async () => {
    const random = createRandom(SEED)
    const cases = Array.from({ length: CASES }, () => fuzzRequest(random))
    const statuses = new Map<number, number>()
    const wrong: object[] = []
    await forEachConcurrently(cases, AT_ONCE, async (sent, index) => {
      const got = await send(sent)
      statuses.set(got.status, (statuses.get(got.status) ?? 0) + 1)
      let fault: string | undefined
      try {
        fault = findFault(sent, got, index % VALIDATED_EVERY === 0)
      } catch (error) {
        fault = String(error)
      }
      if (fault !== undefined && wrong.length < 20) wrong.push({ fault, ...sent, answer: got.text.slice(0, 300) })
    })
    expect(wrong).toEqual([])
    // Both sides of the line are reached: enough is right to be answered, and enough is not.
    expect(statuses.get(200)).toBeGreaterThan(CASES / 10)
    expect(statuses.get(400)).toBeGreaterThan(CASES / 10)
    expect([...statuses.keys()].filter((status) => ![200, 400, 401, 403, 404, 405, 415].includes(status))).toEqual([])
    const alive = await send({
      method: 'GET',
      path: '/g_variants/GRCh38-1-100-A-C?requestedGranularity=count&datasets=open',
      contentType: '',
    })
    expect(alive).toMatchObject({ status: 200, text: expect.stringContaining('"individuals":2') })
  },
  10 * MINUTE,
)
