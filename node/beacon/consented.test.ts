import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { StatusInput } from '../access/consent/parse-status.js'
import { PROJECT } from '../testing/rights-node.js'
import { createRightsWorld, grant, member, registered, type RightsWorld } from './testing/rights-world.js'

let node: RightsWorld
beforeAll(async () => {
  node = await createRightsWorld()
}, 30_000)
afterAll(() => node.close())
beforeEach(() => node.reset())

const said = (name: string, kind: string, effect: string, rest: Partial<StatusInput> = {}): StatusInput => ({
  name,
  kind,
  effect,
  source: 'a form',
  from: '2020-01-01',
  ...rest,
})

describe('what people said', () => {
  test('acts on numbers, records, terms and cohorts at the next request, and so does taking it back', async () => {
    expect(await node.ask(undefined)).toEqual({ open: [2, 1] })
    await node.statuses.add([said('a', 'research_consent', 'deny')], 'a test')
    expect(await node.ask(undefined)).toEqual({ open: [1, 1] })
    expect((await node.get('/individuals?requestedGranularity=record')).body.responseSummary.numTotalResults).toBe(1)
    expect((await node.get('/individuals?filters=HP:0000001')).status).toBe(400)
    const terms = (await node.get('/filtering_terms')).text
    expect(terms).toContain('HP:0000002')
    expect(terms).not.toContain('HP:0000001')
    const { collections } = (await node.get('/cohorts')).body.response
    expect(collections).toMatchObject([{ id: 'open-all', cohortSize: 1 }])
    expect(await node.ask(registered, 'count')).toEqual({ open: [1, 0], reg: [2, 0] })
    await node.statuses.add([said('a', 'research_consent', 'allow')], 'a test')
    expect(await node.ask(undefined)).toEqual({ open: [2, 1] })
  })

  test('research needs consent unless the decision waives it', async () => {
    node.decided.grants = [{ ...grant, waivesConsent: false }]
    expect(await node.ask(member)).toEqual({ open: [2, 1], ctrl: [0, 0] })
    await node.statuses.add([said('d', 'research_consent', 'allow', { scope: `project:${PROJECT}` })], 'a test')
    expect(await node.ask(member)).toEqual({ open: [2, 1], ctrl: [1, 1] })
    expect(await node.ask({ ...member, purpose: 'HQUALIMP' })).toEqual({ open: [2, 1], ctrl: [3, 1] })
  })

  test('people of protected identity are in numbers alone, and not where records are told', async () => {
    await node.statuses.add([said('b', 'protected_identity', 'deny')], 'a test')
    // Of `reg` nobody but a project can be told more than numbers.
    expect(await node.ask(registered)).toEqual({ open: [1, 1], reg: [3, 0] })
    expect(await node.ask(registered, 'count')).toEqual({ open: [1, 0], reg: [3, 0] })
    expect((await node.get('/individuals?requestedGranularity=record')).text.match(/"sex"/g)).toHaveLength(1)
    await node.statuses.add([said('b', 'protected_identity', 'allow')], 'a test')
  })
})
