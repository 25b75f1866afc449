import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { gunzipSync } from 'node:zlib'
import type { AudienceOrganisations } from '../../schemas/index.js'
import { createPerson, type AccessWorld } from './testing/access-world.js'
import { createHtsgetFixture, type HtsgetFixture } from './testing/htsget-fixture.js'
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

type Row = readonly [
  name: string,
  change: (world: AccessWorld) => unknown,
  path: string,
  headers: Record<string, string>,
  status: number,
  error?: string,
]

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
  // To whom.
  ['a grant to the region alone, nobody knows who is of it', region(undefined), 'listed/one', ADA, 404, 'NotFound'],
  ['a grant to the region, of whom is of another', region({ region: ['syd.se'] }), 'listed/one', ADA, 404, 'NotFound'],
  ['a grant to the region, of whom is of the country', region({ national: ['norr.se'] }), 'listed/one', ADA, 404, 'NotFound'], // prettier-ignore
  ['a grant to the region, of whom is of it', region({ region: ['norr.se'] }), 'listed/one', ADA, 200],
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

/** The only grant is to the region; Ada is of norr.se. */
function region(organisations: AudienceOrganisations | undefined) {
  return (world: AccessWorld) => {
    world.organisations = organisations
    const affiliations = [{ organisation: 'norr.se', expires: 32_503_680_000 }]
    world.people.set('ada', createPerson('ada', { client: 'ada-app', affiliations }))
    world.grants.splice(0, Infinity, { ...GRANT, audience: { kind: 'region' } })
  }
}

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

test('somebody who opted out has no column, and nobody else is told that there was one', async () => {
  world.denies.add(1)
  const ticket = await fetchTicket(`${endpointOf('listed/one')}?referenceName=chr1`, undefined, ADA)
  const text = gunzipSync(await fetchTicketData(ticket)).toString()
  expect(text).toMatch(/FORMAT\tP-2\n/)
  expect(text).not.toMatch(/anna|P-1|name-1/)
  expect(text).toMatch(/^chr1\t10\t.*\tGT\t0\/1$/m)
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
  expect(fixture.audit().at(-1)).toMatchObject({ ...said, event: expect.stringMatching(/^ticket/) })
  const { url, headers } = ticket.urls.find((one) => one.headers)!
  const { body } = await send('GET', url, { ...headers, range: 'bytes=0-9' })
  expect(fixture.audit().at(-1)).toMatchObject({ ...said, event: expect.stringMatching(/^block/), bytes: body.length })
})
