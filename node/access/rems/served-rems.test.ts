// Over 300 lines: a stand-in of REMS, and a table with each way in which it can misbehave.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { AccessConfig } from '../../../schemas/index.js'
import { runCli } from '../../cli.js'
import { createNode, type RunningNode } from '../../create-node.js'
import { startListener } from '../../listener.js'
import { createNodeFixture, toVcf, type NodeFixture } from '../../testing/node-fixture.js'
import { NODE } from '../testing/access-fixture.js'
import { startTestIssuer, type TestIssuer } from '../testing/test-issuer.js'

const PREFIX = `${NODE}/access/`
const PROJECT = 'urn:ngp:project:2026-017'
const API_KEY = 'the-key-of-rems-0001'
const KEPT_MS = 5 * 60_000

let fixture: NodeFixture
let broker: TestIssuer
let issuer: TestIssuer
let node: RunningNode
let url: string
let clock: number

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A REMS: who has which resources, behind an API key, as signed visas in `ga4gh_passport_v1`. */
let rems: Server
let remsUrl: string
/** Ids of resources by user. */
const entitlements = new Map<string, readonly string[]>()
const asked: string[] = []
/** Takes the place of what it says of permissions; undefined: it answers as it should. */
let misbehaves: Answer | undefined

const toVisas = (user: string, values: readonly string[]) =>
  Promise.all(values.map((value) => issuer.toVisa({ value, by: 'dac' }, { claims: { sub: user } })))

async function answerPermissions(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked.push(request.url ?? '')
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://rems.test')
  const [, user] = /^\/api\/permissions\/([^/]+)$/.exec(pathname) ?? []
  const isKnown = request.headers['x-rems-api-key'] === API_KEY && request.headers['x-rems-user-id'] === 'fyr'
  if (user === undefined || searchParams.get('expired') !== 'false')
    return void response.writeHead(404).end('not found')
  if (!isKnown) return void response.writeHead(401).end('unauthorized')
  if (misbehaves) return misbehaves(request, response)
  const id = decodeURIComponent(user)
  const visas = await toVisas(id, entitlements.get(id) ?? [])
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify({ ga4gh_passport_v1: visas }))
}

async function startRems(port = 0): Promise<void> {
  rems = createServer((request, response) => void answerPermissions(request, response))
  remsUrl = await startListener(rems, '127.0.0.1', port)
}

function stopRems(): Promise<void> {
  rems.closeAllConnections()
  return new Promise((resolve) => rems.close(() => resolve()))
}

beforeAll(async () => {
  clock = Date.now()
  const seconds = () => Math.floor(clock / 1000)
  broker = await startTestIssuer('broker', seconds)
  issuer = await startTestIssuer('rems', seconds, 'RS256')
  await startRems()
  fixture = createNodeFixture()
  const vcf = toVcf(['a', 'b', 'c'], ['1 100 . A C . PASS . GT 0/1 1/1 0/0'])
  for (const [id, access] of [
    ['open', 'public'],
    ['blood', 'controlled'],
  ] as const) {
    fixture.addDataset(id, { access })
    await fixture.ingest(id, [vcf])
  }
  const said = join(fixture.directory, 'statuses.csv')
  const rows = ['a', 'b', 'c'].map((name) => `${name},research_consent,allow,a test`)
  writeFileSync(said, ['name,kind,effect,source', ...rows, ''].join('\n'))
  const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  expect(await runCli(['consent', 'import', fixture.directory, said])).toBe(0)
  written.mockRestore()
  writeFileSync(join(fixture.directory, 'rems-key'), `${API_KEY}\n`)
  const access: AccessConfig = {
    trust: 'passport',
    audience: NODE,
    brokers: [{ issuer: broker.issuer, jwksUri: broker.jwksUri }],
    visaIssuers: [
      {
        issuer: issuer.issuer,
        jku: [issuer.jwksUri],
        types: ['ControlledAccessGrants'],
        sources: [issuer.issuer],
        valuePrefix: PREFIX,
        subjectsOf: broker.issuer,
      },
    ],
    rems: [{ url: remsUrl, apiKeyFile: 'rems-key', userId: 'fyr', issuer: issuer.issuer }],
    allowPrivate: true,
  }
  node = await createNode(
    { ...fixture.config, access },
    { directory: fixture.directory, now: () => new Date(clock), logTo: { write: () => undefined } },
  )
  url = (await node.listen()).url
})
afterAll(async () => {
  await node.close()
  await fixture.remove()
  await Promise.all([broker.close(), issuer.close(), stopRems()])
})
beforeEach(() => {
  // Nothing that was learnt before is kept.
  clock += KEPT_MS + 1_000
  entitlements.clear()
  asked.length = 0
})
afterEach(() => {
  misbehaves = undefined
})

interface Told {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: {
    readonly error?: { readonly errorCode: number; readonly errorMessage: string }
    readonly response?: {
      readonly resultSets?: readonly {
        readonly id: string
        readonly results?: readonly unknown[]
        readonly info?: { readonly counts?: { readonly individuals?: number } }
      }[]
    }
  }
}

