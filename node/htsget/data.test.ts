import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { gunzipSync } from 'node:zlib'
import { addCohortFile } from './testing/cohort-fixture.js'
import { createHtsgetFixture, type HtsgetFixture } from './testing/htsget-fixture.js'
import { bodyUrl, send, toDocument, tokenOf, type DataUrl } from './testing/ticket-client.js'

const FIVE_MINUTES_MS = 5 * 60_000

let fixture: HtsgetFixture
beforeAll(async () => {
  fixture = await createHtsgetFixture()
  fixture.policies.push({ id: 'set', assembly: 'GRCh38', access: 'public', granularity: 'record' })
  await addCohortFile(fixture, 'one', 'set')
  await addCohortFile(fixture, 'two', 'set')
})
afterAll(() => fixture.close())
afterEach(() => {
  fixture.ahead = 0
  fixture.removed.clear()
})

function dataUrl(path = 'one?referenceName=chr1'): Promise<DataUrl> {
  return bodyUrl(`${fixture.url}/variants/${path}`)
}

describe('ranges of data', () => {
  test('all of it, parts of it, and what it is known by', async () => {
    const { url, headers } = await dataUrl()
    const whole = await send('GET', url, headers)
    const size = whole.body.length
    expect(whole.headers).toMatchObject({
      'content-length': String(size),
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
    })
    const etag = whole.headers['etag']!
    expect(etag).toMatch(/^"[\w-]+"$/)
    const head = await send('HEAD', url, headers)
    expect([head.status, head.headers['content-length'], head.headers['etag'], head.body.length]).toEqual([
      200,
      String(size),
      etag,
      0,
    ])
    const cases: [string, number, number][] = [
      ['bytes=0-0', 0, 1],
      ['bytes=5-', 5, size],
      ['bytes=5-1000000', 5, size],
      ['bytes=-4', size - 4, size],
      ['bytes=-1000000', 0, size],
    ]
    for (const [range, start, end] of cases) {
      const part = await send('GET', url, { ...headers, range })
      expect([part.status, part.headers['content-range'], part.headers['etag']]).toEqual([
        206,
        `bytes ${start}-${end - 1}/${size}`,
        etag,
      ])
      expect(part.body.equals(whole.body.subarray(start, end))).toBe(true)
    }
    for (const range of [`bytes=${size}-`, 'bytes=999999999-9999999999', 'bytes=-0']) {
      const refused = await send('GET', url, { ...headers, range })
      expect([refused.status, refused.headers['content-range']]).toEqual([416, `bytes */${size}`])
      expect(toDocument('', refused).htsget['error']).toBe('InvalidRange')
    }
    // Several ranges, other units and nonsense are ignored, as HTTP allows.
    for (const range of ['bytes=0-1,3-4', 'lines=1-2', 'bytes=5-2', 'bytes=-']) {
      expect((await send('GET', url, { ...headers, range })).status).toBe(200)
    }
    const same = await send('GET', url, { ...headers, range: 'bytes=0-0', 'if-range': etag })
    const other = await send('GET', url, { ...headers, range: 'bytes=0-0', 'if-range': '"other"' })
    expect([same.status, other.status]).toEqual([206, 200])
  })

  test('another ticket for the same records gives the same bytes under the same ETag, and other records others', async () => {
    const [a, b, c] = [await dataUrl(), await dataUrl(), await dataUrl('one?referenceName=chr2')]
    const [one, same, other] = await Promise.all([a, b, c].map(({ url, headers }) => send('GET', url, headers)))
    expect(same!.headers['etag']).toBe(one!.headers['etag'])
    expect(same!.body.equals(one!.body)).toBe(true)
    expect(other!.headers['etag']).not.toBe(one!.headers['etag'])
  })

  test('text made on the way has no size: it says so, and ranges of it are not had', async () => {
    const { url, headers } = await dataUrl('one?referenceName=chr1&format=VCFTEXT')
    const answer = await send('GET', url, { ...headers, range: 'bytes=0-3' })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'accept-ranges': 'none', 'transfer-encoding': 'chunked' })
    expect(answer.body.toString()).toMatch(/^chr1\t10\t/)
  })
})

