import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { AccessConfig } from '../../schemas/index.js'
import type { Credentials, Signer } from './caller.js'
import { invalidSignature } from './challenges.js'
import {
  createTestNode,
  NODE,
  outcomeOf,
  startAccessWorld,
  toRequest,
  withToken,
  type AccessChanges,
  type AccessWorld,
} from './testing/access-fixture.js'

const HUB: Signer = { client: 'ngp-hub', keyThumbprint: 'hub-key' }
const OTHER_HUB: Signer = { client: 'other-hub', keyThumbprint: 'other-key' }

let world: AccessWorld
beforeAll(async () => {
  world = await startAccessWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  world.rems.requests.length = 0
})

let count = 0
const toToken = (claims: object = {}, visas: readonly unknown[] = []) =>
  world.broker.toPassport(visas, NODE, { claims: { jti: `p-${++count}`, ...claims } })
const signedBy = (signer: Signer | undefined): AccessChanges => ({ verifySignature: () => Promise.resolve(signer) })
const summary = async (changes: AccessChanges, credentials: Credentials) => {
  const outcome = await outcomeOf(createTestNode(world, changes), credentials)
  return 'error' in outcome ? `${outcome.status} ${outcome.error}` : outcome.status
}

const BARE = {}
const ACT = { act: { sub: HUB.client } }
const CNF = { cnf: { jkt: HUB.keyThumbprint } }
const BOTH = { ...ACT, ...CNF }
type Trust = Pick<AccessConfig, 'trust' | 'direct'>
const PASSPORT: Trust = { trust: 'passport' }
const SIGNED: Trust = { trust: 'signed' }
const DIRECT: Trust = { trust: 'signed', direct: 'bearer' }
const REFUSED = '401 invalid_token'

describe('who may use a Passport', () => {
  test.each<readonly [string, object, Trust, Signer | undefined, string | number]>([
    ['a bearer, where that suffices', BARE, PASSPORT, undefined, 200],
    ['a bearer of one for a hub, where that suffices', BOTH, PASSPORT, undefined, 200],
    ['its hub, where a bearer suffices', BOTH, PASSPORT, HUB, 200],
    ['another hub, where a bearer suffices', BOTH, PASSPORT, OTHER_HUB, REFUSED],
    ['its hub', BOTH, SIGNED, HUB, 200],
    ['its hub, by act alone', ACT, SIGNED, HUB, 200],
    ['its hub, by cnf alone', CNF, SIGNED, HUB, 200],
    ['another hub', BOTH, SIGNED, OTHER_HUB, REFUSED],
    ['another hub, by act alone', ACT, SIGNED, OTHER_HUB, REFUSED],
    ['another hub, by cnf alone', CNF, SIGNED, OTHER_HUB, REFUSED],
    ['its hub, with a key of another', BOTH, SIGNED, { ...HUB, keyThumbprint: 'x' }, REFUSED],
    ['another hub, with its key', BOTH, SIGNED, { ...HUB, client: 'x' }, REFUSED],
    ['a thief without the key', BOTH, SIGNED, undefined, REFUSED],
    ['a thief without the key, by act alone', ACT, DIRECT, undefined, REFUSED],
    ['a thief without the key, by cnf alone', CNF, DIRECT, undefined, REFUSED],
    ['a person', BARE, SIGNED, undefined, REFUSED],
    ['a person, where direct is refused', BARE, { trust: 'signed', direct: 'refused' }, undefined, REFUSED],
    ['a person, where direct is allowed', BARE, DIRECT, undefined, 200],
    ['a hub with one that is not bound', BARE, SIGNED, HUB, REFUSED],
  ])('%s', async (_, claims, access, signer, expected) => {
    const token = await toToken(claims)
    expect(await summary({ access, ...signedBy(signer) }, withToken(token))).toBe(expected)
  })

  test('is decided before its visas are looked at', async () => {
    const token = await toToken(BOTH, [await world.rems.toVisa()])
    expect(await summary({ access: SIGNED }, withToken(token))).toBe(REFUSED)
    expect(world.rems.requests).toEqual([])
  })

  test('is decided for each request, also for a token that was verified before', async () => {
    let signer: Signer | undefined = HUB
    const node = createTestNode(world, { access: SIGNED, verifySignature: () => Promise.resolve(signer) })
    const credentials = withToken(await toToken(BOTH))
    expect(await outcomeOf(node, credentials)).toMatchObject({ status: 200, caller: { hub: HUB.client } })
    signer = undefined
    expect(await outcomeOf(node, credentials)).toMatchObject({ status: 401, error: 'invalid_token' })
    signer = OTHER_HUB
    expect(await outcomeOf(node, credentials)).toMatchObject({ status: 401, error: 'invalid_token' })
  })

  const HUBS = { trust: 'signed+mtls', hubs: [{ keyId: 'k', client: HUB.client, publicKeyFile: 'f' }] } as const
  const PINNED = { ...HUBS, hubs: [{ ...HUBS.hubs[0], certificateSha256: 'aa' }] }
  test.each<readonly [string, Partial<AccessConfig>, string | undefined, string | number]>([
    ['its certificate', PINNED, 'aa', 200],
    ['another certificate', PINNED, 'bb', '401 invalid_signature'],
    ['no certificate', PINNED, undefined, '401 invalid_signature'],
    ['none, where none is configured', HUBS, undefined, '401 invalid_signature'],
  ])('at signed+mtls a hub that shows %s', async (_, access, certificateSha256, expected) => {
    const credentials = {
      ...withToken(await toToken(BOTH)),
      ...(certificateSha256 === undefined ? {} : { certificateSha256 }),
    }
    expect(await summary({ access, ...signedBy(HUB) }, credentials)).toBe(expected)
    const { headers: _headers, ...rest } = credentials
    expect(await summary({ access, ...signedBy(HUB) }, { ...rest, headers: new Map() })).toBe(expected)
  })
})

