import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHub } from '../hub/create-hub.js'
import type { HubConfig } from '../schemas/index.js'
import { quickestOf } from '../schemas/testing/quickest.js'
import { createFixtureNetwork } from './support/fixture-network.js'
import { postJson } from './support/http-client.js'
import { assertValidAnswer } from './support/valid-answer.js'
import { runCommand } from './support/processes.js'

const MINUTE = 60_000
const DEADLINE_MS = 500
/** What the hub may take beyond its deadline to write the answer. */
const MARGIN_MS = 100
const VARIANT = '17-43045712-T-C'
const QUESTION = {
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
    requestedGranularity: 'count',
  },
}

interface NetworkInfo {
  readonly regions: readonly { readonly name: string; readonly status: string; readonly elapsedMs: number }[]
  readonly total: { readonly exists: boolean; readonly bounds: { readonly individuals: object } }
}

const network = createFixtureNetwork()
const servers: Server[] = []
const urls = new Map<string, string>()

function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler)
  servers.push(server)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/beacon/v2`)
    })
  })
}

function dataset(genotypes: string) {
  return { samples: ['a', 'b'], lines: [`17 43045712 . T C . PASS . GT ${genotypes}`] }
}

beforeAll(async () => {
  const start = async (name: string, datasets: Parameters<typeof network.startNode>[1]) => {
    urls.set(name, `${(await network.startNode(name, datasets)).url}/beacon/v2`)
  }
  await start('hit', [{ id: 'd', vcf: dataset('0/1 1/1') }])
  await start('miss', [{ id: 'd', vcf: dataset('0/0 0/0') }])
  await start('says-no', [{ id: 'd', granularity: 'boolean', vcf: dataset('0/0 0/0') }])
  await start('closed', [{ id: 'd', access: 'controlled', vcf: dataset('0/1 1/1') }])
  await start('miss-and-closed', [
    { id: 'open', vcf: dataset('0/0 0/0') },
    { id: 'd', access: 'controlled', vcf: dataset('0/1 1/1') },
  ])
  await start('other', [{ id: 'd', assembly: 'GRCh37', vcf: dataset('0/1 1/1') }])
  await start('empty', [])
  const stopped = await network.startNode('stopped', [])
  urls.set('stopped', `${stopped.url}/beacon/v2`)
  await stopped.stop()
  urls.set('hanging', await listen(() => undefined))
  urls.set(
    'html',
    await listen((_, response) => void response.setHeader('content-type', 'text/html').end('<h1>Welcome</h1>')),
  )
}, 3 * MINUTE)

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await network.stop()
})

const STATUSES: Readonly<Record<string, string>> = {
  closed: 'refused',
  other: 'other-assembly',
  stopped: 'unreachable',
  hanging: 'timed-out',
  html: 'invalid',
}

function toConfig(names: readonly string[]): HubConfig {
  return {
    id: 'se.fyr.hub',
    name: 'Fyr',
    organization: { id: 'fyr', name: 'Fyr' },
    environment: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    deadlineMs: DEADLINE_MS,
    maximumResponseBytes: 1 << 20,
    allowPrivate: true,
    logLevel: 'silent',
    regions: names.map((name) => ({ id: `se.fyr.${name}`, name, url: urls.get(name)! })),
  }
}

describe('a network of which regions fail', () => {
  test.each([
    [['hit', 'miss'], 0],
    [['hit', 'stopped', 'hanging', 'html'], 0],
    [['miss', 'says-no', 'empty'], 3],
    [['miss', 'stopped'], 4],
    [['miss', 'hanging'], 4],
    [['miss', 'html'], 4],
    [['miss', 'stopped', 'hanging', 'html'], 4],
    [['miss', 'closed'], 4],
    [['miss', 'other'], 4],
    [['miss-and-closed'], 4],
    [['stopped'], 1],
    [['hanging'], 1],
    [['html'], 1],
    [['closed', 'other'], 1],
    [['stopped', 'hanging', 'html'], 1],
    [[], 1],
  ] as const)(
    '%j: each region by its status, within the deadline; exit code %i',
    async (names, exitCode) => {
      const hub = await createHub(toConfig(names))
      const { url } = await hub.listen()
      const { result, elapsedMs } = await quickestOf(3, () => postJson(`${url}/beacon/v2/g_variants`, QUESTION))
      const { status, body } = result
      expect(status).toBe(200)
      assertValidAnswer('/g_variants', body)
      const { info } = body as { info: NetworkInfo }
      expect(Object.fromEntries(info.regions.map((region) => [region.name, region.status]))).toEqual(
        Object.fromEntries(names.map((name) => [name, STATUSES[name] ?? 'answered'])),
      )
      expect(elapsedMs).toBeLessThan(DEADLINE_MS + MARGIN_MS)
      const printed = await runCommand('hub/client/main.js', 'variant', VARIANT, '--hub', url)
      expect({ names, code: printed.code, stderr: printed.stderr }).toEqual({ names, code: exitCode, stderr: '' })
      expect(printed.stdout).toContain('GRCh38')
      await hub.close()
    },
    MINUTE,
  )

  test('wrong usage is exit code 2', async () => {
    for (const args of [
      ['variant'],
      ['variant', 'nonsense'],
      ['variant', VARIANT, '--assembly', 'NCBI36'],
      ['frobnicate'],
    ]) {
      expect(await runCommand('hub/client/main.js', ...args)).toMatchObject({ code: 2, stdout: '' })
    }
  })
})