const QUERY = 'referenceName=1&assemblyId=GRCh38&start=99&referenceBases=A&alternateBases=C'

interface Who {
  readonly sub?: string
  /** Resources of which the Passport has visas of REMS. */
  readonly visas?: readonly string[]
  readonly project?: string | undefined
}

async function ask(
  { sub = 'alice', visas = [], project = PROJECT }: Who,
  { granularity = 'record', dataset = 'blood' }: { granularity?: string; dataset?: string | null } = {},
): Promise<Told> {
  const token = await broker.toPassport(await toVisas(sub, visas), NODE, { claims: { sub } })
  const named = dataset === null ? '' : `&datasets=${dataset}`
  const response = await fetch(`${url}/beacon/v2/g_variants?${QUERY}&requestedGranularity=${granularity}${named}`, {
    headers: { authorization: `Bearer ${token}`, 'ngp-purpose': 'HRESCH', 'ngp-project': project },
  })
  const retryAfter = response.headers.get('retry-after')
  return { status: response.status, retryAfter, body: (await response.json()) as Told['body'] }
}

const COUNT = `${PREFIX}count/blood`
const RECORD = `${PREFIX}record/blood`
const setsOf = ({ body }: Told) =>
  (body.response?.resultSets ?? []).map(({ id, results = [], info }) => [id, info?.counts?.individuals, results.length])
const lastAudit = () =>
  JSON.parse(readFileSync(join(fixture.directory, 'audit/audit.ndjson'), 'utf8').trim().split('\n').at(-1)!) as object

describe('an entitlement', () => {
  test('of counts gives counts, whatever is asked', async () => {
    entitlements.set('alice', [COUNT])
    const told = await ask({ visas: [COUNT] })
    expect([told.status, setsOf(told)]).toEqual([200, [['blood', 2, 0]]])
    expect(asked).toEqual(['/api/permissions/alice?expired=false'])
    expect(lastAudit()).toMatchObject({
      outcome: 'answered',
      project: PROJECT,
      grants: [`rems:${issuer.issuer}:count/blood`],
    })
  })

  test('of records gives records', async () => {
    entitlements.set('alice', [RECORD])
    const told = await ask({ visas: [RECORD] })
    expect([told.status, setsOf(told)]).toEqual([200, [['blood', 2, 1]]])
  })

  test('of somebody whose name is no path is theirs', async () => {
    const sub = 'alice/../bob?x=1#å'
    entitlements.set(sub, [COUNT])
    expect((await ask({ sub, visas: [COUNT] })).status).toBe(200)
    expect(asked).toEqual([`/api/permissions/${encodeURIComponent(sub)}?expired=false`])
  })

  test.each<[string, Who, () => unknown]>([
    ['that REMS does not have', { visas: [COUNT] }, () => undefined],
    ['of somebody else', { visas: [COUNT] }, () => entitlements.set('bob', [COUNT])],
    ['of which there is no visa', { visas: [] }, () => entitlements.set('alice', [COUNT])],
    ['of another resource', { visas: [COUNT] }, () => entitlements.set('alice', [`${PREFIX}count/other`])],
    ['of less than the visa says', { visas: [RECORD] }, () => entitlements.set('alice', [COUNT])],
  ])('%s opens nothing: the dataset is not there', async (_, who, prepare) => {
    prepare()
    expect((await ask(who)).status).toBe(404)
    const told = await ask(who, { dataset: null })
    expect([told.status, setsOf(told).map(([id]) => id)]).toEqual([200, ['open']])
  })

  test('that was taken back is gone at the first request after the time that an answer is kept', async () => {
    entitlements.set('alice', [COUNT])
    expect((await ask({ visas: [COUNT] })).status).toBe(200)
    entitlements.clear()
    clock += KEPT_MS - 1_000
    expect((await ask({ visas: [COUNT] })).status).toBe(200)
    expect(asked).toHaveLength(1)
    clock += 1_000
    expect((await ask({ visas: [COUNT] })).status).toBe(404)
    expect(asked).toHaveLength(2)
  })

  test('that was given counts at the first request after that time', async () => {
    expect((await ask({ visas: [COUNT] })).status).toBe(404)
    entitlements.set('alice', [COUNT])
    clock += KEPT_MS
    expect((await ask({ visas: [COUNT] })).status).toBe(200)
  })
})

/** Who needs REMS is told that it cannot be asked; nobody else notices. */
async function expectUnavailable(): Promise<void> {
  for (const dataset of ['blood', 'open', null]) {
    const told = await ask({ visas: [COUNT] }, { dataset })
    expect([told.status, told.retryAfter, told.body.error?.errorCode]).toEqual([503, '5', 503])
    expect(told.body.error!.errorMessage).toBe('what was granted elsewhere cannot be checked just now; ask again later')
    expect(lastAudit()).toMatchObject({ outcome: 'denied', exists: false })
  }
  const before = asked.length
  expect((await ask({ sub: 'bob' }, { dataset: 'open' })).status).toBe(200)
  expect((await ask({ sub: 'bob' })).status).toBe(404)
  const nobody = await fetch(`${url}/beacon/v2/g_variants?${QUERY}`)
  expect(nobody.status).toBe(200)
  expect((await fetch(`${url}/beacon/v2/datasets`)).status).toBe(200)
  expect(asked).toHaveLength(before)
}

