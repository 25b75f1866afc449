import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { runHubCli } from '../cli.js'
import {
  hang,
  hubConfig,
  json,
  startRegion,
  stoppedRegion,
  type Behaviour,
  type FakeRegion,
} from '../testing/fake-region.js'
import { drip, ID, INVALID } from '../testing/hostile-regions.js'
import { checkRegions, type RegionCheck } from './check-regions.js'
import { renderChecks } from './render-checks.js'

const CLOCKS = { now: () => performance.now(), wallClock: () => Date.now() }

const toClose: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close()
})

async function region(id: string, behaviour: Behaviour): Promise<FakeRegion> {
  const started = await startRegion(id, behaviour)
  toClose.push(() => started.close())
  return started
}

const META = { beaconId: ID, apiVersion: 'v2.2.0', returnedSchemas: [] }
const INFO = { meta: META, response: { id: ID, name: 'Norr', apiVersion: 'v2.2.0' } }
const SERVICE_INFO = { id: ID, name: 'Norr', type: { group: 'org.ga4gh', artifact: 'beacon', version: '2.1.1' } }
const MAP = {
  meta: META,
  response: {
    endpointSets: {
      genomicVariant: { entryType: 'genomicVariant', rootUrl: 'https://x.example/beacon/v2/g_variants' },
    },
  },
}
const ENTRY_TYPES = { meta: META, response: { entryTypes: { genomicVariant: { id: 'genomicVariant' } } } }

/** A Beacon with these documents, and HTTP 404 for the others. */
function beacon(documents: Readonly<Record<string, object>>, date?: string): Behaviour {
  return (request, response) => {
    if (date !== undefined) response.setHeader('date', date)
    const document = documents[(request.url ?? '').replace('/beacon/v2', '')]
    json(document ?? { error: { errorCode: 404, errorMessage: 'x' } }, document ? 200 : 404)(request, response)
  }
}

const WELL = { '/info': INFO, '/map': MAP, '/entry_types': ENTRY_TYPES }

async function check(behaviour: Behaviour, rest: Parameters<typeof hubConfig>[1] = {}): Promise<RegionCheck> {
  const { config } = await region(ID, behaviour)
  const [first] = await checkRegions(hubConfig([config], rest), CLOCKS)
  return first!
}

describe('a region that is well', () => {
  test.each([
    ['with /info and /map', { '/info': INFO, '/map': MAP }, 'v2.2.0'],
    ['with /info and /entry_types', { '/info': INFO, '/entry_types': ENTRY_TYPES }, 'v2.2.0'],
    ['with /service-info in the place of /info', { '/service-info': SERVICE_INFO, '/map': MAP }, '2.1.1'],
  ])('%s', async (_what, documents, apiVersion) => {
    const found = await check(beacon(documents))
    expect(found).toMatchObject({ id: ID, ok: true, problems: [], apiVersion })
    expect(Math.abs(found.clockDifferenceSeconds!)).toBeLessThanOrEqual(5)
  })

  test('is asked by GET, without a body', async () => {
    const { config, requests } = await region(ID, beacon(WELL))
    await checkRegions(hubConfig([config]), CLOCKS)
    expect(requests.map(({ path, body }) => path + body)).toEqual(['/beacon/v2/info', '/beacon/v2/map'])
  })
})

