import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { gunzipSync } from 'node:zlib'
import { openCrypt4gh } from '../formats/crypt4gh/open-crypt4gh.js'
import type { AccessWorld } from './testing/access-world.js'
import { positionsIn } from './testing/cohort-fixture.js'
import { createHtsgetFixture, type HtsgetFixture } from './testing/htsget-fixture.js'
import { toRandomAccess } from './testing/memory-vcf.js'
import { ADA, change, GRANT, keyHeader, OTHER_READER, READER, setRights } from './testing/rights-fixture.js'
import { fetchTicket, fetchTicketData, send, toDocument } from './testing/ticket-client.js'

let fixture: HtsgetFixture
let world: AccessWorld
beforeAll(async () => {
  fixture = await createHtsgetFixture()
  world = fixture.world
})
afterAll(() => fixture.close())
beforeEach(() => setRights(fixture))

function endpointOf(path: string): string {
  return `${fixture.url}/${path.includes('reads') ? 'reads' : 'variants'}/${path}`
}

const crypt4gh = { kind: 'crypt4gh', publicKey: READER.publicKey.toString('base64') } as const
const REGIONS = [
  { assembly: 'GRCh38', contig: 1, start: 5, end: 15 },
  { assembly: 'GRCh38', contig: 1, start: 15, end: 30 },
  { assembly: 'GRCh38', contig: 1, start: 800, end: 1_000 },
] as const

describe('a grant of regions', () => {
  const at = (start?: number, end?: number, referenceName = 'chr1') => ({
    referenceName,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  })
  test.each<[string, object, number, readonly string[] | undefined]>([
    ['inside', { regions: [at(8, 12)] }, 200, ['chr1:10']],
    ['all of one', { regions: [at(5, 15)] }, 200, ['chr1:10']],
    ['over two that meet', { regions: [at(5, 30)] }, 200, ['chr1:10', 'chr1:20']],
    ['to the end of the contig, which is in it', { regions: [at(800)] }, 200, ['chr1:900']],
    ['several, all inside', { regions: [at(899, 900), at(6, 12)] }, 200, ['chr1:10', 'chr1:900']],
    ['behind the end of the contig: nothing', { regions: [at(2_000, 3_000)] }, 200, []],
    ['one base before the start', { regions: [at(4, 15)] }, 403, undefined],
    ['one base behind the end', { regions: [at(5, 31)] }, 403, undefined],
    ['over a gap', { regions: [at(20, 900)] }, 403, undefined],
    ['without an end', { regions: [at(8)] }, 403, undefined],
    ['without a start', { regions: [at(undefined, 12)] }, 403, undefined],
    ['a whole contig', { regions: [at()] }, 403, undefined],
    ['another contig', { regions: [at(8, 12, 'chr2')] }, 403, undefined],
    ['several, one of them outside', { regions: [at(8, 12), at(100, 101)] }, 403, undefined],
    ['several, one of them on another contig', { regions: [at(8, 12), at(8, 12, 'chr2')] }, 403, undefined],
    ['everything', {}, 403, undefined],
    ['the header', { class: 'header' }, 200, []],
  ])('%s', async (_name, body, status, positions) => {
    change({ regions: REGIONS })(world)
    const url = endpointOf('listed/one')
    const json = { ...ADA, 'content-type': 'application/json' }
    const answer = await send('POST', url, json, JSON.stringify(body))
    expect(answer.status).toBe(status)
    if (!positions) return expect(toDocument('', answer).htsget['error']).toBe('PermissionDenied')
    const text = gunzipSync(await fetchTicketData(await fetchTicket(url, body, ADA))).toString()
    expect(positionsIn(text)).toEqual(positions)
  })

  test('gives no reads without a place', async () => {
    change({ regions: REGIONS })(world)
    const answer = await send('GET', `${endpointOf('listed/reads')}?referenceName=*`, ADA)
    expect([answer.status, toDocument('', answer).htsget['error']]).toEqual([403, 'PermissionDenied'])
    expect((await send('GET', `${endpointOf('listed/reads')}?referenceName=chr1&start=5&end=30`, ADA)).status).toBe(200)
  })

  test('of another assembly gives nothing', async () => {
    change({ regions: REGIONS.map((region) => ({ ...region, assembly: 'GRCh37' })) })(world)
    const answer = await send('GET', `${endpointOf('listed/one')}?referenceName=chr1&start=8&end=12`, ADA)
    expect(answer.status).toBe(403)
  })

  test('and one of others give what both do together, and one without regions gives all', async () => {
    const [first, second, third] = REGIONS
    const ask = async (query: string) => (await send('GET', `${endpointOf('listed/one')}?${query}`, ADA)).status
    world.grants.splice(0, Infinity, { ...GRANT, regions: [first, third] }, { ...GRANT, id: 'g9', regions: [second] })
    expect(await ask('referenceName=chr1&start=8&end=22')).toBe(200)
    expect(fixture.audit().at(-1)).toMatchObject({ grants: ['g1', 'g9'] })
    expect(await ask('referenceName=chr1&start=8&end=32')).toBe(403)
    world.grants.push({ ...GRANT, id: 'g10' })
    expect(await ask('')).toBe(200)
  })

  test('who may be seen under one grant is not seen under the terms of another', async () => {
    // Of person 2 nothing is known: only the grant that needs no consent shows them, and it is of one region.
    world.unknown.add(2)
    const [first, second] = REGIONS
    world.grants.splice(
      0,
      Infinity,
      { ...GRANT, regions: [first], waivesConsent: true },
      { ...GRANT, id: 'g9', regions: [first, second] },
    )
    const columns = async (query: string) => {
      const ticket = await fetchTicket(`${endpointOf('listed/one')}?${query}`, undefined, ADA)
      return /FORMAT\t(.*)\n/.exec(gunzipSync(await fetchTicketData(ticket)).toString())![1]
    }
    expect(await columns('referenceName=chr1&start=8&end=12')).toBe('P-1\tP-2')
    expect(await columns('referenceName=chr1&start=8&end=22')).toBe('P-1')
  })
})

test('a file that may go to a key alone leaves as a Crypt4GH file that only the key opens', async () => {
  change({ deliverTo: [crypt4gh], regions: REGIONS })(world)
  const headers = { ...ADA, ...keyHeader(READER.publicKey) }
  const url = `${endpointOf('listed/one')}?referenceName=chr1&start=8&end=12`
  const ticket = await fetchTicket(url, undefined, headers)
  const data = await fetchTicketData(ticket)
  expect(ticket.urls.every(({ url: one }) => one.startsWith('http'))).toBe(true)
  const opened = await openCrypt4gh(toRandomAccess(data), READER)
  const text = gunzipSync(await opened.read(0, opened.size)).toString()
  expect(positionsIn(text)).toEqual(['chr1:10'])
  await expect(openCrypt4gh(toRandomAccess(data), OTHER_READER)).rejects.toThrow()
})
