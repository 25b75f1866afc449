import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { gunzipSync } from 'node:zlib'
import type { GrantInForce } from '../access/rules.js'
import { createKeyPair } from '../formats/crypt4gh/key-exchange.js'
import { openBam } from '../formats/bam/open-bam.js'
import { openCrypt4gh } from '../formats/crypt4gh/open-crypt4gh.js'
import { bamFile } from '../testing/bam-file.js'
import { binningIndex } from '../testing/binning-index-file.js'
import { memoryFile } from '../testing/memory-file.js'
import { createPerson, type AccessWorld } from './testing/access-world.js'
import { addCohortFile, positionsIn } from './testing/cohort-fixture.js'
import { createHtsgetFixture, type HtsgetFixture } from './testing/htsget-fixture.js'
import { toRandomAccess } from './testing/memory-vcf.js'
import { fetchTicket, fetchTicketData, send, toDocument } from './testing/ticket-client.js'

let fixture: HtsgetFixture
let world: AccessWorld
beforeAll(async () => {
  fixture = await createHtsgetFixture()
  world = fixture.world
})
afterAll(() => fixture.close())

const READER = createKeyPair()
const OTHER_READER = createKeyPair()
const ADA = { authorization: 'Bearer ada', 'ngp-project': 'blood', 'ngp-purpose': 'HRESCH' }
const keyHeader = (key: Buffer) => ({ 'x-c4gh-public-key': key.toString('base64') })

const GRANT: GrantInForce = {
  id: 'g1',
  project: 'blood',
  scope: { dataset: 'listed' },
  level: 'file',
  purposes: ['HRESCH'],
  deliverTo: [{ kind: 'client', client: 'ada-app' }],
  waivesConsent: false,
}

/** What is in force at first: Ada may have the files of `listed`; `tagged/one` alone carries a tag, `named/one` a person of it. */
function decide({ people, members, grants, tags, pauses, denies, unknown, protected: kept }: AccessWorld): void {
  for (const one of [people, members, tags, pauses, denies, unknown, kept]) one.clear()
  people.set('ada', createPerson('ada', { client: 'ada-app', actor: 'the-hub', passportId: 'pass-1' }))
  people.set('bea', createPerson('bea', { client: 'bea-app' }))
  members.set('blood', new Set(['ada']))
  members.set('heart', new Set(['ada']))
  tags.set('T', { datasets: [], individuals: [], files: ['tagged/one'] })
  tags.set('P', { datasets: [], individuals: [1], files: [] })
  grants.splice(
    0,
    Infinity,
    GRANT,
    { ...GRANT, id: 'g2', scope: { tag: 'T' } },
    { ...GRANT, id: 'g3', scope: { tag: 'P' } },
  )
}

beforeEach(async () => {
  decide(world)
  fixture.removed.clear()
  const policy = { assembly: 'GRCh38', access: 'controlled', granularity: 'record' } as const
  fixture.policies.splice(
    0,
    Infinity,
    { ...policy, id: 'open', access: 'public' },
    { ...policy, id: 'known', access: 'registered' },
    { ...policy, id: 'listed', controller: 'Region Test' },
    { ...policy, id: 'numbers', granularity: 'count' },
    { ...policy, id: 'tagged' },
    { ...policy, id: 'named' },
    { ...policy, id: 'closed' },
  )
  for (const { id } of fixture.policies) await addCohortFile(fixture, `${id}/one`, id)
  const contigs = [{ name: 'chr1', length: 1_000 }]
  const header = { text: '@SQ\tSN:chr1\tLN:1000\n@RG\tID:a\tSM:anna\n@RG\tID:b\tSM:bo\n', references: contigs }
  const reads = [10, 20, 900].map((start) => ({ contig: 0, start, span: 5, name: `r${start}` }))
  const { bytes, records } = bamFile(header, reads, 2_000)
  const index = binningIndex(records, { kind: 'bai', minShift: 14, depth: 5, contigs: 1, hasWhole: true })
  const file = await openBam(memoryFile(bytes), memoryFile(index))
  const people = fixture.files.get('listed/one')!.known.people
  fixture.files.set('listed/reads', {
    known: { id: 'listed/reads', datasetId: 'listed', kind: 'reads', format: 'BAM', people },
    opened: { data: toRandomAccess(bytes), file, version: '1' },
  })
})