describe('a request without a token', () => {
  test('is of nobody, signed or not', async () => {
    expect(await outcomeOf(createTestNode(world, { access: SIGNED }), toRequest({}))).toEqual({
      status: 200,
      caller: { principal: { kind: 'anonymous' } },
    })
    expect(await outcomeOf(createTestNode(world, { access: SIGNED, ...signedBy(HUB) }), toRequest({}))).toEqual({
      status: 200,
      caller: { principal: { kind: 'anonymous' }, hub: HUB.client },
    })
  })

  test('with a signature that nobody can check is refused', async () => {
    for (const name of ['signature', 'signature-input']) {
      expect(await summary({}, toRequest({ [name]: 'x' }))).toBe('401 invalid_signature')
    }
  })
})

test('a bad signature is refused before anything is verified', async () => {
  const node = createTestNode(world, { verifySignature: () => Promise.reject(invalidSignature('bad')) })
  expect(await outcomeOf(node, withToken(await toToken()))).toMatchObject({ status: 401, error: 'invalid_signature' })
  expect(node.fetched).toEqual([])
})

describe('purpose and project', () => {
  const FOR = { ngp_purpose: 'HRESCH', ngp_project: 'urn:p:1' }
  test.each<readonly [string, object, Record<string, string | readonly string[]>, object | string]>([
    ['of neither', {}, {}, {}],
    ['of headers', {}, { 'ngp-purpose': 'TREAT', 'ngp-project': 'urn:p:2' }, { purpose: 'TREAT', project: 'urn:p:2' }],
    ['of the Passport', FOR, {}, { purpose: 'HRESCH', project: 'urn:p:1' }],
    [
      'of each the half',
      { ngp_purpose: 'HRESCH' },
      { 'ngp-project': 'urn:p:1' },
      { purpose: 'HRESCH', project: 'urn:p:1' },
    ],
    ['of both', FOR, { 'ngp-purpose': 'HRESCH', 'ngp-project': 'urn:p:1' }, { purpose: 'HRESCH', project: 'urn:p:1' }],
    ['another purpose', FOR, { 'ngp-purpose': 'TREAT' }, '403 undefined'],
    ['another project', FOR, { 'ngp-project': 'urn:p:2' }, '403 undefined'],
    ['an unknown purpose', {}, { 'ngp-purpose': 'FUN' }, '400 undefined'],
    ['a purpose in other case', {}, { 'ngp-purpose': 'hresch' }, '400 undefined'],
    ['an unknown purpose of the Passport', { ngp_purpose: 'FUN' }, {}, '400 undefined'],
    ['no purpose at all', {}, { 'ngp-purpose': '' }, '400 undefined'],
    ['two purposes', {}, { 'ngp-purpose': ['HRESCH', 'HRESCH'] }, '400 undefined'],
    ['two projects', {}, { 'ngp-project': ['urn:p:1', 'urn:p:2'] }, '400 undefined'],
    ['a project of spaces', {}, { 'ngp-project': 'a b' }, '400 undefined'],
  ])('%s', async (_, claims, headers, expected) => {
    const request = toRequest({ authorization: `Bearer ${await toToken(claims)}`, ...headers })
    const outcome = await outcomeOf(createTestNode(world), request)
    if ('error' in outcome) return expect(`${outcome.status} ${outcome.error}`).toBe(expected)
    const { principal: _principal, ...said } = outcome.caller
    return expect(said).toEqual(expected)
  })
})

