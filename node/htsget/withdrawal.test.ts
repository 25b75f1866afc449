import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { SlicePart } from '../formats/slice.js'
import { createPerson } from './testing/access-world.js'
import { createHtsgetFixture, type HtsgetFixture } from './testing/htsget-fixture.js'
import { ADA, change, GRANT, READER, setRights } from './testing/rights-fixture.js'
import { bodyUrl, send, toDocument, type DataUrl } from './testing/ticket-client.js'

const MINUTE_MS = 60_000

let fixture: HtsgetFixture
beforeAll(async () => {
  fixture = await createHtsgetFixture()
})
afterAll(() => fixture.close())
beforeEach(async () => {
  fixture.ahead = 0
  await setRights(fixture)
})

function ticket(path = 'variants/listed/one?referenceName=chr1&start=5&end=15'): Promise<DataUrl> {
  return bodyUrl(`${fixture.url}/${path}`, ADA)
}

const BLOOD_REGION = { assembly: 'GRCh38', contig: 1, start: 8, end: 12 } as const
const crypt4gh = { kind: 'crypt4gh', publicKey: READER.publicKey.toString('base64') } as const
const pause = { scope: 'dataset', reason: 'r', since: new Date(0) } as const

describe('what changes after a ticket was issued counts from the next block on', () => {
  test.each<[string, (fixture: HtsgetFixture) => unknown, number, string | undefined]>([
    ['nothing', () => undefined, 200, undefined],
    ['the grant is revoked', ({ world }) => world.grants.shift(), 404, 'NotFound'],
    [
      'the grant is revoked, another one is there',
      ({ world }) => world.grants.splice(0, 1, { ...GRANT, id: 'other' }),
      403,
      'PermissionDenied',
    ],
    ['another grant is made', ({ world }) => world.grants.push({ ...GRANT, id: 'other' }), 200, undefined],
    ['the member leaves the project', ({ world }) => world.members.get('blood')!.clear(), 404, 'NotFound'],
    [
      'the grant is for another purpose',
      ({ world }) => change({ purposes: ['TREAT'] })(world),
      403,
      'PermissionDenied',
    ],
    ['the grant is of less', ({ world }) => change({ level: 'record' })(world), 403, 'PermissionDenied'],
    [
      'the grant is of fewer regions',
      ({ world }) => change({ regions: [BLOOD_REGION] })(world),
      403,
      'PermissionDenied',
    ],
    ['files may go elsewhere', ({ world }) => change({ deliverTo: [crypt4gh] })(world), 403, 'PermissionDenied'],
    ['somebody in the file opts out', ({ world }) => world.denies.add(1), 404, 'NotFound'],
    ['somebody in the file gets a protected identity', ({ world }) => world.protected.add(2), 404, 'NotFound'],
    ['somebody who is not in the file opts out', ({ world }) => world.denies.add(4), 200, undefined],
    ['the dataset is withdrawn', ({ policies }) => policies.splice(2, 1), 404, 'NotFound'],
    ['the dataset tells counts', ({ policies }) => (policies[2] = { ...policies[2]!, granularity: 'count' }), 404, 'NotFound'], // prettier-ignore
    ['the dataset is paused', ({ world }) => world.pauses.set('listed', pause), 503, 'ServiceUnavailable'],
    ['another dataset is paused', ({ world }) => world.pauses.set('open', pause), 200, undefined],
  ])('%s', async (_name, happen, status, error) => {
    const { url, headers } = await ticket()
    happen(fixture)
    // The token of the API makes no difference.
    for (const more of [{}, ADA]) {
      const answer = await send('GET', url, { ...more, ...headers })
      expect(answer.status).toBe(status)
      if (error !== undefined) expect(toDocument('', answer).htsget['error']).toBe(error)
      expect(fixture.audit().at(-1)).toMatchObject({
        event: expect.stringMatching(/^block/),
        outcome: error === undefined ? 'answered' : 'denied',
        principal: 'https://broker.test|ada',
        project: 'blood',
        grants: expect.arrayContaining(['g1']),
      })
    }
  })

  test('a ticket lasts no longer than the Passport that it was asked for with', async () => {
    const expires = Math.floor(Date.now() / 1000) + 120
    fixture.world.people.set('ada', createPerson('ada', { client: 'ada-app', expires }))
    const { url, headers } = await ticket()
    fixture.ahead = MINUTE_MS
    expect((await send('GET', url, headers)).status).toBe(200)
    fixture.ahead = 2 * MINUTE_MS + 1_000
    expect((await send('GET', url, headers)).status).toBe(401)
  })

  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
  const norr = (until: number) => createPerson('ada', { client: 'ada-app', affiliations: [{ organisation: 'norr.se', expires: until }] }) // prettier-ignore

  test.each<[string, (fixture: HtsgetFixture) => unknown]>([
    ['the grant', ({ world }) => change({ ends: new Date(inSeconds(120) * 1000).toISOString() })(world)],
    [
      'the visa of the affiliation by which the person is among the audience',
      ({ world }) => {
        world.organisations = { region: ['norr.se'] }
        world.people.set('ada', norr(inSeconds(120)))
        change({ audience: { kind: 'national' } })(world)
      },
    ],
  ])('a ticket lasts no longer than %s', async (_, prepare) => {
    prepare(fixture)
    const { url, headers } = await ticket()
    // That it ends is said by the ticket itself, before anything is decided anew.
    const [, payload] = headers['Fyr-Capability']!.split('.')
    const { exp } = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as { exp: number }
    expect(exp - Math.floor(Date.now() / 1000)).toBeLessThanOrEqual(120)
    expect(exp - Math.floor(Date.now() / 1000)).toBeGreaterThan(100)
    fixture.ahead = MINUTE_MS
    expect((await send('GET', url, headers)).status).toBe(200)
    fixture.ahead = 2 * MINUTE_MS + 1_000
    expect((await send('GET', url, headers)).status).toBe(401)
  })

  test('a ticket of a grant to an audience ends when node.yaml names the organisation no more', async () => {
    const { world } = fixture
    world.people.set('ada', norr(inSeconds(3_600)))
    change({ audience: { kind: 'region' } })(world)
    world.organisations = { region: ['norr.se'] }
    const { url, headers } = await ticket()
    expect((await send('GET', url, headers)).status).toBe(200)
    world.organisations = { national: ['norr.se'] }
    expect((await send('GET', url, headers)).status).not.toBe(200)
    world.organisations = undefined
    expect((await send('GET', url, headers)).status).not.toBe(200)
  })

  test('what one may have changes nothing in what another one gets', async () => {
    const before = await ticket()
    const first = await send('GET', before.url, before.headers)
    fixture.world.members.get('blood')!.add('bea')
    fixture.world.people.set('bea', createPerson('bea', { client: 'ada-app' }))
    const bea = await bodyUrl(`${fixture.url}/variants/listed/one?referenceName=chr1&start=5&end=15`, {
      ...ADA,
      authorization: 'Bearer bea',
    })
    const hers = await send('GET', bea.url, bea.headers)
    expect([hers.headers['etag'], hers.body.equals(first.body)]).toEqual([first.headers['etag'], true])
    const part = { range: 'bytes=0-3', 'if-range': first.headers['etag']! }
    expect((await send('GET', before.url, { ...before.headers, ...part })).status).toBe(206)
  })
})

