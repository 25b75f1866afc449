import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startListener } from '../../listener.js'
import { createJsonClient, type JsonClient } from '../passport/fetch-json.js'
import type { Person, Visa } from '../person.js'
import type { Tag } from '../register/register-types.js'
import type { AccessRules } from '../rules.js'
import { EMPTY } from '../../variants/bitmap.js'
import { addGrants, createRemsGrants, type RemsGrants, type RemsSettings } from './rems-grants.js'

const ISSUER = 'https://rems.invalid/'
const BROKER = 'https://broker.invalid/oidc'
const PREFIX = 'https://node.invalid/access/'
const PROJECT = 'urn:ngp:project:2026-017'
const TAG: Tag = {
  name: 'T',
  dac: 'D',
  purposes: ['HRESCH', 'PUBHLTH'],
  highestLevel: 'record',
  to: '2030-01-01T00:00:00.000Z',
}

const NO_RULES = {
  grantsOf: () => [],
  tagged: () => ({ datasets: new Set<string>(), individuals: EMPTY, files: new Set<string>() }),
  pauseOf: () => undefined,
} as Partial<AccessRules> as AccessRules

let directory: string
let server: Server
let url: string
let client: JsonClient
let at: Date
let requests: { readonly url: string | undefined; readonly headers: IncomingMessage['headers'] }[]
/** What REMS says that people have: values of visas by user. */
let permissions: Map<string, readonly string[]>
let reply: { status: number; body?: string; location?: string }
let claims: object