describe('what is not well is said', () => {
  const wrongId = { ...INFO, meta: { ...META, beaconId: 'se.fyr.syd' } }
  const wrongInnerId = { ...INFO, response: { ...INFO.response, id: 'se.fyr.syd' } }
  const version = (apiVersion: unknown) => ({ ...WELL, '/info': { ...INFO, meta: { ...META, apiVersion } } })

  test.each<[string, Behaviour, RegExp]>([
    ['another beaconId', beacon({ ...WELL, '/info': wrongId }), /^answers under another id/],
    ['another id of the Beacon', beacon({ ...WELL, '/info': wrongInnerId }), /^answers under another id/],
    ['another id of the service', beacon({ '/service-info': { ...SERVICE_INFO, id: 'x' }, '/map': MAP }), /another id/],
    ['Beacon v1', beacon(version('v1.0.0')), /^speaks Beacon v1\.0\.0, not version 2$/],
    ['no version', beacon(version(undefined)), /^names no Beacon version$/],
    ['a version of ten thousand letters', beacon(version('v'.repeat(10_000))), /^names no Beacon version$/],
    ['a version that commands the terminal', beacon(version('v2.0\u001b[2J')), /^names no Beacon version$/],
    ['no variants', beacon({ '/info': INFO, '/map': { response: {} }, '/entry_types': {} }), /^offers no g_variants/],
    ['neither map nor entry types', beacon({ '/info': INFO }), /^\/map answered HTTP 404$/],
    ['no document at all', beacon({}), /^\/service-info answered HTTP 404$/],
    ['a clock that is behind', beacon(WELL, 'Thu, 01 Jan 2015 00:00:00 GMT'), /^its clock is -\d+ s from ours$/],
    ['a hanging region', hang, /^timed-out: did not answer in time$/],
    ['a dripping region', drip, /^timed-out: did not answer in time$/],
    ['a reset', (request) => request.socket.destroy(), /^unreachable: broke the connection$/],
  ])('%s', async (_what, behaviour, problem) => {
    const found = await check(behaviour, { deadlineMs: 300 })
    expect(found.ok).toBe(false)
    expect(found.problems).toHaveLength(1)
    expect(found.problems[0]).toMatch(problem)
  })

  test.each(INVALID)('%s is not well', async (_what, behaviour) => {
    const found = await check(behaviour, { deadlineMs: 300 })
    expect(found.ok).toBe(false)
    expect(found.problems.join()).not.toMatch(/secret|<|\[/)
  })

  test('a stopped server, an unknown host, and a name that resolves to a private address', async () => {
    const stopped = await stoppedRegion(ID)
    const unknown = { id: 'se.fyr.syd', name: 'Syd', url: 'http://syd.invalid/beacon/v2' }
    const outcomes = await checkRegions(hubConfig([stopped.config, unknown]), CLOCKS)
    expect(outcomes.map(({ problems }) => problems[0])).toEqual([
      'unreachable: refused the connection',
      expect.stringMatching(/^unreachable: /),
    ])
    const named = await region(ID, beacon(WELL))
    const config = { ...named.config, url: named.config.url.replace('127.0.0.1', 'beacon.example.org') }
    const [rebound] = await checkRegions(hubConfig([config], { allowPrivate: false }), CLOCKS, (_host, _o, callback) =>
      callback(null, [{ address: '127.0.0.1', family: 4 }]),
    )
    expect(rebound!.problems).toEqual([expect.stringContaining('private')])
    expect(named.requests).toHaveLength(0)
  })

  test('a region without a Date header is well, and its clock is unknown', async () => {
    const found = await check((request, response) => {
      response.sendDate = false
      beacon(WELL)(request, response)
    })
    expect(found).toMatchObject({ ok: true })
    expect(found).not.toHaveProperty('clockDifferenceSeconds')
    expect(renderChecks([found])).toMatch(/clock unknown\n$/)
  })
})

describe('fyr-hub region check', () => {
  async function run(regions: readonly FakeRegion[], ...more: string[]) {
    const directory = join(mkdtempSync(join(tmpdir(), 'fyr-check-')), 'hub')
    toClose.push(() => rmSync(join(directory, '..'), { recursive: true }))
    let [out, err] = ['', '']
    const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) }
    await runHubCli(['init', directory, '--id', 'se.fyr.hub', '--name', 'Fyr', '--allow-private'], io)
    for (const { config } of regions) {
      const options = ['--id', config.id, '--name', config.name, '--url', config.url]
      await runHubCli(['region', 'add', directory, ...options], io)
    }
    out = ''
    const exitCode = await runHubCli(['region', 'check', directory, ...more], io)
    return { exitCode, out, err }
  }

  test('prints a line for each region, and ends with 0 when all are well', async () => {
    const { exitCode, out, err } = await run([await region(ID, beacon(WELL))])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/^se\.fyr\.norr {2}ok {6}v2\.2\.0 {2}\d+ ms {2}clock [+-]\d s\n$/)
  })

  test('ends with 1 when one is not, and says which and why', async () => {
    const regions = [await region(ID, beacon(WELL)), await stoppedRegion('se.fyr.syd')]
    const { exitCode, out, err } = await run(regions)
    expect(exitCode).toBe(1)
    expect(out).toMatch(/^se\.fyr\.norr {2}ok /)
    expect(out).toMatch(/^se\.fyr\.syd {3}FAILED {2}- +\d+ ms {2}unreachable: refused the connection$/m)
    expect(err).toBe('fyr-hub: 1 of 2 regions: something is not well\n')
    const json = await run(regions, '--json')
    expect(json.exitCode).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject([
      { id: ID, ok: true, problems: [], apiVersion: 'v2.2.0' },
      { id: 'se.fyr.syd', ok: false, problems: ['unreachable: refused the connection'] },
    ])
  })

  test('a hub without regions has nothing that is not well', async () => {
    expect(await run([])).toEqual({ exitCode: 0, out: 'no regions\n', err: '' })
  })
})
