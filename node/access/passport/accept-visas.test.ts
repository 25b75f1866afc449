import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Person } from '../person.js'
import {
  createTestNode,
  identifyBearer,
  startAccessWorld,
  toIssuerConfig,
  toRegisteredVisas,
  type AccessChanges,
  type AccessWorld,
  type TestNode,
} from '../testing/access-fixture.js'
import { startTestIssuer, type Changes, type TestIssuer } from '../testing/test-issuer.js'

let world: AccessWorld
let rems: TestIssuer

beforeAll(async () => {
  world = await startAccessWorld()
  rems = world.rems
})
afterAll(() => world.close())

const now = () => Math.floor(world.clock / 1000)
const identify = (node: TestNode, visas: readonly unknown[]) => identifyBearer(world, node, visas)
const visa = (said: object = {}, changes: Changes = {}) => rems.toVisa(said, changes)

describe('whose visas they are', () => {
  let linker: TestIssuer
  let elsewhere: TestIssuer
  let changes: AccessChanges

  beforeAll(async () => {
    linker = await startTestIssuer('linker', now)
    elsewhere = await startTestIssuer('elsewhere', now)
    changes = { issuers: [{ ...toIssuerConfig(linker), isLinker: true }, toIssuerConfig(elsewhere)] }
  })
  afterAll(() => Promise.all([linker.close(), elsewhere.close()]))

  const nameAt = (id: string, { issuer }: TestIssuer) => `${encodeURIComponent(id)},${encodeURIComponent(issuer)}`
  const link = (by: TestIssuer, value: string, more: Changes = {}) =>
    by.toVisa({ type: 'LinkedIdentities', value, by: 'system' }, more)
  const grants = ({ visas }: Person) => visas.filter(({ type }) => type === 'ControlledAccessGrants').length
  const at42 = (more: Changes = {}) => elsewhere.toVisa({}, { ...more, claims: { sub: '42', ...more.claims } })

  test('J11 those of somebody else do not count, however good they are', async () => {
    const ofBob = await rems.toVisa({}, { claims: { sub: 'bob' } })
    const visas = [ofBob, await at42(), ...(await toRegisteredVisas(elsewhere))]
    const person = await identify(createTestNode(world, changes), visas)
    expect(person).toMatchObject({ visas: [], isRegistered: false })
  })

  test('those of another name of the person count, when a trusted linker says so', async () => {
    const visas = [await link(linker, `${nameAt('alice', world.broker)};${nameAt('42', elsewhere)}`), await at42()]
    const person = await identify(createTestNode(world, changes), visas)
    expect(grants(person)).toBe(1)
    expect(person.subjects).toEqual(
      expect.arrayContaining([
        { issuer: world.broker.issuer, id: 'alice' },
        { issuer: rems.issuer, id: 'alice' },
        { issuer: elsewhere.issuer, id: '42' },
        { issuer: linker.issuer, id: 'alice' },
      ]),
    )
    expect(person.subjects).toHaveLength(4)
  })

  test.each([
    [
      'J12 by an issuer who may not link',
      () => link(elsewhere, nameAt('alice', world.broker), { claims: { sub: '42' } }),
    ],
    ['J12 by an issuer who uses the names of the broker', () => link(rems, nameAt('42', elsewhere))],
    ['J12 with conditions', () => linkIf([[{ type: 'x', by: 'const:so' }]])],
    ['J12 of another person', () => link(linker, nameAt('42', elsewhere), { claims: { sub: 'bob' } })],
    ['J12 that is over', () => linkUntil(now() - 6)],
    ['J12 with a name that has no issuer', () => link(linker, `${nameAt('alice', world.broker)};42`)],
    ['J12 with a name that cannot be read', () => link(linker, `${nameAt('alice', world.broker)};%zz,%zz`)],
  ])('a link does not count: %s', async (_, make) => {
    const person = await identify(createTestNode(world, changes), [await make(), await at42()])
    expect(grants(person)).toBe(0)
  })

  const linkIf = (conditions: unknown) =>
    linker.toVisa({
      type: 'LinkedIdentities',
      value: `${nameAt('alice', world.broker)};${nameAt('42', elsewhere)}`,
      by: 'system',
      conditions,
    })
  const linkUntil = (exp: number) =>
    link(linker, `${nameAt('alice', world.broker)};${nameAt('42', elsewhere)}`, { claims: { exp } })

  test('what rests on a link ends with it', async () => {
    const exp = now() + 60
    const person = await identify(createTestNode(world, changes), [await linkUntil(exp), await at42()])
    expect(person.visas.map(({ type, expires }) => [type, expires])).toContainEqual(['ControlledAccessGrants', exp])
    expect(person.expires).toBe(exp)
  })

  test('an issuer that uses the names of the broker needs no link', async () => {
    const person = await identify(createTestNode(world), [await rems.toVisa()])
    expect(grants(person)).toBe(1)
    expect(person.subjects).toEqual([
      { issuer: world.broker.issuer, id: 'alice' },
      { issuer: rems.issuer, id: 'alice' },
    ])
  })
})

