import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findViolations, type AccessConfig, type AudienceOrganisations } from '../../schemas/index.js'
import { grantsOf } from './applicable-grants.js'
import { affiliationsOf, audiencesOf, TERRITORIES, whyNobody, type Territory } from './audiences.js'
import type { Caller } from './caller.js'
import { ANONYMOUS, type Person, type Visa } from './person.js'
import { NO_RULES, type Audience, type GrantInForce } from './rules.js'
import {
  createTestNode,
  NODE,
  outcomeOf,
  startAccessWorld,
  toIssuerConfig,
  withToken,
  type AccessChanges,
  type AccessWorld,
} from './testing/access-fixture.js'

const ORGANISATIONS: AudienceOrganisations = { region: ['norr.se'], national: ['*.uu.se', 'ki.se'], EEA: ['*.dk'] }
const AT = 1_000

const visa = (value: string, rest: Partial<Visa> = {}): Visa => ({
  issuer: 'https://i',
  type: 'AffiliationAndRole',
  value,
  source: 'https://s',
  by: 'so',
  asserted: 0,
  expires: AT + 1,
  ...rest,
})

function personOf(visas: readonly Visa[]): Person {
  const subject = { issuer: 'https://b', id: 'ada' }
  const affiliations = affiliationsOf(visas)
  return { kind: 'person', subject, subjects: [subject], visas, affiliations, isRegistered: false, expires: AT }
}

const grant: GrantInForce = {
  id: 'g',
  project: 'p',
  scope: { dataset: 'd' },
  level: 'count',
  purposes: ['HRESCH'],
  waivesConsent: false,
}

/** Whether somebody gets a grant to an audience. */
function isServed(audience: Audience | undefined, caller: Caller, at = AT): boolean {
  const rules = { ...NO_RULES, grantsOf: () => [audience ? { ...grant, audience } : grant] }
  return grantsOf({ project: 'p', ...caller }, rules, new Date(at * 1000)).length > 0
}

function callerOf(visas: readonly Visa[], organisations: AudienceOrganisations | undefined = ORGANISATIONS): Caller {
  const principal = personOf(visas)
  const audiences = audiencesOf(principal, organisations)
  return { principal, ...(audiences ? { audiences } : {}) }
}

describe('who is of a territory', () => {
  const of = (...values: readonly string[]) => TERRITORIES.filter((kind) => isServed({ kind }, callerOf(values.map((value) => visa(value))))) // prettier-ignore
  test.each<[readonly string[], readonly Territory[]]>([
    [['faculty@norr.se'], ['region', 'national', 'EEA']],
    [['member@ki.se'], ['national', 'EEA']],
    [['student@med.uu.se'], ['national', 'EEA']],
    [['student@uu.se'], []],
    [['faculty@ku.dk'], ['EEA']],
    [['faculty@harvard.edu'], []],
    [
      ['faculty@harvard.edu', 'ns.guest@norr.se'],
      ['region', 'national', 'EEA'],
    ],
    [['alum@norr.se'], []],
    [[], []],
  ])('%j: %j', (values, expected) => {
    expect(of(...values)).toEqual(expected)
  })

  test.each([
    ['said by nobody in particular', { by: undefined }],
    ['said by the person', { by: 'self' }],
    ['said by a colleague', { by: 'peer' }],
    ['said by a committee', { by: 'dac' }],
    ['of another type', { type: 'ResearcherStatus' }],
    ['that is over', { expires: AT }],
  ] as const)('not by a visa %s', (_, rest) => {
    const { by = undefined, ...whole } = { ...visa('faculty@norr.se'), ...rest }
    const made = by === undefined ? whole : { ...whole, by }
    for (const kind of TERRITORIES) expect(isServed({ kind }, callerOf([made]))).toBe(false)
  })

  test('of two visas of one organisation, the one that ends last counts', () => {
    const both = [visa('faculty@ki.se', { expires: AT + 9 }), visa('member@ki.se', { expires: AT + 5 })]
    expect(affiliationsOf(both)).toEqual([{ organisation: 'ki.se', expires: AT + 9 }])
    expect(isServed({ kind: 'national' }, callerOf(both), AT + 8)).toBe(true)
    expect(isServed({ kind: 'national' }, callerOf(both), AT + 9)).toBe(false)
  })

  test.each<[string, AudienceOrganisations | undefined]>([
    ['without access.audiences', undefined],
    ['with an empty one', {}],
    ['with lists of nobody', { region: [], national: [], EEA: [] }],
  ])('nobody, %s', (_, organisations) => {
    const principal = personOf([visa('faculty@norr.se')])
    const audiences = audiencesOf(principal, organisations)
    const caller = { principal, ...(audiences ? { audiences } : {}) }
    for (const kind of TERRITORIES) expect(isServed({ kind }, caller)).toBe(false)
    expect(isServed(undefined, caller)).toBe(true)
  })

  test('nobody who is not known', () => {
    expect(audiencesOf(ANONYMOUS, ORGANISATIONS)).toBeUndefined()
  })
})

