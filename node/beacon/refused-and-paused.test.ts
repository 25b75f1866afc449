import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Caller } from '../access/caller.js'
import { PROJECT } from '../testing/rights-node.js'
import {
  ALLELE,
  BROKER,
  careful,
  createRightsWorld,
  grant,
  member,
  outsider,
  person,
  silent,
  type RightsWorld,
} from './testing/rights-world.js'

let node: RightsWorld
beforeAll(async () => {
  node = await createRightsWorld()
}, 30_000)
afterAll(() => node.close())
beforeEach(() => node.reset())

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
    expect(await node.ask(weak, 'count')).toEqual({ open: [2, 0], ctrl: [3, 0] })
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
    await node.ask(member)
    await node.ask(undefined)
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
    expect(node.audit[1]!.grants).toBeUndefined()
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