type Row = readonly [
  name: string,
  change: (world: AccessWorld) => unknown,
  path: string,
  headers: Record<string, string>,
  status: number,
  error?: string,
]

function change(patch: Partial<GrantInForce>) {
  return ({ grants }: AccessWorld) => void (grants[0] = { ...GRANT, ...patch })
}

/** Takes the member away. */
function without(member: 'deliverTo') {
  return ({ grants }: AccessWorld) => {
    const { [member]: _, ...rest } = GRANT
    grants[0] = rest
  }
}

const NONE = () => undefined
const crypt4gh = { kind: 'crypt4gh', publicKey: READER.publicKey.toString('base64') } as const

const ROWS: readonly Row[] = [
  // Who asks.
  ['nobody known, a public dataset', NONE, 'open/one', {}, 200],
  ['somebody known, a public dataset, no project', NONE, 'open/one', { authorization: 'Bearer bea' }, 200],
  ['a token that is not good, a public dataset', NONE, 'open/one', { authorization: 'Bearer x' }, 401, 'InvalidAuthentication'], // prettier-ignore
  ['nobody known, a dataset of the catalogue', NONE, 'listed/one', {}, 401, 'InvalidAuthentication'],
  ['nobody known, a registered dataset', NONE, 'known/one', {}, 401, 'InvalidAuthentication'],
  ['nobody known who names a project', NONE, 'listed/one', { 'ngp-project': 'blood', 'ngp-purpose': 'HRESCH' }, 401, 'InvalidAuthentication'], // prettier-ignore
  ['nobody known, a dataset that nobody released', NONE, 'closed/one', {}, 404, 'NotFound'],
  ['nobody known, a dataset of which a file is released', NONE, 'tagged/one', {}, 404, 'NotFound'],
  ['nobody known, a file that is not there', NONE, 'listed/two', {}, 404, 'NotFound'],
  ['a member', NONE, 'listed/one', ADA, 200],
  ['a member, with the token alone', NONE, 'listed/one', { authorization: 'Bearer ada' }, 404, 'NotFound'],
  ['a member without a project', NONE, 'listed/one', { authorization: 'Bearer ada', 'ngp-purpose': 'HRESCH' }, 404, 'NotFound'], // prettier-ignore
  ['a member without a purpose', NONE, 'listed/one', { authorization: 'Bearer ada', 'ngp-project': 'blood' }, 403, 'PermissionDenied'], // prettier-ignore
  ['a member of another project, which has no grant', NONE, 'listed/one', { ...ADA, 'ngp-project': 'heart' }, 404, 'NotFound'], // prettier-ignore
  ['a project that there is not', NONE, 'listed/one', { ...ADA, 'ngp-project': 'no' }, 404, 'NotFound'],
  ['no member', NONE, 'listed/one', { ...ADA, authorization: 'Bearer bea' }, 404, 'NotFound'],
  ['a member, a registered dataset without a grant', ({ tags }) => tags.clear(), 'known/one', ADA, 404, 'NotFound'],
  ['a member, a registered dataset with a grant of somebody in it', NONE, 'known/one', ADA, 403, 'PermissionDenied'],
  ['a member, a dataset that nobody released', NONE, 'closed/one', ADA, 404, 'NotFound'],
  ['a member, a file that is not there', NONE, 'listed/two', ADA, 404, 'NotFound'],
  // What for.
  ['another purpose', NONE, 'listed/one', { ...ADA, 'ngp-purpose': 'HQUALIMP' }, 403, 'PermissionDenied'],
  ['care, where the region does not let data serve it', change({ purposes: ['TREAT'] }), 'listed/one', { ...ADA, 'ngp-purpose': 'TREAT' }, 403, 'PermissionDenied'], // prettier-ignore
  // What the grant is of.
  ['a grant of records', change({ level: 'record' }), 'listed/one', ADA, 403, 'PermissionDenied'],
  ['a grant of counts', change({ level: 'count' }), 'listed/one', ADA, 403, 'PermissionDenied'],
  ['a tag on the file', NONE, 'tagged/one', ADA, 200],
  ['a tag on people, which is on no file', NONE, 'named/one', ADA, 404, 'NotFound'],
  ['a tag on the dataset', ({ tags }) => tags.get('P')!.datasets.push('named'), 'named/one', ADA, 200],
  ['a grant of a dataset that tells counts', change({ scope: { dataset: 'numbers' } }), 'numbers/one', ADA, 404, 'NotFound'], // prettier-ignore
  ['a grant of a registered dataset', change({ scope: { dataset: 'known' } }), 'known/one', ADA, 200],
  ['a grant of another dataset', change({ scope: { dataset: 'closed' } }), 'listed/one', ADA, 404, 'NotFound'],
  // Where it may go.
  ['nowhere', without('deliverTo'), 'listed/one', ADA, 403, 'PermissionDenied'],
  ['to no one', change({ deliverTo: [] }), 'listed/one', ADA, 403, 'PermissionDenied'],
  ['to another client', change({ deliverTo: [{ kind: 'client', client: 'x' }] }), 'listed/one', ADA, 403, 'PermissionDenied'], // prettier-ignore
  ['to the hub that acts', change({ deliverTo: [{ kind: 'client', client: 'the-hub' }] }), 'listed/one', ADA, 200],
  ['to a key, plain', change({ deliverTo: [crypt4gh] }), 'listed/one', ADA, 403, 'PermissionDenied'],
  ['to a key, for another', change({ deliverTo: [crypt4gh] }), 'listed/one', { ...ADA, ...keyHeader(OTHER_READER.publicKey) }, 403, 'PermissionDenied'], // prettier-ignore
  ['to a key, for it', change({ deliverTo: [crypt4gh] }), 'listed/one', { ...ADA, ...keyHeader(READER.publicKey) }, 200], // prettier-ignore
  ['to what is no key', change({ deliverTo: [{ kind: 'crypt4gh', publicKey: 'x' }] }), 'listed/one', { ...ADA, ...keyHeader(READER.publicKey) }, 403, 'PermissionDenied'], // prettier-ignore
  ['to a client, for any key', NONE, 'listed/one', { ...ADA, ...keyHeader(OTHER_READER.publicKey) }, 200],
  // Who is in it.
  ['columns, one opted out', ({ denies }) => denies.add(1), 'listed/one', ADA, 200],
  ['columns, all opted out', ({ denies }) => denies.add(1).add(2), 'listed/one', ADA, 404, 'NotFound'],
  ['reads, one opted out', ({ denies }) => denies.add(1), 'listed/reads', ADA, 404, 'NotFound'],
  ['reads, one of protected identity', ({ protected: kept }) => kept.add(2), 'listed/reads', ADA, 404, 'NotFound'],
  ['reads, of one nothing is known', ({ unknown }) => unknown.add(2), 'listed/reads', ADA, 404, 'NotFound'],
  ['reads, of one nothing is known, and none is needed', (w) => { w.unknown.add(2); change({ waivesConsent: true })(w) }, 'listed/reads', ADA, 200], // prettier-ignore
  ['reads, all well', NONE, 'listed/reads', ADA, 200],
  // For how long.
  ['the network is paused', pause('*', 'network'), 'listed/one', ADA, 503, 'ServiceUnavailable'],
  ['the network is paused, public data', pause('*', 'network'), 'open/one', {}, 503, 'ServiceUnavailable'],
  ['the network is paused, no such file', pause('*', 'network'), 'listed/two', {}, 503, 'ServiceUnavailable'],
  ['the dataset is paused', pause('listed', 'dataset'), 'listed/one', ADA, 503, 'ServiceUnavailable'],
  ['the dataset is paused, nobody known', pause('listed', 'dataset'), 'listed/one', {}, 503, 'ServiceUnavailable'],
  ['the dataset is paused, no such file', pause('listed', 'dataset'), 'listed/two', ADA, 404, 'NotFound'],
  ['a dataset is paused that may not be known of', pause('closed', 'dataset'), 'closed/one', ADA, 404, 'NotFound'],
  ['its controller is paused', pause('controller Region Test', 'controller'), 'listed/one', ADA, 503, 'ServiceUnavailable'], // prettier-ignore
  ['another dataset is paused', pause('listed', 'dataset'), 'open/one', {}, 200],
]

