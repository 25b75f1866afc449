import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  createTestNode,
  NODE,
  outcomeOf,
  startAccessWorld,
  toRequest,
  withToken,
  type AccessChanges,
  type AccessWorld,
} from '../testing/access-fixture.js'
import { createTestKey, type Changes, type TestKey } from '../testing/test-issuer.js'

let world: AccessWorld
let stranger: TestKey
let rsa: TestKey

beforeAll(async () => {
  world = await startAccessWorld()
  stranger = await createTestKey('broker-1')
  rsa = await createTestKey('broker-1', 'RS256')
})
afterAll(() => world.close())

const now = () => Math.floor(world.clock / 1000)
const pass = (changes: Changes = {}, audience: string = NODE) => world.broker.toPassport([], audience, changes)
const passWith = (claims: Record<string, unknown>) => pass({ claims })
const passUnder = (header: Record<string, unknown>) => pass({ header })

const encode = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** A Passport whose parts are written as they are given. */
function forge(header: object | string, claims: object | string, signature: (signed: string) => string): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${signature(signed)}`
}

const HEADER = { alg: 'ES256', kid: 'broker-1', typ: 'vnd.ga4gh.passport+jwt' }
const goodClaims = () => ({
  iss: world.broker.issuer,
  sub: 'alice',
  aud: NODE,
  iat: now(),
  exp: now() + 300,
  jti: 'p',
  ga4gh_passport_v1: [],
})
/** Signs text that no library would write. */
async function signText(header: string, claims: string): Promise<string> {
  const signed = `${encode(header)}.${encode(claims)}`
  const { privateKey } = world.broker.key
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, Buffer.from(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

const none = () => ''
const hmac = (secret: string) => (signed: string) => createHmac('sha256', secret).update(signed).digest('base64url')
const swapEnd = (token: string) => token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA')

type Attack = readonly [string, () => string | Promise<string>]

const INVALID: readonly Attack[] = [
  ['J1 alg none', () => forge({ ...HEADER, alg: 'none' }, goodClaims(), none)],
  ['J1 alg None', () => forge({ ...HEADER, alg: 'None' }, goodClaims(), none)],
  ['J1 alg missing', () => forge({ ...HEADER, alg: undefined }, goodClaims(), none)],
  ['J1 no signature', async () => `${(await pass()).split('.').slice(0, 2).join('.')}.`],
  [
    'J2 HS256 with the public key',
    () => forge({ ...HEADER, alg: 'HS256' }, goodClaims(), hmac(JSON.stringify(world.broker.key.jwk))),
  ],
  ['J2 HS256 with nothing', () => forge({ ...HEADER, alg: 'HS256' }, goodClaims(), hmac(''))],
  ['J3 key of a stranger', () => pass({ key: stranger })],
  ['J3 embedded jwk', () => pass({ key: stranger, header: { jwk: stranger.jwk } })],
  ['J3 embedded x5u', () => pass({ key: stranger, header: { x5u: world.rems.jwksUri } })],
  ['J3 embedded x5c', () => pass({ key: stranger, header: { x5c: ['MIIB'] } })],
  ['J3 jku of a stranger', () => pass({ key: stranger, header: { jku: world.rems.jwksUri } })],
  ['J3 changed signature', async () => swapEnd(await pass())],
  [
    'J3 changed claims',
    async () => {
      const [header, , signature] = (await pass()).split('.')
      return [header, encode({ ...goodClaims(), sub: 'bob' }), signature].join('.')
    },
  ],
  ['J3 unknown crit', () => forge({ ...HEADER, crit: ['x'], x: 1 }, goodClaims(), () => 'AAAA')],
  ['J3 b64 false', () => forge({ ...HEADER, crit: ['b64'], b64: false }, goodClaims(), () => 'AAAA')],
  ['J6 kid of a path', () => passUnder({ kid: '../../dev/null' })],
  ['J6 kid of SQL', () => passUnder({ kid: `' OR 1=1 --` })],
  ['J6 kid of 10 kB', () => passUnder({ kid: 'k'.repeat(10_000) })],
  ['J6 kid missing', () => passUnder({ kid: undefined })],
  ['J6 kid empty', () => passUnder({ kid: '' })],
  ['J6 kid of a list', () => passUnder({ kid: ['broker-1'] })],
  ['J6 kid right, other type of key', () => pass({ key: rsa })],
  ['J7 aud of another node', () => pass({}, 'https://syd.test')],
  ['J7 aud empty', () => passWith({ aud: [] })],
  ['J7 aud missing', () => passWith({ aud: undefined })],
  ['J7 aud of both', () => passWith({ aud: [NODE, 'https://syd.test'] })],
  ['J7 aud with a slash', () => pass({}, `${NODE}/`)],
  ['J7 aud in other case', () => pass({}, NODE.toUpperCase())],
  ['J7 aud null', () => passWith({ aud: null })],
  ['J8 over for six seconds', () => passWith({ exp: now() - 6 })],
  ['J8 begins in six seconds', () => passWith({ nbf: now() + 6 })],
  ['J8 made in six seconds', () => passWith({ iat: now() + 6 })],
  ['J8 made long ago', () => passWith({ iat: now() - 906 })],
  ['J8 exp missing', () => passWith({ exp: undefined })],
  ['J8 exp of text', () => passWith({ exp: String(now() + 300) })],
  ['J8 exp without end', () => signText(JSON.stringify(HEADER), endless())],
  ['J8 iat missing', () => passWith({ iat: undefined })],
  ['J9 iss without its slash', () => passWith({ iss: world.broker.issuer.slice(0, -1) })],
  ['J9 iss with two slashes', () => passWith({ iss: `${world.broker.issuer}/` })],
  ['J9 iss in other case', () => passWith({ iss: world.broker.issuer.toUpperCase() })],
  ['J9 iss of the issuer of visas', () => passWith({ iss: world.rems.issuer })],
  ['J9 iss of a list', () => passWith({ iss: [world.broker.issuer] })],
  ['J9 iss of an object', () => passWith({ iss: '__proto__' })],
  ['J9 iss missing', () => passWith({ iss: undefined })],
  ['J10 access token', () => passUnder({ typ: 'at+jwt' })],
  ['J10 visa', () => world.rems.toVisa()],
  ['J10 visa by the broker', () => world.broker.toVisa()],
  ['J10 typ JWT', () => passUnder({ typ: 'JWT' })],
  ['J10 typ missing', () => passUnder({ typ: undefined })],
  ['J10 typ in other case', () => passUnder({ typ: 'VND.GA4GH.PASSPORT+JWT' })],
  ['J10 typ with application/', () => passUnder({ typ: 'application/vnd.ga4gh.passport+jwt' })],
  ['J10 an opaque token', () => '2YotnFZFEjr1zCsicMWpAA'],
  ['J18 201 visas', () => passWith({ ga4gh_passport_v1: Array.from({ length: 201 }, () => 'x') })],
  ['J18 1 MB', () => passWith({ filling: 'x'.repeat(1_000_000) })],
  ['visas missing', () => passWith({ ga4gh_passport_v1: undefined })],
  ['visas of text', () => passWith({ ga4gh_passport_v1: 'x' })],
  ['jti missing', () => passWith({ jti: undefined })],
  ['sub missing', () => passWith({ sub: undefined })],
  ['sub empty', () => passWith({ sub: '' })],
  ['sub of a number', () => passWith({ sub: 1 })],
  ['sub with a line break', () => passWith({ sub: 'alice\nbob' })],
  ['cnf without a key that can be checked', () => passWith({ cnf: { 'x5t#S256': 'abc' } })],
  ['cnf of text', () => passWith({ cnf: 'key' })],
  ['act without sub', () => passWith({ act: {} })],
  ['purpose of a list', () => passWith({ ngp_purpose: ['HRESCH'] })],
  ['J23 claim twice', () => signText(JSON.stringify(HEADER), twice('"sub":"bob"'))],
  ['J23 claim twice, once escaped', () => signText(JSON.stringify(HEADER), twice('"\\u0073ub":"bob"'))],
  ['J23 claim of a claim twice', () => signText(JSON.stringify(HEADER), twice('"act":{"sub":"a","sub":"b"}'))],
  [
    'J23 header twice',
    () =>
      signText(`{"typ":"at+jwt","alg":"ES256","kid":"broker-1","typ":"${HEADER.typ}"}`, JSON.stringify(goodClaims())),
  ],
  ['three dots', () => 'eyJhbGciOiJub25lIn0.e30.e30.e30'],
  ['claims of a list', () => signText(JSON.stringify(HEADER), '[]')],
  ['claims that are no UTF-8', () => `${encode(HEADER)}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.AAAA`],
  ['claims that nest', () => signText(JSON.stringify(HEADER), nested(60_000))],
]

