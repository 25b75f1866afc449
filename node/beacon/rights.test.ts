import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../access/caller.js'
import type { StatusInput } from '../access/consent/parse-status.js'
import type { Person } from '../access/person.js'
import type { GrantInForce } from '../access/rules.js'
import { openIndividuals } from '../metadata/individuals.js'
import { storeMetadata } from '../metadata/store-metadata.js'
import { createNodeFixture, toVcf } from '../testing/node-fixture.js'
import { createRightsNode, PROJECT, type RightsNode } from '../testing/rights-node.js'

const BROKER = 'https://broker.invalid'
const person: Person = {
  kind: 'person',
  subject: { issuer: BROKER, id: 'ada' },
  subjects: [{ issuer: BROKER, id: 'ada' }],
  visas: [],
  isRegistered: false,
  acr: 'loa2',
  passportId: 'jti-1',
  expires: 0,
}
const visitor: Caller = { principal: person }
const registered: Caller = { principal: { ...person, isRegistered: true } }
const member: Caller = { principal: person, project: PROJECT, purpose: 'HRESCH', hub: 'hub' }
const outsider: Caller = { ...member, project: 'p2' }
const careful: Caller = { ...member, purpose: 'TREAT' }
const silent: Caller = { principal: person, project: PROJECT }

const grant: GrantInForce = {
  id: 'G-1',
  project: PROJECT,
  scope: { tag: 't' },
  level: 'record',
  purposes: ['HRESCH', 'HQUALIMP'],
  waivesConsent: true,
}

const fixture = createNodeFixture()
let node: RightsNode

/** Of all six; the dataset of `dark` is tagged by nobody, and there is none that is called `none`. */
const ALLELE = 'referenceName=1&assemblyId=GRCh38&start=99&referenceBases=A&alternateBases=C'
const vcfOf = (...samples: string[]) =>
  toVcf(samples, [`1 100 . A C . PASS . GT ${samples.map(() => '0/1').join(' ')}`])

beforeAll(async () => {
  fixture.addDataset('open')
  fixture.addDataset('reg', { access: 'registered' })
  fixture.addDataset('ctrl', { access: 'controlled', controller: 'Region Syd' })
  fixture.addDataset('dark', { access: 'controlled' })
  await fixture.ingest('open', [vcfOf('a', 'b')])
  await fixture.ingest('reg', [vcfOf('a', 'b', 'c')])
  await fixture.ingest('ctrl', [vcfOf('c', 'd', 'e')])
  await fixture.ingest('dark', [vcfOf('d', 'f')])
  addRecords('open', ['a', 'b'])
  addRecords('dark', ['d', 'f'])
  const config = {
    ...fixture.config,
    access: {
      trust: 'passport' as const,
      brokers: [
        { issuer: BROKER, jwksUri: BROKER, acceptedAcr: { record: ['loa3', 'loa2'], count: ['loa1', 'loa2'] } },
      ],
      visaIssuers: [],
    },
  }
  node = await createRightsNode(fixture.directory, config)
}, 30_000)
afterAll(async () => {
  await node.close()
  await fixture.remove()
})
beforeEach(() => {
  node.decided.grants = [grant]
  node.decided.tags = { t: { datasets: ['ctrl'] } }
  node.decided.pauses = []
  node.audit.length = 0
})

/** Each has a phenotype of their own; all are in one cohort, and the first of them in another. */
function addRecords(dataset: string, names: readonly string[]): void {
  const register = openIndividuals(fixture.directory)
  const people = register.identify(names)
  const sex = { id: 'NCIT:C16576', label: 'female' }
  const records = names.map((id) => {
    const featureType = { id: `HP:000000${'abcdef'.indexOf(id) + 1}`, label: id }
    return {
      type: 'individual' as const,
      id,
      individual: id,
      document: { id, sex, phenotypicFeatures: [{ featureType }] },
    }
  })
  const cohorts = [
    { id: `${dataset}-all`, members: names, document: { name: 'all', cohortType: 'study-defined' } },
    { id: `${dataset}-one`, members: names.slice(0, 1), document: { name: 'one', cohortType: 'study-defined' } },
  ]
  storeMetadata(fixture.directory, dataset, { records, cohorts }, people)
  register.close()
}

const said = (name: string, kind: string, effect: string, rest: Partial<StatusInput> = {}): StatusInput => ({
  name,
  kind,
  effect,
  source: 'a form',
  from: '2020-01-01',
  ...rest,
})

/** What each dataset tells of the allele: its granularity, and people. */
async function ask(caller: Caller | undefined, granularity = 'record', rest = ''): Promise<Record<string, unknown>> {
  const path = `/g_variants?${ALLELE}&requestedGranularity=${granularity}&includeResultsetResponses=ALL${rest}`
  const { status, body } = await node.get(path, caller)
  expect(status).toBe(200)
  const sets = body.response.resultSets
  return Object.fromEntries(sets.map(({ id, info, results }) => [id, [info.counts?.individuals, results.length]]))
}

