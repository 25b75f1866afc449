import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importJWK, jwtVerify } from 'jose'
import type { HubConfig } from '../../schemas/index.js'
import { sendJson, startBroker, type FakeBroker } from '../testing/fake-broker.js'
import { json, type FakeRegion } from '../testing/fake-region.js'
import { closeAll, createCaller, GET_ALLELE, hub, norr, question, region, syd } from '../testing/running-hub.js'

const { call, post } = createCaller((url, init) => fetch(url, init))

let directory: string
let broker: FakeBroker
let regions: readonly FakeRegion[]
let at: number
let logged: string
const wallClock = () => new Date(at)

beforeEach(async () => {
  at = Date.now()
  logged = ''
  directory = mkdtempSync(join(tmpdir(), 'fyr-hub-'))
  broker = await startBroker(wallClock)
  writeFileSync(join(directory, 'hub-key.json'), JSON.stringify(broker.hubKey))
  regions = [await norr(), await syd()]
})
afterEach(async () => {
  await closeAll()
  await broker.close()
  rmSync(directory, { recursive: true })
})

async function start(rest: Partial<HubConfig> = {}) {
  const logDestination = { write: (line: string) => void (logged += line) }
  const config = { login: broker.login, signing: signing(), deadlineMs: 2_000, ...rest }
  return hub(regions, config, { wallClock, logDestination, logLevel: 'trace' })
}

const signing = () => ({ keyId: 'hub-1', privateKeyFile: join(directory, 'hub-key.json') })
const bearer = (token: string, more = {}) => ({ authorization: `Bearer ${token}`, ...more })
const PURPOSE = { 'ngp-purpose': 'HRESCH', 'ngp-project': 'urn:ngp:project:2026-001' }
const passportsOf = (of: FakeRegion) => of.requests.map(({ headers }) => headers.authorization)
const originOf = (of: FakeRegion) => new URL(of.config.url).origin

describe('a question of somebody who is logged in', () => {
  test('goes to each region with a Passport for that region, the purpose and the project', async () => {
    const { url } = await start()
    const token = await broker.accessToken()
    const { status, body } = await post(`${url}/beacon/v2/g_variants`, question(), bearer(token, PURPOSE))
    expect(status).toBe(200)
    expect(body.info.regionsAnswered).toBe(2)
    for (const asked of regions) {
      const { headers } = asked.requests[0]!
      expect(headers).toMatchObject(PURPOSE)
      const passport = headers.authorization!.replace(/^Bearer /, '')
      expect(JSON.parse(Buffer.from(passport.split('.')[1]!, 'base64url').toString())).toMatchObject({
        aud: originOf(asked),
      })
      expect(passport).not.toBe(token)
    }
    const sent = broker.exchanges.map(({ form }) => Object.fromEntries(form))
    expect(sent.map(({ resource }) => resource).toSorted()).toEqual(regions.map(originOf).toSorted())
    expect(sent[0]).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ga4gh:params:oauth:token-type:passport',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      ngp_purpose: 'HRESCH',
      ngp_project: 'urn:ngp:project:2026-001',
      client_id: 'fyr-hub',
    })
  })

  test('is asked for by the hub under its own key, each time with another assertion', async () => {
    const { url } = await start()
    await post(`${url}/beacon/v2/g_variants`, question(), bearer(await broker.accessToken()))
    const key = await importJWK(broker.hubJwk, 'ES256')
    for (const { form } of broker.exchanges) {
      const { payload } = await jwtVerify(form.get('client_assertion')!, key, {
        issuer: 'fyr-hub',
        subject: 'fyr-hub',
        audience: broker.login.issuer,
        currentDate: wallClock(),
      })
      expect(payload.exp! - payload.iat!).toBe(60)
    }
    expect(new Set(broker.exchanges.map(({ assertion }) => assertion.jti)).size).toBe(2)
  })

  test('as a stream, and by GET, goes out with the Passport too', async () => {
    const { url } = await start()
    const headers = bearer(await broker.accessToken())
    expect((await call(`${url}${GET_ALLELE}`, { headers })).status).toBe(200)
    expect((await post(`${url}/network/variants`, question(), headers)).text).toContain('event: answer')
    expect(passportsOf(regions[0]!).every((sent) => sent?.startsWith('Bearer ey'))).toBe(true)
    expect(regions[0]!.requests).toHaveLength(2)
  })

  test('names the audience of hub.yaml where there is one', async () => {
    const named = regions.map((r) => ({ ...r, config: { ...r.config, audience: `https://${r.config.id}.example` } }))
    regions = named
    const { url } = await start()
    await post(`${url}/beacon/v2/g_variants`, question(), bearer(await broker.accessToken()))
    expect(broker.exchanges.map(({ form }) => form.get('resource')).toSorted()).toEqual([
      'https://se.fyr.norr.example',
      'https://se.fyr.syd.example',
    ])
  })

  test('leaves no token and no Passport in the log', async () => {
    const { url } = await start()
    const token = await broker.accessToken()
    await post(`${url}/beacon/v2/g_variants`, question(), bearer(token, PURPOSE))
    broker.behave((_, response) => sendJson(response, 500, { error: 'server_error', error_description: token }))
    await post(`${url}/beacon/v2/g_variants`, question(), bearer(await broker.accessToken({ sub: 'bob' })))
    await post(`${url}/beacon/v2/g_variants`, question(), bearer(`${token}x`))
    expect(logged).toContain('request not served')
    expect(logged).not.toMatch(/eyJ|Bearer|2026-001/)
    const secrets = [token, ...passportsOf(regions[0]!).map((sent) => sent!.replace('Bearer ', ''))]
    for (const secret of secrets) for (const part of secret.split('.')) expect(logged).not.toContain(part)
  })
})