const twice = (more: string) => `${JSON.stringify(goodClaims()).slice(0, -1)},${more}}`
const endless = () => JSON.stringify(goodClaims()).replace(/"exp":\d+/, '"exp":1e400')
const nested = (depth: number) =>
  `${JSON.stringify(goodClaims()).slice(0, -1)},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`

describe('a Passport is refused with 401 invalid_token', () => {
  test.each(INVALID)('%s', async (_, make) => {
    const node = createTestNode(world)
    expect(await outcomeOf(node, withToken(await make()))).toMatchObject({ status: 401, error: 'invalid_token' })
    // Whatever it said, nobody was asked but its broker.
    expect(new Set([...node.fetched, world.broker.jwksUri])).toEqual(new Set([world.broker.jwksUri]))
  })

  test('and nothing of it is said again', async () => {
    const outcome = await outcomeOf(createTestNode(world), withToken(await passWith({ iss: 'https://secret.test/' })))
    expect(JSON.stringify(outcome)).not.toMatch(/secret|eyJ/)
  })
})

const HARMLESS: readonly Attack[] = [
  ['as it should be', () => pass()],
  ['as it should be, signed as text', () => signText(JSON.stringify(HEADER), JSON.stringify(goodClaims()))],
  ['of one aud in a list', () => passWith({ aud: [NODE] })],
  ['over for four seconds', () => passWith({ exp: now() - 4 })],
  ['that begins in five seconds', () => passWith({ nbf: now() + 5 })],
  ['made fifteen minutes ago', () => passWith({ iat: now() - 900 })],
  [
    'with addresses of keys, which are not looked at',
    () => passUnder({ jku: 'https://evil.test', x5u: 'https://e.test' }),
  ],
  ['with a claim in two objects', () => passWith({ act: { sub: 'ngp-hub' }, more: { sub: 'x' } })],
]