test('the claims of a Passport', async () => {
  const token = await toToken({
    ...BOTH,
    jti: 'p-claims',
    client_id: 'portal',
    acr: 'loa3',
    auth_time: 5,
    ngp_unit: 'SE-U1',
    ngp_provider: 'SE-P1',
  })
  const outcome = await outcomeOf(createTestNode(world, signedBy(HUB)), withToken(token))
  expect(outcome).toMatchObject({
    caller: {
      hub: HUB.client,
      principal: {
        passportId: 'p-claims',
        actor: HUB.client,
        client: 'portal',
        keyThumbprint: HUB.keyThumbprint,
        acr: 'loa3',
        authenticatedAt: 5,
        unit: 'SE-U1',
        provider: 'SE-P1',
        expires: Math.floor(world.clock / 1000) + 300,
      },
    },
  })
})

describe('a token that was verified', () => {
  const BROKEN = (_request: unknown, response: { destroy(): unknown }) => void response.destroy()

  test('is not verified again for a minute', async () => {
    const node = createTestNode(world)
    const credentials = withToken(await toToken({}, [await world.rems.toVisa()]))
    const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(node, credentials)))
    expect(first).toHaveProperty('status', 200)
    // One verification: all were given one and the same person.
    for (const each of others) expect(principalOf(each)).toBe(principalOf(first!))
    world.clock += 59_000
    expect(principalOf(await outcomeOf(node, credentials))).toBe(principalOf(first!))
    world.clock += 1_000
    const later = await outcomeOf(node, credentials)
    expect(principalOf(later)).not.toBe(principalOf(first!))
    expect(principalOf(later)).toEqual(principalOf(first!))
  })

  const principalOf = (outcome: Awaited<ReturnType<typeof outcomeOf>>) =>
    'caller' in outcome ? outcome.caller.principal : outcome

  test.each([
    ['the token', { exp: 20 }, {}],
    ['a visa of it', {}, { exp: 20 }],
  ])('is verified again when %s is over', async (_, passport, visa) => {
    const inTime = (claims: { exp?: number }) =>
      claims.exp === undefined ? {} : { exp: Math.floor(world.clock / 1000) + claims.exp }
    const node = createTestNode(world)
    const credentials = withToken(
      await toToken(inTime(passport), [await world.rems.toVisa({}, { claims: inTime(visa) })]),
    )
    expect(principalOf(await outcomeOf(node, credentials))).toHaveProperty('visas.length', 1)
    world.clock += 26_000
    const later = principalOf(await outcomeOf(node, credentials))
    if ('exp' in passport) expect(later).toMatchObject({ status: 401, error: 'invalid_token' })
    else expect(later).toHaveProperty('visas.length', 0)
  })

  test('is not remembered as bad because something was not there', async () => {
    const node = createTestNode(world)
    const credentials = withToken(await toToken({}, [await world.rems.toVisa()]))
    world.rems.answer = BROKEN
    expect(await outcomeOf(node, credentials)).toMatchObject({ status: 503 })
    world.rems.answer = undefined
    world.clock += 2_000
    expect(principalOf(await outcomeOf(node, credentials))).toHaveProperty('visas.length', 1)
  })
})