describe('who is told what', () => {
  test.each([
    ['nobody in particular', undefined, { open: [2, 1] }],
    ['somebody who is not registered', visitor, { open: [2, 1] }],
    ['a registered researcher', registered, { open: [2, 1], reg: [3, 0] }],
    ['a member of the project', member, { open: [2, 1], ctrl: [3, 1] }],
    [
      'a registered member',
      { ...member, principal: registered.principal },
      { open: [2, 1], reg: [3, 0], ctrl: [3, 1] },
    ],
    ['a member of another project', outsider, { open: [2, 1] }],
    ['a member who names another purpose', careful, { open: [2, 1] }],
    ['a member who names none', silent, { open: [2, 1] }],
  ] as const)('%s', async (_, caller, expected) => {
    expect(await ask(caller)).toEqual(expected)
  })

  test('a grant of people alone, in whichever dataset they are', async () => {
    node.decided.tags = { t: { individuals: [4] } }
    expect(await ask(member)).toEqual({ open: [2, 1], ctrl: [1, 1], dark: [1, 1] })
    node.decided.tags = { t: { individuals: [5] } }
    expect(await ask(member)).toEqual({ open: [2, 1], ctrl: [1, 1] })
  })

  test('what is asked of one person is told of those of whom records may be told', async () => {
    node.decided.grants = [
      { ...grant, level: 'count' },
      { ...grant, id: 'G-2', scope: { tag: 'one' } },
    ]
    node.decided.tags = { ...node.decided.tags, one: { individuals: [4] } }
    expect(await ask(member, 'count', '&datasets=ctrl')).toEqual({ ctrl: [3, 0] })
    expect(await ask(member, 'record', '&datasets=ctrl')).toEqual({ ctrl: [1, 1] })
    const people = openIndividuals(fixture.directory)
    const [d, e] = [people.findByName('d')!, people.findByName('e')!]
    people.close()
    const variantsOf = async (pseudonym: string) =>
      (await node.get(`/individuals/${pseudonym}/g_variants?requestedGranularity=count`, member)).body.responseSummary
    expect(await variantsOf(d.pseudonym)).toMatchObject({ exists: true })
    expect(await variantsOf(e.pseudonym)).toMatchObject({ exists: false })
  })

  test.each([
    ['inside', [99, 100], true],
    ['elsewhere', [0, 99], false],
  ] as const)('a grant with regions serves what lies in them: %s', async (_, [start, end], isServed) => {
    node.decided.grants = [{ ...grant, regions: [{ assembly: 'GRCh38', contig: 1, start, end }] }]
    expect(await ask(member)).toEqual({ open: [2, 1], ...(isServed ? { ctrl: [3, 1] } : {}) })
    // Without a place nothing says that it lies in them.
    const { body } = await node.get('/individuals?requestedGranularity=count', member)
    expect(body.info.node).toMatchObject({ datasetsAsked: 1, datasetsNotAsked: { access: 3 } })
  })
})