describe('conditions', () => {
  const IF_FACULTY = [[{ type: 'AffiliationAndRole', value: 'pattern:faculty@*.se', by: 'const:so' }]]
  const faculty = (more: object = {}) => visa({ type: 'AffiliationAndRole', value: 'faculty@ki.se', by: 'so', ...more })
  const typesOf = async (...visas: readonly Promise<string>[]) =>
    (await identify(createTestNode(world), await Promise.all(visas))).visas.map(({ type }) => type).sort()

  test('are met by another visa of the person', async () => {
    expect(await typesOf(visa({ conditions: IF_FACULTY }))).toEqual([])
    expect(await typesOf(visa({ conditions: IF_FACULTY }), faculty())).toEqual([
      'AffiliationAndRole',
      'ControlledAccessGrants',
    ])
  })

  test('J14 are not met by a visa that has conditions itself', async () => {
    const nested = faculty({ conditions: [[{ type: 'ResearcherStatus', by: 'const:so' }]] })
    expect(await typesOf(visa({ conditions: IF_FACULTY }), nested)).toEqual([])
    const circle = faculty({ conditions: [[{ type: 'ControlledAccessGrants', by: 'const:dac' }]] })
    expect(await typesOf(visa({ conditions: IF_FACULTY }), circle)).toEqual([])
  })

  test('are not met by a visa of somebody else', async () => {
    const other = visa({ type: 'AffiliationAndRole', value: 'faculty@ki.se', by: 'so' }, { claims: { sub: 'bob' } })
    expect(await typesOf(visa({ conditions: IF_FACULTY }), other)).toEqual([])
  })

  test('end with what meets them', async () => {
    const exp = now() + 30
    const meets = visa({ type: 'AffiliationAndRole', value: 'faculty@ki.se', by: 'so' }, { claims: { exp } })
    const person = await identify(createTestNode(world), await Promise.all([visa({ conditions: IF_FACULTY }), meets]))
    expect(person.visas.map(({ expires }) => expires)).toEqual([exp, exp])
  })
})

describe('registered access', () => {
  const terms = () => toRegisteredVisas(rems).then(([, each]) => each!)
  const status = () => toRegisteredVisas(rems).then(([each]) => each!)
  const VALUE = 'https://doi.org/10.1038/s41431-018-0219-y'
  const self = () => visa({ type: 'ResearcherStatus', value: VALUE, by: 'self' })
  const silent = () => visa({ type: 'ResearcherStatus', value: VALUE, by: undefined })
  const other = () => visa({ type: 'ResearcherStatus', value: `${VALUE}/`, by: 'so' })

  test.each([
    ['both visas', [status, terms], true],
    ['the status alone', [status], false],
    ['the terms alone', [terms], false],
    ['a status by oneself', [self, terms], false],
    ['a status by nobody', [silent, terms], false],
    ['a status of another value', [other, terms], false],
  ])('by %s', async (_, make, isRegistered) => {
    const visas = await Promise.all(make.map((each) => each()))
    expect(await identify(createTestNode(world), visas)).toHaveProperty('isRegistered', isRegistered)
  })

  test('ends with its visas', async () => {
    const exp = now() + 40
    const short = await visa({ type: 'ResearcherStatus', value: VALUE, by: 'so' }, { claims: { exp } })
    expect(await identify(createTestNode(world), [short, await terms()])).toMatchObject({
      isRegistered: true,
      expires: exp,
    })
  })
})