function pause(key: string, scope: 'network' | 'controller' | 'dataset') {
  return ({ pauses }: AccessWorld) => void pauses.set(key, { scope, reason: 'secret', since: new Date(0) })
}

function endpointOf(path: string): string {
  return `${fixture.url}/${path.includes('reads') ? 'reads' : 'variants'}/${path}`
}

describe('who may have a file', () => {
  test.each(ROWS.map((row) => ({ row, name: row[0] })))('$name', async ({ row }) => {
    const [, prepare, path, headers, status, error] = row
    prepare(world)
    const answer = await send('GET', endpointOf(path), headers)
    expect([answer.status, toDocument('', answer).htsget['error']]).toEqual([status, error])
    expect(answer.headers['www-authenticate']).toEqual(status === 401 ? expect.stringMatching(/^Bearer/) : undefined)
    const written = fixture.audit().at(-1)!
    expect(written.outcome).toBe(status === 200 ? 'answered' : 'denied')
    expect(JSON.stringify(written) + answer.body.toString()).not.toMatch(/secret/)
  })

  test('who may not know of a file reads what who asks for none does', async () => {
    const [none, hidden] = await Promise.all([
      send('GET', `${fixture.url}/variants/no-such`, ADA),
      send('GET', `${fixture.url}/variants/closed/one`, ADA),
    ])
    expect(hidden.body.equals(none.body)).toBe(true)
    const compared = ['content-type', 'cache-control', 'www-authenticate', 'vary']
    for (const name of compared) expect(hidden.headers[name]).toBe(none.headers[name])
  })
})

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