describe('Passports', () => {
  const ask = async (url: string, token: string, headers = {}) =>
    (await post(`${url}/beacon/v2/g_variants`, question(), bearer(token, headers))).status

  test('are kept until half a minute before they are over', async () => {
    const { url } = await start()
    const token = await broker.accessToken()
    for (let i = 0; i < 3; i++) expect(await ask(url, token)).toBe(200)
    expect(broker.exchanges).toHaveLength(2)
    at += 269_000
    expect(await ask(url, token)).toBe(200)
    expect(broker.exchanges).toHaveLength(2)
    at += 2_000
    expect(await ask(url, token)).toBe(200)
    expect(broker.exchanges).toHaveLength(4)
  })

  test('are of one token, purpose and project', async () => {
    const { url } = await start()
    const token = await broker.accessToken()
    await ask(url, token)
    await ask(url, token, { 'ngp-purpose': 'HRESCH' })
    await ask(url, token, PURPOSE)
    await ask(url, await broker.accessToken({ sub: 'bob' }))
    expect(broker.exchanges).toHaveLength(8)
  })

  test('that many questions wait for are made once', async () => {
    const { url } = await start()
    let letGo: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (letGo = resolve))
    broker.behave(async (_, response, { form }) => {
      await gate
      sendJson(response, 200, {
        access_token: await broker.passport(form.get('resource')!),
        issued_token_type: 'urn:ga4gh:params:oauth:token-type:passport',
        expires_in: 300,
      })
    })
    const token = await broker.accessToken()
    const asked = Array.from({ length: 10 }, () => ask(url, token))
    while (broker.exchanges.length < 2) await new Promise((resolve) => setImmediate(resolve))
    letGo()
    expect(new Set(await Promise.all(asked))).toEqual(new Set([200]))
    expect(broker.exchanges).toHaveLength(2)
  })

  test('that the login service does not make for a region leave that region out, and no other', async () => {
    const { url } = await start()
    broker.behave(async (_, response, { form }) => {
      const resource = form.get('resource')!
      if (resource === originOf(regions[1]!)) return sendJson(response, 400, { error: 'invalid_target' })
      sendJson(response, 200, {
        access_token: await broker.passport(resource),
        issued_token_type: 'urn:ga4gh:params:oauth:token-type:passport',
      })
    })
    const { status, body } = await post(`${url}/beacon/v2/g_variants`, question(), bearer(await broker.accessToken()))
    expect(status).toBe(200)
    expect(body.info.regions.map(({ beaconId, status: s }) => [beaconId, s])).toEqual([
      ['se.fyr.norr', 'answered'],
      ['se.fyr.syd', 'refused'],
    ])
    expect(regions[1]!.requests).toEqual([])
  })
})

