import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { BrokerConfig } from '../../../schemas/index.js'
import {
  createTestNode,
  NODE,
  outcomeOf,
  startAccessWorld,
  withToken,
  type AccessWorld,
  type TestNode,
} from '../testing/access-fixture.js'
import { startTestIssuer, type TestIssuer } from '../testing/test-issuer.js'

const OPAQUE = '2YotnFZFEjr1zCsicMWpAA'

let world: AccessWorld
let broker: TestIssuer
let other: TestIssuer

beforeAll(async () => {
  world = await startAccessWorld()
  broker = world.broker
  other = await startTestIssuer('other', now)
})
afterAll(() => Promise.all([world.close(), other.close()]))
beforeEach(() => {
  for (const each of [broker, other]) {
    each.answer = undefined
    each.userinfo.clear()
    each.requests.length = 0
  }
})

const now = () => Math.floor(world.clock / 1000)
const toConfig = ({ issuer, jwksUri, userinfoEndpoint }: TestIssuer): BrokerConfig => ({
  issuer,
  jwksUri,
  userinfoEndpoint,
})
/** Asks at two brokers, the world's one first. */
const createNode = () => createTestNode(world, { access: { brokers: [toConfig(broker), toConfig(other)] } })

const toAccessToken = (claims: object = {}, header: object = {}) =>
  broker.sign(
    { iss: broker.issuer, sub: 'alice', iat: now(), exp: now() + 3600, scope: 'openid ga4gh_passport_v1', ...claims },
    { alg: 'ES256', kid: broker.key.id, typ: 'at+jwt', ...header },
  )

async function ask(node: TestNode, token: string) {
  const outcome = await outcomeOf(node, withToken(token))
  return 'error' in outcome ? `${outcome.status} ${outcome.error}` : outcome.caller.principal
}

describe('an opaque access token', () => {
  test('is of whom the broker says, with the visas that it gives', async () => {
    const visa = await world.rems.toVisa()
    broker.userinfo.set(OPAQUE, { sub: 'alice', ga4gh_passport_v1: [visa], acr: 'loa3', auth_time: now() - 60 })
    expect(await ask(createNode(), OPAQUE)).toMatchObject({
      subject: { issuer: broker.issuer, id: 'alice' },
      visas: [{ type: 'ControlledAccessGrants' }],
      acr: 'loa3',
      authenticatedAt: now() - 60,
      expires: now() + 300,
    })
  })

  test('is tried at each broker that can be asked', async () => {
    other.userinfo.set(OPAQUE, { sub: 'bob' })
    expect(await ask(createNode(), OPAQUE)).toMatchObject({ subject: { issuer: other.issuer, id: 'bob' }, visas: [] })
    expect([broker.requests, other.requests]).toEqual([['/userinfo'], ['/userinfo']])
  })

  test('that none knows is refused', async () => {
    expect(await ask(createNode(), OPAQUE)).toBe('401 invalid_token')
  })

  test('cannot be refused while one who could know it does not answer', async () => {
    const node = createNode()
    broker.answer = (_request, response) => void response.writeHead(500).end()
    expect(await ask(node, OPAQUE)).toBe('503 unavailable')
    other.userinfo.set(OPAQUE, { sub: 'bob' })
    expect(await ask(node, OPAQUE)).toMatchObject({ subject: { issuer: other.issuer } })
  })

  test('is not shown to whomever a broker names', async () => {
    broker.answer = (_request, response) => void response.writeHead(307, { location: other.userinfoEndpoint }).end()
    other.userinfo.set(OPAQUE, { sub: 'bob' })
    const node = createTestNode(world, { access: { brokers: [toConfig(broker)] } })
    expect(await ask(node, OPAQUE)).toBe('503 unavailable')
    expect(other.requests).toEqual([])
  })

  test.each([
    ['no sub', {}],
    ['a sub of a number', { sub: 1 }],
    ['visas of text', { sub: 'alice', ga4gh_passport_v1: 'x' }],
    ['201 visas', { sub: 'alice', ga4gh_passport_v1: Array.from({ length: 201 }, () => 'x') }],
  ])('of which is said %s is refused', async (_, said) => {
    broker.userinfo.set(OPAQUE, said)
    expect(await ask(createNode(), OPAQUE)).toBe('401 invalid_token')
  })

  test('is not sent anywhere when it is too long, or reads like a signed one', async () => {
    const node = createNode()
    expect(await ask(node, 'x'.repeat(64 * 1024 + 1))).toBe('401 invalid_token')
    expect(await ask(node, `${Buffer.from('{"a":1,"a":2}').toString('base64url')}.e30.x`)).toBe('401 invalid_token')
    expect(node.fetched).toEqual([])
  })
})

describe('an access token in JWT form', () => {
  test('is verified, and its broker asked for the visas', async () => {
    const token = await toAccessToken({ acr: 'loa3', client_id: 'portal' })
    broker.userinfo.set(token, { sub: 'alice', ga4gh_passport_v1: [await world.rems.toVisa()] })
    expect(await ask(createNode(), token)).toMatchObject({
      subject: { issuer: broker.issuer, id: 'alice' },
      visas: [{ type: 'ControlledAccessGrants' }],
      acr: 'loa3',
      client: 'portal',
      expires: now() + 3600,
    })
    expect(other.requests).toEqual([])
  })

  test.each<readonly [string, object, object]>([
    ['over', { exp: 1 }, {}],
    ['of another broker', { iss: 'https://other.test/' }, {}],
    ['of nobody', { iss: 'https://evil.test/' }, {}],
    ['for somebody else', { aud: 'https://syd.test' }, {}],
    ['with visas in it', { ga4gh_passport_v1: [] }, {}],
    ['an id token', {}, { typ: 'JWT' }],
    ['without kid', {}, { kid: undefined }],
  ])('is refused: %s', async (_, claims, header) => {
    const token = await toAccessToken(claims, header)
    broker.userinfo.set(token, { sub: 'alice' })
    const node = createNode()
    expect(await ask(node, token)).toBe('401 invalid_token')
    expect([...broker.requests, ...other.requests]).not.toContain('/userinfo')
  })

  test.each([
    ['this node', NODE],
    ['the broker', 'https://broker.test/'],
    ['several, the broker among them', ['https://broker.test/', 'https://syd.test']],
  ])('may be for %s', async (_, aud) => {
    const token = await toAccessToken({ aud })
    broker.userinfo.set(token, { sub: 'alice' })
    expect(await ask(createNode(), token)).toHaveProperty('kind', 'person')
  })

  test('is refused when the broker says that it is of somebody else, or does not know it', async () => {
    const token = await toAccessToken()
    expect(await ask(createNode(), token)).toBe('401 invalid_token')
    broker.userinfo.set(token, { sub: 'bob' })
    expect(await ask(createNode(), token)).toBe('401 invalid_token')
  })

  test('that was not made for visas gives no right', async () => {
    expect(await ask(createNode(), await toAccessToken({ scope: 'openid' }))).toBe('403 insufficient_scope')
  })

  test('cannot be used while its broker does not answer', async () => {
    const token = await toAccessToken()
    broker.answer = (request, response) =>
      void (request.url === '/jwks' ? response.end(JSON.stringify({ keys: broker.keys })) : request.socket.destroy())
    expect(await ask(createNode(), token)).toBe('503 unavailable')
  })
})