test('somebody who opted out has no column, and nobody else is told that there was one', async () => {
  world.denies.add(1)
  const ticket = await fetchTicket(`${endpointOf('listed/one')}?referenceName=chr1`, undefined, ADA)
  const text = gunzipSync(await fetchTicketData(ticket)).toString()
  expect(text).toMatch(/FORMAT\tP-2\n/)
  expect(text).not.toMatch(/anna|P-1|name-1/)
  expect(text).toMatch(/^chr1\t10\t.*\tGT\t0\/1$/m)
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

test('the audit says who had what for what, on which grants, and how much of it', async () => {
  const ticket = await fetchTicket(`${endpointOf('listed/one')}?referenceName=chr1`, undefined, ADA)
  const said = {
    outcome: 'answered',
    principal: 'https://broker.test|ada',
    purpose: 'HRESCH',
    project: 'blood',
    grants: ['g1'],
    passport: 'pass-1',
    subjects: ['P-1', 'P-2'],
    file: 'listed/one',
  }
  expect(fixture.audit().at(-1)).toMatchObject({ ...said, event: 'ticket' })
  const { url, headers } = ticket.urls.find((one) => one.headers)!
  const { body } = await send('GET', url, { ...headers, range: 'bytes=0-9' })
  expect(fixture.audit().at(-1)).toMatchObject({ ...said, event: 'block', bytes: body.length })
})