describe('503 for who needs a REMS, and nothing for others,', () => {
  const json =
    (text: string, status = 200): Answer =>
    (_request, response) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  let redirected = 0
  const target = createServer((_request, response) => {
    redirected++
    response.end('{"ga4gh_passport_v1":[]}')
  })
  let targetUrl = ''
  beforeAll(async () => {
    targetUrl = await startListener(target, '127.0.0.1', 0)
  })
  afterAll(() => new Promise((resolve) => target.close(resolve)))

  test.each<[string, Answer]>([
    ['says 401: its key is another', json('unauthorized', 401)],
    ['says 403', json('{"error":"forbidden"}', 403)],
    ['says 404', json('not found', 404)],
    ['says 500', json('{}', 500)],
    ['says 204', (_request, response) => void response.writeHead(204).end()],
    ['answers with a page', json('<!doctype html><title>REMS</title>')],
    ['answers with nothing', json('')],
    ['answers with half of it', json('{"ga4gh_passport_v1":["a.b')],
    ['answers with null', json('null')],
    ['answers with a list', json('[]')],
    ['answers with an object in place of the list', json('{"ga4gh_passport_v1":{"0":"x"}}')],
    ['answers with a text in place of the list', json('{"ga4gh_passport_v1":"x"}')],
    ['names the list twice', json('{"ga4gh_passport_v1":[],"ga4gh_passport_v1":[]}')],
    [
      'sends elsewhere',
      (_request, response) => void response.writeHead(302, { location: `${targetUrl}/api/permissions/alice` }).end(),
    ],
    ['breaks the connection', (request) => void request.socket.destroy()],
    [
      'breaks it in the middle',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"ga4gh', () => request.socket.destroy())
      },
    ],
    [
      'answers without end',
      (_request, response) => {
        const more = () => {
          while (!response.destroyed && response.write(' '.repeat(65_536)));
        }
        response.on('drain', more)
        more()
      },
    ],
  ])('when it %s', async (_, answer) => {
    entitlements.set('alice', [COUNT])
    misbehaves = answer
    await expectUnavailable()
    expect(redirected).toBe(0)
    // What went wrong is not kept.
    misbehaves = undefined
    expect((await ask({ visas: [COUNT] })).status).toBe(200)
  })

  test.each<[string, Answer]>([
    ['does not answer', () => undefined],
    [
      'answers a letter at a time',
      (_request, response) => {
        const timer = setInterval(() => response.write(' '), 200)
        response.on('close', () => clearInterval(timer))
      },
    ],
  ])('when it %s within five seconds', async (_, answer) => {
    misbehaves = answer
    const began = performance.now()
    const told = await ask({ visas: [COUNT] })
    expect([told.status, told.retryAfter]).toEqual([503, '5'])
    expect(performance.now() - began).toBeGreaterThan(4_500)
    // Others do not wait with it.
    const waiting = ask({ visas: [COUNT] })
    expect((await ask({ sub: 'bob' }, { dataset: 'open' })).status).toBe(200)
    expect((await waiting).status).toBe(503)
  })

  test('when it is down, until it is up again', async () => {
    entitlements.set('alice', [COUNT])
    const port = Number(new URL(remsUrl).port)
    await stopRems()
    await expectUnavailable()
    await startRems(port)
    expect((await ask({ visas: [COUNT] })).status).toBe(200)
  })

  test('what it said before serves while it is down, and no longer than it is kept', async () => {
    entitlements.set('alice', [COUNT])
    expect((await ask({ visas: [COUNT] })).status).toBe(200)
    misbehaves = json('{}', 500)
    clock += KEPT_MS - 1_000
    expect((await ask({ visas: [COUNT] })).status).toBe(200)
    clock += 1_000
    expect((await ask({ visas: [COUNT] })).status).toBe(503)
  })
})

test.each<[string, () => Promise<readonly unknown[]> | readonly unknown[]]>([
  ['what is no visa', () => [1, null, {}, 'x', 'a.b.c', 'e30.e30.c2ln']],
  ['visas of somebody else', () => toVisas('bob', [COUNT])],
  [
    'visas of another issuer',
    async () => [await issuer.toVisa({ value: COUNT }, { claims: { iss: 'https://other.test/', sub: 'alice' } })],
  ],
  [
    'visas that are over',
    async () => [
      await issuer.toVisa({ value: COUNT }, { claims: { exp: Math.floor(clock / 1000) - 1, sub: 'alice' } }),
    ],
  ],
])('a list of %s confirms nothing: the dataset is not there', async (_, visas) => {
  const list = await visas()
  misbehaves = (_request, response) => void response.end(JSON.stringify({ ga4gh_passport_v1: list }))
  expect((await ask({ visas: [COUNT] })).status).toBe(404)
})