const toVisaText = (user: string, value: string) => {
  const object = { type: 'ControlledAccessGrants', value, source: ISSUER, by: 'dac', asserted: 1 }
  const payload = { iss: ISSUER, sub: user, exp: at.getTime() / 1000 + 3600, ga4gh_visa_v1: object, ...claims }
  return `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fyr-rems-'))
  writeFileSync(join(directory, 'key'), 'rems-api-key\n')
  at = new Date('2026-03-01T12:00:00Z')
  requests = []
  permissions = new Map()
  reply = { status: 200 }
  claims = {}
  server = createServer((request, response) => {
    requests.push({ url: request.url, headers: request.headers })
    const [, user] = /^\/rems\/api\/permissions\/([^/?]+)\?expired=false$/.exec(request.url ?? '') ?? []
    const visas = (permissions.get(decodeURIComponent(user ?? '')) ?? []).map((value) =>
      toVisaText(decodeURIComponent(user!), value),
    )
    const headers = { 'content-type': 'application/json', ...(reply.location ? { location: reply.location } : {}) }
    response.writeHead(reply.status, headers).end(reply.body ?? JSON.stringify({ ga4gh_passport_v1: visas }))
  })
  url = `${await startListener(server, '127.0.0.1', 0)}/rems`
  client = createJsonClient(true)
})
afterEach(async () => {
  await client.close()
  server.closeAllConnections()
  server.close()
  rmSync(directory, { recursive: true })
})

function open(settings: Partial<RemsSettings> = {}, allowPrivate = true): RemsGrants {
  const { fetchJson } = allowPrivate ? client : createJsonClient(false)
  const defaults: RemsSettings = {
    url,
    issuer: ISSUER,
    userId: 'fyr',
    apiKeyFile: join(directory, 'key'),
    controller: 'Region Norr',
    subjectsOf: BROKER,
    valuePrefix: PREFIX,
  }
  const findTag = (name: string) => (name === 'T' ? TAG : undefined)
  return createRemsGrants([{ ...defaults, ...settings }], { fetchJson, findTag, now: () => at })
}

function toPerson(values: readonly string[], visa: Partial<Visa> = {}, id = 'u-1'): Person {
  const subject = { issuer: BROKER, id }
  const seconds = at.getTime() / 1000
  const all = {
    issuer: ISSUER,
    type: 'ControlledAccessGrants',
    source: ISSUER,
    by: 'dac',
    asserted: seconds - 10,
    expires: seconds + 100,
  }
  const visas = values.map((value): Visa => ({ ...all, value, ...visa }))
  return { kind: 'person', subject, subjects: [subject], visas, isRegistered: false, expires: seconds + 300 }
}

const value = (rest: string) => `${PREFIX}${rest}`

test('a visa is a grant while REMS says so', async () => {
  permissions.set('u-1', [value('file/T'), value('count/d1')])
  const grants = await open()(toPerson([value('file/T'), value('count/d1')]), PROJECT)
  const all = { project: PROJECT, controller: 'Region Norr', waivesConsent: false }
  expect(grants).toEqual([
    { ...all, id: `rems:${ISSUER}:file/T`, scope: { tag: 'T' }, level: 'record', purposes: ['HRESCH', 'PUBHLTH'] },
    { ...all, id: `rems:${ISSUER}:count/d1`, scope: { dataset: 'd1' }, level: 'count', purposes: ['HRESCH'] },
  ])
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({
    url: '/rems/api/permissions/u-1?expired=false',
    headers: { 'x-rems-api-key': 'rems-api-key', 'x-rems-user-id': 'fyr' },
  })
  expect(requests[0]!.headers.authorization).toBeUndefined()
})

test('what REMS took back is no grant after five minutes at most', async () => {
  permissions.set('u-1', [value('count/T')])
  const grants = open()
  const count = async () => (await grants(toPerson([value('count/T')]), PROJECT)).length
  expect(await Promise.all([count(), count()])).toEqual([1, 1])
  permissions.clear()
  at = new Date(at.getTime() + 299_000)
  expect(await count()).toBe(1)
  expect(requests).toHaveLength(1)
  at = new Date(at.getTime() + 1_000)
  expect(await count()).toBe(0)
  expect(requests).toHaveLength(2)
})

describe('no grant, and REMS is not even asked, for', () => {
  test.each<[string, readonly string[], Partial<Visa>]>([
    ['nobody’s visas', [], {}],
    ['visas of another issuer', [value('count/T')], { issuer: 'https://rems.invalid' }],
    ['another type', [value('count/T')], { type: 'AffiliationAndRole' }],
    ['visas that are over', [value('count/T')], { expires: 1 }],
    ['visas of tomorrow', [value('count/T')], { asserted: 4e9 }],
    ['another node’s values', ['https://other.invalid/access/count/T'], {}],
    ['a level that is none', [value('all/T')], {}],
    ['no name', [value('count/')], {}],
    ['no level', [value('T')], {}],
    ['more than a name', [value('count/T/x')], {}],
    ['a name that climbs', [value('count/../T'), value('count/..')], {}],
    ['a name in percents', [value('count/%54')], {}],
  ])('%s', async (_, values, visa) => {
    permissions.set('u-1', values)
    expect(await open()(toPerson(values, visa), PROJECT)).toEqual([])
    expect(requests).toEqual([])
  })
})

describe('no grant for what REMS says of', () => {
  test.each<[string, readonly string[], object]>([
    ['nothing', [], {}],
    ['another level', [value('boolean/T')], {}],
    ['somebody else', [value('count/T')], { sub: 'u-2' }],
    ['another issuer', [value('count/T')], { iss: 'x' }],
    ['yesterday', [value('count/T')], { exp: 1 }],
    ['no end', [value('count/T')], { exp: undefined }],
    ['nothing much', [value('count/T')], { ga4gh_visa_v1: null }],
    ['another type', [value('count/T')], { ga4gh_visa_v1: { type: 'x', value: value('count/T') } }],
  ])('%s', async (_, confirmed, changes) => {
    permissions.set('u-1', confirmed)
    claims = changes
    expect(await open()(toPerson([value('count/T')]), PROJECT)).toEqual([])
    expect(requests).toHaveLength(1)
  })

  test('somebody whom it does not know, whose name is told whole', async () => {
    permissions.set('u-1', [value('count/T')])
    expect(await open()(toPerson([value('count/T')], {}, '../u-1?x=1'), PROJECT)).toEqual([])
    expect(requests[0]!.url).toBe('/rems/api/permissions/..%2Fu-1%3Fx%3D1?expired=false')
    expect(await open({ subjectsOf: 'https://other.invalid' })(toPerson([value('count/T')]), PROJECT)).toEqual([])
    expect(requests).toHaveLength(1)
  })
})

describe('unavailable', () => {
  test.each<[string, Partial<typeof reply>]>([
    ['an error', { status: 500 }],
    ['a refusal', { status: 403 }],
    ['a function that is off', { status: 501 }],
    ['a redirect', { status: 302, location: 'http://169.254.169.254/' }],
    ['a page', { body: '<html>' }],
    ['another shape', { body: '{"visas":[]}' }],
    ['nothing', { body: 'null' }],
  ])('when REMS answers with %s; and what it said is not kept', async (_, wrong) => {
    permissions.set('u-1', [value('count/T')])
    const grants = open()
    reply = { ...reply, ...wrong }
    await expect(grants(toPerson([value('count/T')]), PROJECT)).rejects.toMatchObject({ code: 'unavailable' })
    reply = { status: 200 }
    expect(await grants(toPerson([value('count/T')]), PROJECT)).toHaveLength(1)
  })

  test('when it is gone, or at a private address', async () => {
    const error = { code: 'unavailable', message: expect.not.stringContaining('127.0.0.1') }
    await expect(open({}, false)(toPerson([value('count/T')]), PROJECT)).rejects.toMatchObject(error)
    expect(requests).toEqual([])
    server.closeAllConnections()
    server.close()
    await expect(open()(toPerson([value('count/T')]), PROJECT)).rejects.toMatchObject(error)
  })
})

test('its grants stand beside those of the register, for the project of the request alone', async () => {
  permissions.set('u-1', [value('count/T')])
  const rules = addGrants(NO_RULES, await open()(toPerson([value('count/T')]), PROJECT))
  expect(rules.grantsOf([], PROJECT, at)).toHaveLength(1)
  expect(rules.grantsOf([], 'urn:x-y:z', at)).toEqual([])
  expect(rules.tagged('T').datasets.size).toBe(0)
  expect(addGrants(NO_RULES, [])).toBe(NO_RULES)
})

test('without its key nothing starts', () => {
  expect(() => open({ apiKeyFile: join(directory, 'none') })).toThrow(/ENOENT/)
  writeFileSync(join(directory, 'key'), '\n')
  expect(() => open()).toThrow(/is empty/)
})