test('a grant serves whom the tables name, and nobody else', () => {
  const names = ['norr.se', 'a.norr.se', 'ki.se', 'ku.dk', 'x.ku.dk', 'evil.com']
  const patterns = ['norr.se', '*.norr.se', 'ki.se', '*.dk', '*.ku.dk', '*.se']
  const roles = ['faculty', 'ns.role', 'alum', '']
  const claim = fc.record({
    role: fc.constantFrom(...roles),
    organisation: fc.constantFrom(...names),
    by: fc.constantFrom('so', 'system', 'peer', 'self', undefined),
    expires: fc.integer({ min: AT - 1, max: AT + 1 }),
  })
  const list = fc.option(fc.subarray(patterns), { nil: undefined })
  const audiences = fc.constantFrom<Audience | undefined>(
    undefined,
    { kind: 'region' },
    { kind: 'national' },
    { kind: 'EEA' },
    { kind: 'network', network: 'n0' },
  )
  const hub = fc.constantFrom(undefined, 'n0', 'n1')
  const served = { yes: 0, no: 0 }
  fc.assert(
    fc.property(
      audiences,
      fc.array(claim, { maxLength: 3 }),
      fc.record({ region: list, national: list, EEA: list }),
      hub,
      (audience, claims, lists, client) => {
        const visas = claims.map(({ role, organisation, by, expires }) => {
          const { by: _, ...rest } = visa(`${role}@${organisation}`, { expires })
          return by === undefined ? rest : { ...rest, by }
        })
        const organisations = Object.fromEntries(Object.entries(lists).filter(([, one]) => one !== undefined))
        const principal = personOf(visas)
        const times = audiencesOf(principal, organisations)
        const caller = { principal, ...(client === undefined ? {} : { hub: client }), ...(times ? { audiences: times } : {}) } // prettier-ignore
        // By a set of all organisations that there are, territory by territory.
        const among = (written: readonly string[] | undefined) =>
          names.filter((one) => (written ?? []).some((each) => (each[0] === '*' ? one.endsWith(each.slice(1)) : one === each))) // prettier-ignore
        const region = among(lists.region)
        const national = [...region, ...among(lists.national)]
        const wide = { region, national, EEA: [...national, ...among(lists.EEA)] }
        const isOf = (kind: Territory) =>
          claims.some(
            ({ role, organisation, by, expires }) =>
              ['faculty', 'ns.role'].includes(role) &&
              ['so', 'system'].includes(by ?? '') &&
              expires > AT &&
              wide[kind].includes(organisation),
          )
        const expected = audience === undefined || (audience.kind === 'network' ? client === 'n0' : isOf(audience.kind))
        expect(isServed(audience, caller)).toBe(expected)
        served[expected ? 'yes' : 'no']++
      },
    ),
    { numRuns: 2_000 },
  )
  expect(Math.min(served.yes, served.no)).toBeGreaterThan(200)
})

describe('by what was verified of a request', () => {
  let world: AccessWorld
  beforeAll(async () => {
    world = await startAccessWorld()
  })
  afterAll(() => world.close())

  const FACULTY = { type: 'AffiliationAndRole', value: 'faculty@norr.se', by: 'so' }

  async function timesOf(visas: readonly unknown[], changes: AccessChanges = {}) {
    const access = { audiences: ORGANISATIONS, ...changes.access }
    const node = createTestNode(world, { ...changes, access })
    const outcome = await outcomeOf(node, withToken(await world.broker.toPassport(visas, NODE)))
    if (!('caller' in outcome)) throw new Error(JSON.stringify(outcome))
    return outcome.caller.audiences
  }

  test('a visa of the person', async () => {
    const exp = Math.floor(world.clock / 1000) + 100
    const made = await world.rems.toVisa(FACULTY, { claims: { exp } })
    expect(await timesOf([made])).toEqual({ region: exp, national: exp, EEA: exp })
    expect(await timesOf([made], { access: { audiences: { EEA: ['norr.se'] } } })).toEqual({ EEA: exp })
  })

  test.each<[string, (world: AccessWorld) => Promise<string>, AccessChanges?]>([
    ['of somebody else', ({ rems }) => rems.toVisa(FACULTY, { claims: { sub: 'bob' } })],
    ['of an issuer that nobody trusts', ({ broker }) => broker.toVisa(FACULTY)],
    ['that is over', ({ rems, clock }) => rems.toVisa(FACULTY, { claims: { exp: Math.floor(clock / 1000) - 60 } })],
    ['of an issuer that may not issue the type', ({ rems }) => rems.toVisa(FACULTY), { rems: { types: ['ResearcherStatus'] } }], // prettier-ignore
    ['of an issuer that may not speak for the source', ({ rems }) => rems.toVisa({ ...FACULTY, source: 'https://other' })], // prettier-ignore
    ['of an issuer that may speak of other organisations', ({ rems }) => rems.toVisa(FACULTY), { rems: { organisations: ['*.norr.se', 'ki.se'] } }], // prettier-ignore
    ['whose condition is not met', ({ rems }) => rems.toVisa({ ...FACULTY, conditions: [[{ type: 'ResearcherStatus', by: 'const:so' }]] })], // prettier-ignore
    ['that the person says', ({ rems }) => rems.toVisa({ ...FACULTY, by: 'self' })],
    ['of no organisation', ({ rems }) => rems.toVisa({ ...FACULTY, value: 'faculty@norr.se@ki.se' })],
  ])('not a visa %s', async (_, make, changes = {}) => {
    expect(await timesOf([await make(world)], changes)).toBeUndefined()
  })

  test('a visa of an issuer that may speak of the organisation', async () => {
    const organisations = ['norr.se']
    expect(await timesOf([await world.rems.toVisa(FACULTY)], { rems: { organisations } })).toHaveProperty('region')
  })

  test('not a header, and not a claim of the Passport', async () => {
    const node = createTestNode(world, { access: { audiences: ORGANISATIONS } })
    const claims = { affiliation: 'faculty@norr.se', affiliations: [{ organisation: 'norr.se', expires: 9e9 }], audiences: { region: 9e9 } } // prettier-ignore
    const token = await world.broker.toPassport([], NODE, { claims })
    const outcome = await outcomeOf(node, withToken(token, { 'ngp-audience': 'region', affiliation: 'faculty@norr.se' })) // prettier-ignore
    expect(outcome).toMatchObject({ status: 200 })
    expect('caller' in outcome && outcome.caller).not.toHaveProperty('audiences')
    expect('caller' in outcome && outcome.caller.principal).not.toHaveProperty('affiliations')
  })

  test('what the node was told a minute ago ends with the visa', async () => {
    const exp = Math.floor(world.clock / 1000) + 20
    const node = createTestNode(world, { access: { audiences: ORGANISATIONS } })
    const token = await world.broker.toPassport([await world.rems.toVisa(FACULTY, { claims: { exp } })], NODE)
    const servedAt = async () => {
      const outcome = await outcomeOf(node, withToken(token))
      if (!('caller' in outcome)) throw new Error('refused')
      return isServed({ kind: 'region' }, outcome.caller, world.clock / 1000)
    }
    expect(await servedAt()).toBe(true)
    world.clock += 21_000
    expect(await servedAt()).toBe(false)
  })
})