describe('what opens the data', () => {
  const CASES: [string, (url: string, token: string) => Promise<[string, string | undefined]>, number, string][] = [
    ['no capability', async (url) => [url, undefined], 401, 'InvalidAuthentication'],
    ['an empty one', async (url) => [url, ''], 401, 'InvalidAuthentication'],
    ['nonsense', async (url) => [url, 'a.b.c'], 401, 'InvalidAuthentication'],
    ['a changed signature', async (url, token) => [url, changeLast(token)], 401, 'InvalidAuthentication'],
    ['a shortened signature', async (url, token) => [url, token.slice(0, -1)], 401, 'InvalidAuthentication'],
    ['a signature written otherwise', async (url, token) => [url, `${token}=`], 401, 'InvalidAuthentication'],
    ['none of a signature', async (url, token) => [url, token.replace(/\.[^.]*$/, '.')], 401, 'InvalidAuthentication'],
    [
      'the key of nobody',
      async (url, token) => [url, token.replace(/^[^.]+/, 'AAAAAAAA')],
      401,
      'InvalidAuthentication',
    ],
    ['a key’s id and no more', async (url, token) => [url, token.split('.')[0]!], 401, 'InvalidAuthentication'],
    ['a wider region', async (url, token) => [url, rewrite(token, { reg: undefined })], 401, 'InvalidAuthentication'],
    ['another file', async (url, token) => [url, rewrite(token, { id: 'two' })], 401, 'InvalidAuthentication'],
    ['a later end', async (url, token) => [url, rewrite(token, { exp: 9e9 })], 401, 'InvalidAuthentication'],
    ['another state', async (url, token) => [url, rewrite(token, { st: 'x' })], 401, 'InvalidAuthentication'],
    ['an own signature', async (url, token) => [url, forge(token)], 401, 'InvalidAuthentication'],
    [
      'that of another ticket',
      async (url) => [url, tokenOf(await dataUrl('two?referenceName=chr1'))],
      403,
      'PermissionDenied',
    ],
    ['of another part', async (url, token) => [url.replace(/body$/, 'header'), token], 403, 'PermissionDenied'],
    ['of no part', async (url, token) => [url.replace(/body$/, '..%2fbody'), token], 403, 'PermissionDenied'],
    [
      'an address without a ticket',
      async (url, token) => [url.replace(/data\/[^/]+/, 'data/x'), token],
      403,
      'PermissionDenied',
    ],
  ]

  test.each(CASES)('%s', async (_name, abuse, status, error) => {
    const { url, headers } = await dataUrl()
    const before = fixture.audit().length
    const [toUrl, token] = await abuse(url, tokenOf({ headers }))
    const answer = await send('GET', toUrl, token === undefined ? {} : { 'Fyr-Capability': token })
    expect([answer.status, toDocument('', answer).htsget['error']]).toEqual([status, error])
    if (status === 401) expect(answer.headers['www-authenticate']).toBe('Fyr-Capability')
    const denied = fixture.audit().filter(({ event, outcome }) => event === 'block.read' && outcome === 'denied')
    expect(denied.length).toBeGreaterThan(0)
    expect(fixture.audit().length).toBeGreaterThan(before)
  })

  test('an access token of the API opens no data, and does no harm beside a capability', async () => {
    const { url, headers } = await dataUrl()
    expect((await send('GET', url, { authorization: `Bearer ${tokenOf({ headers })}` })).status).toBe(401)
    expect((await send('GET', url, { ...headers, authorization: 'Bearer x' })).status).toBe(200)
  })

  test('it ends after five minutes', async () => {
    const { url, headers } = await dataUrl()
    fixture.ahead = FIVE_MINUTES_MS - 2_000
    expect((await send('GET', url, headers)).status).toBe(200)
    fixture.ahead = FIVE_MINUTES_MS + 1_000
    const answer = await send('GET', url, headers)
    expect([answer.status, toDocument('', answer).htsget['message']]).toEqual([
      401,
      'the Fyr-Capability header has expired; ask for a new ticket',
    ])
  })

  test('every process of the node takes it', async () => {
    const { url, headers } = await dataUrl()
    const another = await fixture.serveAnother()
    expect((await send('GET', url.replace(fixture.url, another), headers)).status).toBe(200)
  })

  test('a file that changed, or somebody in it who was removed, makes it void', async () => {
    await addCohortFile(fixture, 'changing', 'set', 'v1')
    const { url, headers } = await dataUrl('changing?referenceName=chr1')
    await addCohortFile(fixture, 'changing', 'set', 'v2')
    const changed = await send('GET', url, headers)
    expect([changed.status, toDocument('', changed).htsget['error']]).toEqual([404, 'NotFound'])
    const before = await dataUrl()
    fixture.removed.add(2)
    expect((await send('GET', before.url, before.headers)).status).toBe(404)
    fixture.removed.add(1)
    expect((await send('GET', before.url, before.headers)).status).toBe(404)
  })
})

test('an answer without records still is one block, because some clients decompress each URL by itself', async () => {
  const { url, headers } = await dataUrl('one?referenceName=chr1&start=500&end=600')
  const { body } = await send('GET', url, headers)
  expect(gunzipSync(body)).toHaveLength(0)
})

function changeLast(token: string): string {
  return `${token.slice(0, -4)}${token.at(-4) === 'A' ? 'B' : 'A'}${token.slice(-3)}`
}

function rewrite(token: string, change: object): string {
  const [key, payload, mac] = token.split('.')
  const said = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object
  return `${key}.${Buffer.from(JSON.stringify({ ...said, ...change })).toString('base64url')}.${mac}`
}

function forge(token: string): string {
  const [key, payload] = token.split('.')
  return `${key}.${payload}.${Buffer.alloc(32, 1).toString('base64url')}`
}
