import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { HubConfig } from '../schemas/index.js'
import { createFixtureNetwork } from './support/fixture-network.js'
import { postJson } from './support/http-client.js'
import { runCommand } from './support/processes.js'
import { startStandInNetwork, type StandInNetwork } from './support/stand-in-network.js'

const MINUTE = 60_000
const AT_ONCE = 120
const MAXIMUM_QUESTIONS = 8
const HTTP_OK = 200
const HTTP_TOO_MANY_REQUESTS = 429

/** An allele; another one for another position. */
function question(start: number): object {
  const gVariant = {
    assemblyId: 'GRCh38',
    referenceName: '17',
    start: [start],
    referenceBases: 'T',
    alternateBases: 'C',
  }
  return {
    meta: { apiVersion: 'v2.2.0' },
    query: { requestParameters: { g_variant: gVariant }, requestedGranularity: 'count' },
  }
}

interface Answer {
  readonly info?: {
    readonly complete: boolean
    readonly regions: readonly { readonly name: string; readonly status: string; readonly reason?: string }[]
    readonly total: { readonly counts?: { readonly individuals: number } }
  }
  readonly error?: { readonly errorCode: number; readonly reason?: string }
}

const directory = mkdtempSync(join(tmpdir(), 'fyr-crowd-'))
const networks: StandInNetwork[] = []

async function start(
  name: string,
  behaviours: Parameters<typeof startStandInNetwork>[1],
  rest: Partial<HubConfig>,
): Promise<StandInNetwork> {
  const network = await startStandInNetwork(join(directory, name), behaviours, rest)
  networks.push(network)
  return network
}

afterAll(async () => {
  for (const network of networks) await network.stop()
  rmSync(directory, { recursive: true, force: true })
}, MINUTE)

describe('a crowd before a hub of four regions, each a process', () => {
  let network: StandInNetwork
  const ask = async (start: number) => {
    const { status, body } = await postJson(`${network.hub.url}/beacon/v2/g_variants`, question(start))
    return { status, body: body as Answer }
  }

  beforeAll(async () => {
    const regions = ['healthy', 'healthy', 'healthy', 'healthy'] as const
    network = await start('crowd', regions, { maximumQuestions: MAXIMUM_QUESTIONS, logLevel: 'silent' })
  }, MINUTE)

  test(
    'every question is answered by all regions or refused with 429, and none in part',
    async () => {
      const replies = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => ask(1_000 + i)))
      const seen = replies.map(({ status, body }) => ({
        status,
        complete: body.info?.complete,
        people: body.info?.total.counts?.individuals,
        reason: body.error?.reason,
      }))
      const answered = seen.filter(({ status }) => status === HTTP_OK)
      for (const one of answered) expect(one).toMatchObject({ complete: true, people: 16 })
      const refused = seen.filter(({ status }) => status === HTTP_TOO_MANY_REQUESTS)
      for (const one of refused) expect(one).toMatchObject({ reason: 'rate_limited', complete: undefined })
      expect(answered.length).toBeGreaterThanOrEqual(MAXIMUM_QUESTIONS)
      expect(answered.length + refused.length).toBe(AT_ONCE)
    },
    MINUTE,
  )

  test('when the crowd has gone, a question is answered as before', async () => {
    expect(await ask(5_000)).toMatchObject({ status: HTTP_OK, body: { info: { complete: true } } })
  })
})

describe('a hub of which most regions are bad', () => {
  const BEHAVIOURS = ['healthy', 'hang', 'refuse', 'html', 'broken-json', 'noise', 'huge', 'drip'] as const
  const STATUSES = {
    healthy: 'answered',
    hang: 'timed-out',
    refuse: 'unreachable',
    html: 'invalid',
    'broken-json': 'invalid',
    noise: 'invalid',
    huge: 'invalid',
    drip: 'timed-out',
  }

  test(
    'names each, leaves it alone after its failures, and stays incomplete; fyr never says "nobody"',
    async () => {
      const { hub } = await start('bad', BEHAVIOURS, {
        deadlineMs: 400,
        breaker: { failures: 2, coolDownMs: 600_000 },
        logLevel: 'silent',
      })
      for (const round of [0, 1, 2, 3]) {
        const { status, body } = await postJson(`${hub.url}/beacon/v2/g_variants`, question(1_000 + round))
        const { info } = body as Answer
        expect(status).toBe(HTTP_OK)
        expect(info?.complete).toBe(false)
        const statuses = info?.regions.map(({ name, status: its }) => [name.replace(/^r\d+-/, ''), its])
        expect(Object.fromEntries(statuses ?? [])).toEqual(STATUSES)
        const leftAlone = info?.regions.filter(({ reason }) => reason?.startsWith('was not asked, because it failed'))
        expect(leftAlone).toHaveLength(round < 2 ? 0 : BEHAVIOURS.length - 1)
      }
      const printed = await runCommand('hub/client/main.js', 'variant', '17-43045712-T-C', '--hub', hub.url)
      expect(printed).toMatchObject({ code: 0, stderr: '' })
      expect(printed.stdout).toContain('at least 4, upper bound unknown')
      expect(printed.stdout).toContain('was not asked, because it failed the last 2 times (refused the connection)')
    },
    MINUTE,
  )

  test(
    'region check says of each why it is not well, with exit code 1',
    async () => {
      await start('check', BEHAVIOURS, { deadlineMs: 400, logLevel: 'silent' })
      const { code, stdout } = await runCommand('hub/main.js', 'region', 'check', join(directory, 'check'))
      expect(code).toBe(1)
      const lines = stdout.trim().split('\n')
      expect(lines).toHaveLength(BEHAVIOURS.length)
      // A stand-in knows variants alone, so that not even the healthy one passes.
      for (const line of lines) expect(line).toMatch(/^se\.fyr\.r\d\d-\S+ +FAILED .* ms {2}\S/)
    },
    MINUTE,
  )
})

test(
  'region check finds a node of ours well, with exit code 0',
  async () => {
    const fixtures = createFixtureNetwork()
    try {
      const { url } = await fixtures.startNode('norr', [])
      await fixtures.startHub('hub', [['norr', `${url}/beacon/v2`]])
      const { code, stdout } = await runCommand('hub/main.js', 'region', 'check', join(fixtures.directory, 'hub'))
      expect(stdout).toMatch(/^se\.fyr\.norr {2}ok {6}v2\.\d\.\d {2}\d+ ms {2}clock [+-]\d s\n$/)
      expect(code).toBe(0)
    } finally {
      await fixtures.stop()
    }
  },
  MINUTE,
)
