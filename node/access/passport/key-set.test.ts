import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  createTestNode,
  NODE,
  outcomeOf,
  startAccessWorld,
  withToken,
  type AccessWorld,
  type TestNode,
} from '../testing/access-fixture.js'
import { createTestKey, type TestAnswer, type TestKey } from '../testing/test-issuer.js'
import { COOLDOWN_MS, MAXIMUM_AGE_MS } from './key-set.js'

let world: AccessWorld
let next: TestKey

beforeAll(async () => {
  world = await startAccessWorld()
  next = await createTestKey('broker-2')
})
afterAll(() => world.close())
beforeEach(() => {
  world.broker.answer = undefined
  world.rems.answer = undefined
  world.broker.keys = [world.broker.key.jwk]
  world.broker.requests.length = 0
})

let count = 0
/** Asks with a Passport that was not seen before. */
async function ask(node: TestNode, key = world.broker.key, header: object = {}, visas: readonly unknown[] = []) {
  const claims = { jti: `p-${++count}` }
  const token = await world.broker.toPassport(visas, NODE, { key, claims, header: { ...header } })
  const outcome = await outcomeOf(node, withToken(token))
  return 'error' in outcome ? `${outcome.status} ${outcome.error}` : outcome.status
}

const FAILURES: readonly (readonly [string, TestAnswer])[] = [
  ['500', (_request, response) => void response.writeHead(500).end()],
  ['404', (_request, response) => void response.writeHead(404).end('{}')],
  ['a redirect', (_request, response) => void response.writeHead(302, { location: '/jwks' }).end()],
  ['a page', (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
  ['no keys', (_request, response) => void response.end('{}')],
  ['keys of no kind', (_request, response) => void response.end('{"keys":[1]}')],
  ['nothing, and a closed connection', (request) => void request.socket.destroy()],
  ['without end', (_request, response) => endlessly(response)],
]

function endlessly(response: Parameters<TestAnswer>[1]): void {
  const write = () => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
  }
  response.on('drain', write)
  write()
}

describe('J16 keys that cannot be had', () => {
  test.each(FAILURES)('of a broker that answers %s: 503', async (_, answer) => {
    world.broker.answer = answer
    expect(await ask(createTestNode(world))).toBe('503 unavailable')
  })

  test('of a broker that nobody hears: 503', async () => {
    const node = createTestNode(world, { broker: { jwksUri: 'http://127.0.0.1:1/jwks' } })
    expect(await ask(node)).toBe('503 unavailable')
  })

  test('of an issuer of visas: 503', async () => {
    world.rems.answer = FAILURES[0]![1]
    expect(await ask(createTestNode(world), undefined, {}, [await world.rems.toVisa()])).toBe('503 unavailable')
  })

  test('are not looked for with every request, and are found when they are there again', async () => {
    const node = createTestNode(world)
    world.broker.answer = FAILURES[0]![1]
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => ask(node)))
    expect(new Set(outcomes)).toEqual(new Set(['503 unavailable']))
    expect(node.fetched).toHaveLength(1)
    world.broker.answer = undefined
    expect(await ask(node)).toBe('503 unavailable')
    world.clock += 2_000
    expect(await ask(node)).toBe(200)
  })

  test('serve for ten minutes when they were had before', async () => {
    const node = createTestNode(world)
    expect(await ask(node)).toBe(200)
    world.broker.answer = FAILURES[0]![1]
    world.clock += MAXIMUM_AGE_MS - 1
    expect(await ask(node)).toBe(200)
    world.clock += 1
    expect(await ask(node)).toBe('503 unavailable')
  })

  test('are renewed in time, so that an outage of less than five minutes is not noticed', async () => {
    const node = createTestNode(world)
    expect(await ask(node)).toBe(200)
    world.clock += 6 * 60_000
    expect(await ask(node)).toBe(200)
    expect(node.fetched).toHaveLength(2)
    await settled(node, 2)
    world.broker.answer = FAILURES[0]![1]
    world.clock += 5 * 60_000 - 1
    expect(await ask(node)).toBe(200)
  })

  test('are the same for all that ask at one time', async () => {
    const node = createTestNode(world)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => ask(node)))
    expect(new Set(outcomes)).toEqual(new Set([200]))
    expect(node.fetched).toHaveLength(1)
  })
})

/** Waits until keys that are fetched without anybody waiting for them are there. */
async function settled(node: TestNode, fetches: number): Promise<void> {
  while (world.broker.requests.length < fetches) await new Promise((resolve) => setTimeout(resolve, 5))
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(node.fetched).toHaveLength(fetches)
}

describe('J15 a change of keys', () => {
  test('the new key is good after the cool-down, the old one until it is withdrawn', async () => {
    const node = createTestNode(world)
    expect(await ask(node)).toBe(200)
    world.broker.keys = [next.jwk, world.broker.key.jwk]
    expect(await ask(node, next)).toBe('401 invalid_token')
    world.clock += COOLDOWN_MS
    expect(await ask(node, next)).toBe(200)
    expect(await ask(node)).toBe(200)
    world.broker.keys = [next.jwk]
    expect(await ask(node)).toBe(200)
    world.clock += MAXIMUM_AGE_MS
    expect(await ask(node)).toBe('401 invalid_token')
    expect(await ask(node, next)).toBe(200)
  })

  test('made-up key ids cost their publisher one request in the cool-down', async () => {
    const node = createTestNode(world)
    expect(await ask(node)).toBe(200)
    const flood = () =>
      Promise.all(Array.from({ length: 40 }, (_, i) => ask(node, world.broker.key, { kid: `made-up-${i}` })))
    expect(new Set(await flood())).toEqual(new Set(['401 invalid_token']))
    expect(node.fetched).toHaveLength(1)
    world.clock += COOLDOWN_MS
    expect(new Set(await flood())).toEqual(new Set(['401 invalid_token']))
    expect(new Set(await flood())).toEqual(new Set(['401 invalid_token']))
    expect(node.fetched).toHaveLength(2)
    expect(world.broker.requests).toHaveLength(2)
  })

  test('a key id that could not be looked for is no reason to say that the token is bad', async () => {
    const node = createTestNode(world)
    expect(await ask(node)).toBe(200)
    world.broker.answer = FAILURES[0]![1]
    world.clock += COOLDOWN_MS
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => ask(node, next)))
    expect(new Set(outcomes)).toEqual(new Set(['503 unavailable']))
    expect(await ask(node, next)).toBe('503 unavailable')
    expect(node.fetched).toHaveLength(2)
    expect(await ask(node)).toBe(200)
  })

  test('two keys of one id are none', async () => {
    world.broker.keys = [world.broker.key.jwk, world.broker.key.jwk]
    expect(await ask(createTestNode(world))).toBe('401 invalid_token')
  })
})