describe('what may not be known of', () => {
  const paths = (id: string) => [
    `/g_variants?${ALLELE}&datasets=${id}`,
    `/g_variants?referenceName=1&start=99&referenceBases=A&alternateBases=C&datasets=${id}`,
    `/individuals?datasets=${id}`,
    `/biosamples?datasets=${id}&requestedGranularity=record`,
    `/cohorts?datasets=${id}`,
    `/cohorts/${id}-all`,
    `/cohorts/${id}-all/individuals`,
    `/cohorts/${id}-all/filtering_terms`,
    `/datasets?datasets=${id}`,
    `/datasets/${id}`,
    `/datasets/${id}/g_variants`,
    `/datasets/${id}/individuals`,
    `/datasets/${id}/filtering_terms`,
    `/datasets?filters=HP:0000006&datasets=${id}`,
  ]
  const callers = { nobody: undefined, visitor, registered, outsider, member, careful, silent }
  test.each(Object.entries(callers))('answers %s byte for byte like what does not exist', async (_, caller) => {
    for (const [index, path] of paths('dark').entries()) {
      const [there, nowhere] = [await node.get(path, caller), await node.get(paths('none')[index]!, caller)]
      expect([path, there.status, there.text.replaceAll('dark', 'none')]).toEqual([path, nowhere.status, nowhere.text])
    }
  })

  test('its terms are unknown, and no list has it', async () => {
    for (const caller of [undefined, member]) {
      const { status } = await node.get('/individuals?filters=HP:0000006', caller)
      expect(status).toBe(400)
      const { text } = await node.get('/filtering_terms', caller)
      expect(text).toContain('HP:0000001')
      expect(text).not.toContain('HP:0000006')
      expect((await node.get('/cohorts', caller)).text).not.toContain('dark')
    }
  })

  test.each([
    ['nobody in particular', undefined, ['ctrl', 'open', 'reg']],
    ['a member', member, ['ctrl', 'open', 'reg']],
  ])('the catalogue describes what is released: %s', async (_, caller, ids) => {
    const { body } = await node.get('/datasets', caller)
    expect(body.response.collections.map(({ id }) => id)).toEqual(ids)
  })

  test('whoever was granted people in it sees them, and nothing of others', async () => {
    node.decided.tags = { t: { individuals: [4] } }
    const { body } = await node.get('/datasets', member)
    expect(body.response.collections.map(({ id }) => id)).toEqual(['ctrl', 'dark', 'open', 'reg'])
    const terms = (await node.get('/datasets/dark/filtering_terms', member)).text
    expect(terms).toContain('HP:0000004')
    expect(terms).not.toContain('HP:0000006')
    expect((await node.get('/individuals?filters=HP:0000006', member)).status).toBe(400)
    expect(
      (await node.get('/individuals?filters=HP:0000004&datasets=dark&requestedGranularity=count', member)).body
        .responseSummary,
    ).toMatchObject({ exists: true, numTotalResults: 1 })
    const cohorts = (await node.get('/cohorts?datasets=dark', member)).body.response.collections
    expect(cohorts).toMatchObject([
      { id: 'dark-all', cohortSize: 1 },
      { id: 'dark-one', cohortSize: 1 },
    ])
    // Everybody else is answered as before.
    expect((await node.get('/datasets/dark', outsider)).body.responseSummary.exists).toBe(false)
  })
})

describe('refusals', () => {
  test.each([
    ['nobody in particular', undefined, 403, 'you may not ask dataset ctrl', null],
    ['a member of another project', outsider, 403, 'you may not ask dataset ctrl', 'insufficient_scope'],
    [
      'a member with another purpose',
      careful,
      403,
      'project p1 may ask dataset ctrl for HQUALIMP, HRESCH: not for TREAT',
      'insufficient_scope',
    ],
    [
      'a member without a purpose',
      silent,
      403,
      'project p1 may ask dataset ctrl for HQUALIMP, HRESCH: say what for',
      'insufficient_scope',
    ],
    [
      'a weak login',
      { ...member, principal: { ...person, acr: 'loa0' } },
      401,
      'log in by a stronger means to be told this much',
      'insufficient_user_authentication',
    ],
    [
      'a login that does for counts',
      { ...member, principal: { ...person, acr: 'loa1' } },
      401,
      'log in by a stronger means to be told this much',
      'acr_values="loa3 loa2"',
    ],
  ] as const)('%s', async (_, caller, status, message, challenge) => {
    const answer = await node.get(`/g_variants?${ALLELE}&datasets=ctrl&requestedGranularity=record`, caller)
    expect(answer.status).toBe(status)
    expect(answer.body.error).toEqual({ errorCode: status, errorMessage: message })
    const sent = answer.headers.get('www-authenticate')
    if (challenge === null) expect(sent).toBeNull()
    else expect(sent).toContain(challenge)
    expect(node.audit.map(({ outcome }) => outcome)).toEqual(['denied'])
  })

  test('a login does for as much as the node wants of it', async () => {
    const weak: Caller = { ...member, principal: { ...person, acr: 'loa1' } }
    expect(await ask(weak, 'count')).toEqual({ open: [2, 0], ctrl: [3, 0] })
  })

  test('care of other patients only where the region says so, whatever was granted', async () => {
    node.decided.grants = [{ ...grant, purposes: ['TREAT'] }]
    const { status, body } = await node.get(`/g_variants?${ALLELE}&datasets=ctrl`, careful)
    expect([status, body.error.errorMessage]).toEqual([
      403,
      'you may not ask dataset ctrl: the region does not let its data serve care',
    ])
  })

  test('answers are on record with what they rely on', async () => {
    await ask(member)
    await ask(undefined)
    expect(node.audit).toMatchObject([
      {
        principal: `${BROKER}|ada`,
        purpose: 'HRESCH',
        project: PROJECT,
        grants: ['G-1'],
        hub: 'hub',
        passport: 'jti-1',
      },
      { principal: 'anonymous' },
    ])
    expect(Object.keys(node.audit[1]!)).not.toContain('grants')
  })
})