describe('why nobody can be among an audience', () => {
  const issuer = { ...toIssuerConfig({ issuer: 'https://i', jwksUri: 'https://i/jwks' } as never), types: ['AffiliationAndRole'] } // prettier-ignore
  const access: AccessConfig = {
    trust: 'signed',
    brokers: [],
    visaIssuers: [issuer],
    hubs: [{ keyId: 'k', client: 'n0', publicKeyFile: 'f' }],
    audiences: { national: ['ki.se'] },
  }
  test.each<[Audience, AccessConfig | undefined, RegExp | undefined]>([
    [{ kind: 'national' }, access, undefined],
    [{ kind: 'EEA' }, access, undefined],
    [{ kind: 'region' }, access, /access\.audiences of node\.yaml names no organisation of it/],
    [{ kind: 'national' }, { ...access, audiences: {} }, /names no organisation/],
    [{ kind: 'national' }, undefined, /node\.yaml has no access/],
    [{ kind: 'national' }, { ...access, visaIssuers: [] }, /no issuer of access\.visaIssuers may issue Affiliation/],
    [{ kind: 'national' }, { ...access, visaIssuers: [{ ...issuer, types: ['ResearcherStatus'] }] }, /may issue/],
    [{ kind: 'national' }, { ...access, visaIssuers: [{ ...issuer, organisations: ['*.uu.se'] }] }, /may speak of/],
    [{ kind: 'national' }, { ...access, visaIssuers: [{ ...issuer, organisations: ['*.se'] }] }, undefined],
    [{ kind: 'network', network: 'n0' }, access, undefined],
    [{ kind: 'network', network: 'n1' }, access, /no client of access\.hubs is n1/],
    [{ kind: 'network', network: 'n1' }, { ...access, trust: 'passport' }, undefined],
    [{ kind: 'network', network: 'n1' }, undefined, /no access/],
  ])('%j', (audience, config, reason) => {
    if (reason) expect(whyNobody(audience, config)).toMatch(reason)
    else expect(whyNobody(audience, config)).toBeUndefined()
  })
})

describe('organisations as node.yaml writes them', () => {
  const base = { trust: 'signed', brokers: [], visaIssuers: [] }
  test.each([
    ['kth.se', true],
    ['*.kth.se', true],
    ['*.se', true],
    ['*', false],
    ['se', false],
    ['*kth.se', false],
    ['a.*.se', false],
    ['KTH.se', false],
    ['kth.se.', false],
    ['https://kth.se', false],
    ['faculty@kth.se', false],
    ['', false],
  ])('%j: %s', (name, isGood) => {
    for (const kind of TERRITORIES) {
      const found = findViolations('config/node.json', { access: { ...base, audiences: { [kind]: [name] } } })
      expect(found.filter(({ pointer }) => pointer.includes('audiences'))).toHaveLength(isGood ? 0 : 1)
    }
  })
})