describe('a Passport is taken', () => {
  test.each(HARMLESS)('%s', async (_, make) => {
    const node = createTestNode(world)
    expect(await outcomeOf(node, withToken(await make()))).toMatchObject({
      status: 200,
      caller: { principal: { kind: 'person', subject: { issuer: world.broker.issuer, id: 'alice' } } },
    })
    expect(node.fetched).toEqual([world.broker.jwksUri])
  })

  test('of 200 visas', async () => {
    const visas = Array.from({ length: 200 }, () => 'x')
    expect(
      await outcomeOf(createTestNode(world), withToken(await passWith({ ga4gh_passport_v1: visas }))),
    ).toMatchObject({ status: 200, caller: { principal: { visas: [] } } })
  })

  test('without aud only where its broker may, and bound to a key', async () => {
    const changes: AccessChanges = { broker: { requiresAudience: false } }
    const bare = withToken(await passWith({ aud: undefined }))
    expect(await outcomeOf(createTestNode(world, changes), bare)).toMatchObject({ status: 401, error: 'invalid_token' })
    const bound = withToken(await passWith({ aud: undefined, cnf: { jkt: 'key-1' } }))
    expect(await outcomeOf(createTestNode(world, changes), bound)).toMatchObject({
      status: 401,
      error: 'invalid_token',
    })
    const signer = { client: 'ngp-hub', keyThumbprint: 'key-1' }
    const signed = createTestNode(world, { ...changes, verifySignature: () => Promise.resolve(signer) })
    expect(await outcomeOf(signed, bound)).toMatchObject({ status: 200 })
    const other = withToken(await passWith({ aud: 'https://syd.test', cnf: { jkt: 'key-1' } }))
    expect(await outcomeOf(signed, other)).toMatchObject({ status: 401, error: 'invalid_token' })
  })
})

const MALFORMED: readonly (readonly [string, (token: string) => Parameters<typeof toRequest>])[] = [
  ['J17 two Authorization headers', (token) => [{ authorization: [`Bearer ${token}`, `Bearer ${token}`] }]],
  ['J17 token in the URL', (token) => [{}, `/g_variants?access_token=${token}`]],
  ['J17 token in the URL, encoded', (token) => [{}, `/g_variants?limit=1&%61ccess_token=${token}`]],
  ['J17 token in the URL and in the header', (token) => [{ authorization: `Bearer ${token}` }, '/?access_token=']],
  ['Bearer without a token', () => [{ authorization: 'Bearer' }]],
  ['Bearer and two tokens', (token) => [{ authorization: `Bearer ${token} ${token}` }]],
  ['Bearer, Bearer', (token) => [{ authorization: `Bearer ${token}, Bearer ${token}` }]],
  ['letters that no token has', () => [{ authorization: 'Bearer a"b' }]],
]

describe('a request is refused with 400 invalid_request', () => {
  test.each(MALFORMED)('%s', async (_, make) => {
    const request = toRequest(...make(await pass()))
    expect(await outcomeOf(createTestNode(world), request)).toMatchObject({ status: 400, error: 'invalid_request' })
  })

  test('but another scheme is told to use this one', async () => {
    const outcome = await outcomeOf(createTestNode(world), toRequest({ authorization: 'Basic YTpi' }))
    expect(outcome).toMatchObject({ status: 401, error: undefined })
    expect(outcome).toHaveProperty(
      'challenge',
      expect.stringMatching(/^Bearer realm="se.fyr.norr", resource_metadata=/),
    )
  })
})