describe('pauses', () => {
  const pause = { reason: 'an incident', since: new Date('2026-03-01T12:00:00Z') }

  test('a dataset is not asked, is said to be paused, and no number is complete', async () => {
    node.decided.pauses = [{ ...pause, scope: 'controller', name: 'Region Syd' }]
    const { body } = await node.get(`/g_variants?${ALLELE}&requestedGranularity=count`, member)
    expect(body.info.node).toMatchObject({
      datasetsAsked: 1,
      datasetsNotAsked: { access: 2, assembly: 0, paused: 1 },
      paused: [{ id: 'ctrl', scope: 'controller', reason: 'an incident', since: '2026-03-01T12:00:00.000Z' }],
      bounds: { individuals: { lower: 2, upper: null } },
    })
    // Who may not ask it is told nothing of it but that it is in the catalogue.
    const other = await node.get(`/g_variants?${ALLELE}&requestedGranularity=count`, outsider)
    expect(other.body.info.node).toMatchObject({
      datasetsNotAsked: { access: 3 },
      bounds: { individuals: { upper: 2 } },
    })
    expect(other.body.info.node).not.toHaveProperty('paused')
    const { collections } = (await node.get('/datasets')).body.response
    expect(collections.find(({ id }) => id === 'ctrl')?.info).toMatchObject({ paused: { reason: 'an incident' } })
    const people = await node.get('/individuals?requestedGranularity=count', member)
    expect(people.body.info.node).toMatchObject({
      datasetsNotAsked: { paused: 1 },
      bounds: { individuals: { upper: null } },
    })
  })

  test.each([
    ['a paused dataset by name', member, 503],
    ['one that the caller may not ask anyway', outsider, 403],
  ] as const)('%s', async (_, caller, status) => {
    node.decided.pauses = [{ ...pause, scope: 'dataset', name: 'ctrl' }]
    const { body } = await node.get(`/g_variants?${ALLELE}&datasets=ctrl`, caller)
    expect(body.error).toMatchObject({ errorCode: status, ...(status === 503 ? { reason: 'paused' } : {}) })
  })

  test.each([
    '/g_variants?' + ALLELE,
    '/individuals',
    '/cohorts',
    '/datasets',
    '/filtering_terms',
    '/datasets/none/g_variants',
  ])('of the whole node: %s', async (path) => {
    node.decided.pauses = [{ ...pause, scope: 'network', name: '' }]
    for (const caller of [undefined, member]) {
      const { status, body } = await node.get(path, caller)
      expect([status, body.error]).toMatchObject([503, { errorCode: 503, reason: 'paused' }])
    }
  })
})

describe('what people said', () => {
  test('acts on numbers, records, terms and cohorts at the next request, and so does taking it back', async () => {
    expect(await ask(undefined)).toEqual({ open: [2, 1] })
    await node.statuses.add([said('a', 'research_consent', 'deny')], 'a test')
    expect(await ask(undefined)).toEqual({ open: [1, 1] })
    expect((await node.get('/individuals?requestedGranularity=record')).body.responseSummary.numTotalResults).toBe(1)
    expect((await node.get('/individuals?filters=HP:0000001')).status).toBe(400)
    const terms = (await node.get('/filtering_terms')).text
    expect(terms).toContain('HP:0000002')
    expect(terms).not.toContain('HP:0000001')
    const { collections } = (await node.get('/cohorts')).body.response
    expect(collections).toMatchObject([{ id: 'open-all', cohortSize: 1 }])
    expect(await ask(registered, 'count')).toEqual({ open: [1, 0], reg: [2, 0] })
    await node.statuses.add([said('a', 'research_consent', 'allow')], 'a test')
    expect(await ask(undefined)).toEqual({ open: [2, 1] })
  })

  test('research needs consent unless the decision waives it', async () => {
    node.decided.grants = [{ ...grant, waivesConsent: false }]
    expect(await ask(member)).toEqual({ open: [2, 1], ctrl: [0, 0] })
    await node.statuses.add([said('d', 'research_consent', 'allow', { scope: `project:${PROJECT}` })], 'a test')
    expect(await ask(member)).toEqual({ open: [2, 1], ctrl: [1, 1] })
    expect(await ask({ ...member, purpose: 'HQUALIMP' })).toEqual({ open: [2, 1], ctrl: [3, 1] })
  })

  test('people of protected identity are in numbers alone, and not where records are told', async () => {
    await node.statuses.add([said('b', 'protected_identity', 'deny')], 'a test')
    // Of `reg` nobody but a project can be told more than numbers.
    expect(await ask(registered)).toEqual({ open: [1, 1], reg: [3, 0] })
    expect(await ask(registered, 'count')).toEqual({ open: [1, 0], reg: [3, 0] })
    expect((await node.get('/individuals?requestedGranularity=record')).text.match(/"sex"/g)).toHaveLength(1)
    await node.statuses.add([said('b', 'protected_identity', 'allow')], 'a test')
  })
})
