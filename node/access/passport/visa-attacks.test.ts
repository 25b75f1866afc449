import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  createTestNode,
  identifyBearer,
  startAccessWorld,
  type AccessChanges,
  type AccessWorld,
  type TestNode,
} from '../testing/access-fixture.js'
import { createTestKey, type Changes, type TestIssuer, type TestKey } from '../testing/test-issuer.js'

let world: AccessWorld
let rems: TestIssuer
let stranger: TestKey
/** Serves keys to whoever asks, and counts. */
let evil: Server
let evilUrl: string
let evilRequests = 0

beforeAll(async () => {
  world = await startAccessWorld()
  rems = world.rems
  stranger = await createTestKey('rems-1', 'RS256')
  evil = createServer((_request, response) => {
    evilRequests++
    response.end(JSON.stringify({ keys: [stranger.jwk] }))
  })
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
  evilUrl = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/jwks`
})
afterAll(async () => {
  await world.close()
  evil.closeAllConnections()
  await new Promise((resolve) => evil.close(resolve))
})

const now = () => Math.floor(world.clock / 1000)

const identify = (node: TestNode, visas: readonly unknown[]) => identifyBearer(world, node, visas)
const visa = (said: object = {}, changes: Changes = {}) => rems.toVisa(said, changes)
const under = (header: Record<string, unknown>, key?: TestKey) => visa({}, { header, ...(key ? { key } : {}) })

/** A visa, why it must not count, and what the node is that gets it. */
type Attack = readonly [string, () => Promise<unknown>, string, AccessChanges?]

const DROPPED: readonly Attack[] = [
  ['J3 key of a stranger', () => visa({}, { key: stranger }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['J3 embedded jwk', () => under({ jwk: stranger.jwk }, stranger), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
  ['J6 kid of a path', () => under({ kid: '../../dev/null' }), 'ERR_JWKS_NO_MATCHING_KEY'],
  ['J6 kid missing', () => under({ kid: undefined }), 'its kid is missing'],
  ['J8 over', () => visa({}, { claims: { exp: now() - 6 } }), 'ERR_JWT_EXPIRED'],
  ['J8 exp missing', () => visa({}, { claims: { exp: undefined } }), 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
  ['J9 iss of nobody', () => visa({}, { claims: { iss: 'https://rems.test' } }), 'its issuer is not trusted'],
  ['J10 Passport as a visa', () => under({ typ: 'vnd.ga4gh.passport+jwt' }), 'it is no visa'],
  ['J10 access token as a visa', () => under({ typ: 'at+jwt' }), 'it is no visa'],
  ['J10 scope openid', () => visa({}, { claims: { scope: 'email openid' } }), 'it is an access token'],
  ['J10 scope of a list', () => visa({}, { claims: { scope: ['openid'] } }), 'its scope cannot be used'],
  ['J13 source of another', () => visa({ source: 'https://syd.test/' }), 'its issuer may not speak for its source'],
  [
    'J13 value of another node',
    () => visa({ value: 'https://syd.test/datasets/one' }),
    'its issuer may not issue its value',
    { rems: { valuePrefix: 'https://norr.test/' } },
  ],
  ['J13 type of another', () => visa(), 'its issuer may not issue its type', { rems: { types: ['ResearcherStatus'] } }],
  ['J13 no type at all', () => visa(), 'its issuer may not issue its type', { rems: { types: [] } }],
  ['J14 conditions of text', () => visa({ conditions: 'x' }), 'its conditions cannot be used'],
  ['J14 conditions of an object', () => visa({ conditions: {} }), 'its conditions cannot be used'],
  ['J14 10,000 clauses', () => visa({ conditions: Array.from({ length: 10_000 }, () => []) }), 'it is too long'],
  [
    'J14 100 clauses',
    () => visa({ conditions: [Array.from({ length: 100 }, () => ({ type: 'a', by: 'const:a' }))] }),
    'its conditions cannot be used',
  ],
  ['J14 conditions that nobody meets', () => visa({ conditions: [[]] }), 'its conditions are not met'],
  [
    'J14 conditions of an unknown kind',
    () => visa({ conditions: [[{ type: 'ControlledAccessGrants', value: 'regex:.*' }]] }),
    'its conditions are not met',
  ],
  ['J18 over 8 KiB', () => visa({ filling: 'x'.repeat(8 * 1024) }), 'it is too long'],
  ['J23 claim twice', () => Promise.resolve('eyJhbGciOiJSUzI1NiJ9.eyJhIjoxLCJhIjoyfQ.AA'), 'it cannot be read'],
  ['no text', () => Promise.resolve({ a: 1 }), 'it is too long'],
  ['asserted in the future', () => visa({ asserted: now() + 6 }), 'it is asserted in the future'],
  ['asserted of a fraction', () => visa({ asserted: now() - 0.5 }), 'its asserted is no time'],
  ['asserted missing', () => visa({ asserted: undefined }), 'its asserted is no time'],
  [
    'asserted long ago',
    () => visa({ asserted: now() - 3606 }),
    'it was asserted too long ago',
    { rems: { maximumAge: 3600 } },
  ],
  ['by missing from a grant', () => visa({ by: undefined }), 'its by cannot be used'],
  ['by of an unknown kind', () => visa({ by: 'king' }), 'its by cannot be used'],
  ['source of 256 characters', () => visa({ source: `https://${'s'.repeat(248)}` }), 'its source cannot be used'],
  ['value missing', () => visa({ value: undefined }), 'its value is missing'],
  ['nothing said', () => visa({}, { claims: { ga4gh_visa_v1: undefined } }), 'it says nothing'],
  ['of somebody else', () => visa({}, { claims: { sub: 'bob' } }), 'it is of somebody else'],
  ['alice of another issuer', () => visa(), 'it is of somebody else', { rems: { subjectsOf: undefined as never } }],
]

describe('a visa does not count', () => {
  test.each(DROPPED)('%s', async (_, make, reason, changes = {}) => {
    const node = createTestNode(world, changes)
    const person = await identify(node, [await make()])
    expect({ visas: person.visas, dropped: node.dropped }).toEqual({ visas: [], dropped: [reason] })
  })

  test('and takes no other with it', async () => {
    const person = await identify(createTestNode(world), ['x', await visa(), await visa({ by: 'king' })])
    expect(person.visas.map(({ type }) => type)).toEqual(['ControlledAccessGrants'])
  })
})

const ELSEWHERE: readonly (readonly [string, () => string])[] = [
  ['J4 another server', () => evilUrl],
  ['J5 another path', () => rems.jwksUri.replace('/jwks', '/keys')],
  ['J5 a path below', () => `${rems.jwksUri}/more`],
  ['J5 a query', () => `${rems.jwksUri}?a`],
  ['J5 a fragment', () => `${rems.jwksUri}#a`],
  ['J5 https', () => rems.jwksUri.replace('http:', 'https:')],
  ['J5 a user name', () => rems.jwksUri.replace('//', '//a@')],
  ['J5 a host as user name', () => evilUrl.replace('//', '//rems.test@')],
  ['J5 another port', () => rems.jwksUri.replace(/:\d+/, ':1')],
  ['J5 other case', () => rems.jwksUri.replace('jwks', 'JWKS')],
  ['J5 a dot at the end of the host', () => rems.jwksUri.replace('127.0.0.1', '127.0.0.1.')],
  ['J5 another way to write the host', () => rems.jwksUri.replace('127.0.0.1', '127.1')],
  ['J5 a space', () => ` ${rems.jwksUri}`],
  ['J5 keys of the broker', () => world.broker.jwksUri.replace('/jwks', '/other')],
  ['J5 a file', () => 'file:///etc/passwd'],
  ['J5 cloud metadata', () => 'http://169.254.169.254/latest/meta-data/'],
  ['J5 nothing', () => ''],
]

describe('no request goes out for a visa whose jku is', () => {
  test.each(ELSEWHERE)('%s', async (_, address) => {
    const node = createTestNode(world)
    const before = { evil: evilRequests, rems: rems.requests.length }
    const person = await identify(node, [await under({ jku: address() }, stranger)])
    expect(person.visas).toEqual([])
    expect(node.dropped).toEqual(['its jku is not one of its issuer'])
    // Only the broker was asked, for the keys of the Passport.
    expect(node.fetched).toEqual([world.broker.jwksUri])
    expect({ evil: evilRequests, rems: rems.requests.length }).toEqual(before)
  })

  test.each([[undefined], [null], [['x']], [{ a: 1 }]])('%j', async (jku) => {
    const node = createTestNode(world)
    expect((await identify(node, [await under({ jku })])).visas).toEqual([])
    expect(node.fetched).toEqual([world.broker.jwksUri])
  })
})