const FAILURES: readonly (readonly [string, () => void])[] = [
  ['answers 500', () => broker.behave((_, response) => sendJson(response, 500, {}))],
  ['does not know the hub', () => broker.behave((_, response) => sendJson(response, 401, { error: 'invalid_client' }))],
  ['answers in HTML', () => broker.behave((_, response) => void response.end('<html>'))],
  ['redirects', () => broker.behave((_, response) => void response.writeHead(302, { location: '/' }).end())],
  ['hangs', () => broker.behave(() => undefined)],
  ['gives another kind of token', () => broker.behave((_, response) => sendJson(response, 200, { access_token: 'x', issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }))], // prettier-ignore
  ['gives keys in HTML', () => broker.behaveKeys((response) => void response.end('<html>'))],
  ['gives keys with 500', () => broker.behaveKeys((response) => sendJson(response, 500, {}))],
  ['hangs when it is asked for keys', () => broker.behaveKeys(() => undefined)],
]

describe('a login service that', () => {
  test.each(FAILURES)('%s makes the question fail with 503, and no region is asked', async (_, spoil) => {
    const { url } = await start({ deadlineMs: 400 })
    const token = await broker.accessToken()
    spoil()
    const started = performance.now()
    for (const path of ['/beacon/v2/g_variants', '/network/variants']) {
      const { status, headers, text } = await post(url + path, question(), bearer(token))
      expect(status).toBe(503)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(text).toMatch(/the login service/)
    }
    expect(performance.now() - started).toBeLessThan(2_500)
    for (const { requests } of regions) expect(requests).toEqual([])
    // Whoever is nobody in particular is asked for as before.
    expect((await post(`${url}/beacon/v2/g_variants`, question())).status).toBe(200)
  })

  test('is gone makes it fail too, until it is back', async () => {
    const { url } = await start()
    const token = await broker.accessToken()
    await broker.close()
    expect((await post(`${url}/beacon/v2/g_variants`, question(), bearer(token))).status).toBe(503)
    for (const { requests } of regions) expect(requests).toEqual([])
  })

  test('refuses the token makes it fail with 401', async () => {
    const { url } = await start()
    broker.behave((_, response) => sendJson(response, 400, { error: 'invalid_request' }))
    const reply = await post(`${url}/beacon/v2/g_variants`, question(), bearer(await broker.accessToken()))
    expect(reply.status).toBe(401)
    expect(reply.body.error.errorCode).toBe(401)
    expect(reply.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })
})

describe('without', () => {
  test('a token the question is asked as before, for nobody and without Passports', async () => {
    const { url } = await start()
    const { status } = await post(`${url}/beacon/v2/g_variants`, question(), PURPOSE)
    expect(status).toBe(200)
    expect(broker.exchanges).toEqual([])
    for (const { requests } of regions) {
      expect(requests[0]!.headers).not.toHaveProperty('authorization')
      expect(requests[0]!.headers).not.toHaveProperty('ngp-purpose')
    }
  })

  test('a login in hub.yaml every question is one of nobody, and no token goes on', async () => {
    const { url } = await hub(regions)
    const reply = await post(`${url}/beacon/v2/g_variants`, question(), bearer(await broker.accessToken(), PURPOSE))
    expect(reply.status).toBe(200)
    expect(regions[0]!.requests[0]!.headers).not.toHaveProperty('authorization')
    expect(regions[0]!.requests[0]!.headers).not.toHaveProperty('ngp-purpose')
  })
})

test('a region that refuses the person is told as refused', async () => {
  regions = [await norr(), await region('se.fyr.mitt', json({ error: { errorCode: 403, errorMessage: 'no' } }, 403))]
  const { url } = await start()
  const { body } = await post(`${url}/beacon/v2/g_variants`, question(), bearer(await broker.accessToken()))
  expect(body.info.regions.map(({ status }) => status).toSorted()).toEqual(['answered', 'refused'])
})
