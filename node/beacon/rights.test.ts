import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openIndividuals } from '../metadata/individuals.js'
import {
  ALLELE,
  careful,
  createRightsWorld,
  grant,
  member,
  outsider,
  registered,
  silent,
  visitor,
  type RightsWorld,
} from './testing/rights-world.js'

let node: RightsWorld
beforeAll(async () => {
  node = await createRightsWorld()
}, 30_000)
afterAll(() => node.close())
beforeEach(() => node.reset())

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
    expect(await node.ask(caller)).toEqual(expected)
  })

  test('a grant of people alone, in whichever dataset they are', async () => {
    node.decided.tags = { t: { individuals: [4] } }
    expect(await node.ask(member)).toEqual({ open: [2, 1], ctrl: [1, 1], dark: [1, 1] })
    node.decided.tags = { t: { individuals: [5] } }
    expect(await node.ask(member)).toEqual({ open: [2, 1], ctrl: [1, 1] })
  })

  test('what is asked of one person is told of those of whom records may be told', async () => {
    node.decided.grants = [
      { ...grant, level: 'count' },
      { ...grant, id: 'G-2', scope: { tag: 'one' } },
    ]
    node.decided.tags = { ...node.decided.tags, one: { individuals: [4] } }
    expect(await node.ask(member, 'count', '&datasets=ctrl')).toEqual({ ctrl: [3, 0] })
    expect(await node.ask(member, 'record', '&datasets=ctrl')).toEqual({ ctrl: [1, 1] })
    const people = openIndividuals(node.directory)
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
    expect(await node.ask(member)).toEqual({ open: [2, 1], ...(isServed ? { ctrl: [3, 1] } : {}) })
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