describe('while data leave', () => {
  const PIECE = Buffer.alloc(64 << 10)

  async function openEndless(): Promise<IncomingMessage> {
    async function* slice(): AsyncGenerator<SlicePart> {
      for (;;) {
        yield { kind: 'made', bytes: PIECE }
        await wait(1)
      }
    }
    const { known, opened } = fixture.files.get('listed/one')!
    fixture.files.set('listed/one', { known, opened: { ...opened, file: { ...opened.file, slice } } })
    const { url, headers } = await ticket()
    const call = httpRequest(url, { headers })
    call.end()
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    return response
  }

  /** Takes until so much was had. @returns false: the connection was broken before */
  async function take(response: IncomingMessage, bytes: number): Promise<boolean> {
    let had = 0
    try {
      for (;;) {
        const chunk = response.read() as Buffer | null
        had += chunk?.length ?? 0
        if (had >= bytes) return true
        if (response.destroyed || response.readableEnded) return false
        if (!chunk) await wait(2)
      }
    } catch {
      return false
    }
  }

  test.each<[string, (fixture: HtsgetFixture) => unknown]>([
    ['the grant is revoked', ({ world }) => world.grants.shift()],
    ['the member leaves', ({ world }) => world.members.clear()],
    ['somebody in the file opts out', ({ world }) => world.denies.add(2)],
    ['somebody in the file is removed', ({ removed }) => removed.add(2)],
    ['the node is paused', ({ world }) => world.pauses.set('*', { ...pause, scope: 'network' })],
    ['the file is no more', ({ files }) => files.delete('listed/one')],
  ])('%s: the answer breaks off within a minute', async (_name, happen) => {
    const response = await openEndless()
    response.on('error', () => undefined)
    expect(await take(response, 1 << 20)).toBe(true)
    // Time alone changes nothing.
    fixture.ahead = MINUTE_MS / 2
    expect(await take(response, 4 << 20)).toBe(true)
    happen(fixture)
    fixture.ahead = MINUTE_MS
    // What stands in buffers on the way still comes.
    expect(await take(response, 64 << 20)).toBe(false)
    for (let turn = 0; turn < 100 && fixture.audit().at(-1)!.outcome !== 'denied'; turn++) await wait(5)
    expect(fixture.audit().at(-1)).toMatchObject({
      event: expect.stringMatching(/^block/),
      outcome: 'denied',
      file: 'listed/one',
    })
    expect(fixture.log()).not.toMatch(/"level":50/)
  })
})
