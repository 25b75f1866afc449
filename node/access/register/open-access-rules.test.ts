import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  BROKER,
  createRegisterWorld,
  NORR,
  PI,
  PROJECT,
  SYD,
  TAG,
  type RegisterWorld,
} from '../testing/register-world.js'

let world: RegisterWorld

/** A world of each test, or one for a table whose rows change nothing. */
function freshWorld(): void {
  beforeEach(async () => void (world = await createRegisterWorld()))
  afterEach(() => world.close())
}

function sharedWorld(prepare: () => Promise<unknown>): void {
  beforeAll(async () => {
    world = await createRegisterWorld()
    await prepare()
  })
  afterAll(() => world.close())
}

const ME = { issuer: BROKER, id: 'u-pi' }
const WANTS = [{ tag: TAG, level: 'record' }]

function grants(subjects = [ME], project = PROJECT) {
  return world.rules.grantsOf(subjects, project, world.now())
}

describe('grants', () => {
  freshWorld()

  test('are those of the project of a member, by any of the names that are linked', async () => {
    const { grants: ids } = await world.grant(WANTS)
    expect(grants()).toEqual([
      {
        id: ids[0],
        project: PROJECT,
        controller: NORR,
        scope: { tag: TAG },
        level: 'record',
        purposes: ['HRESCH'],
        duo: [],
        audience: { kind: 'national' },
        ends: '2028-01-01T00:00:00.000Z',
        waivesConsent: false,
      },
    ])
    expect(grants([{ issuer: 'https://other.invalid', id: 'x' }, ME])).toHaveLength(1)
  })

  test('J19: a revoked one is gone at the next request', async () => {
    const { grants: ids } = await world.grant(WANTS)
    expect(grants()).toHaveLength(1)
    await world.changes.revokeGrant(ids[0]!, 'misused', 'admin')
    expect(grants()).toEqual([])
    await expect(world.changes.revokeGrant(ids[0]!, 'misused', 'admin')).rejects.toThrow(/was revoked already/)
  })

  test('J20: a member who was removed has none at the next request, and has them again when added again', async () => {
    await world.grant(WANTS)
    const member = { iss: BROKER, sub: 'u-2' }
    const other = { issuer: BROKER, id: 'u-2' }
    await world.changes.addMember(PROJECT, member, 'admin')
    expect(grants([other])).toHaveLength(1)
    await world.changes.removeMember(PROJECT, member, 'admin')
    expect(grants([other])).toEqual([])
    expect(grants()).toHaveLength(1)
    await world.changes.addMember(PROJECT, member, 'admin')
    expect(grants([other])).toHaveLength(1)
    expect(world.changes.project(PROJECT).members).toHaveLength(3)
  })

  test.each<[string, () => Promise<unknown>]>([
    ['its project is closed', () => world.changes.closeProject(PROJECT, 'admin')],
    ['its application is closed', () => world.changes.moveApplication('A-1', 'closed', 'admin')],
    ['its application is revoked', () => world.changes.moveApplication('A-1', 'revoked', 'admin')],
    ['its application expires', () => world.changes.moveApplication('A-1', 'expired', 'admin')],
    ['its member is removed', () => world.changes.removeMember(PROJECT, PI, 'admin')],
    ['its tag is for other purposes', () => world.changes.defineTag({ ...tagNow(), purposes: ['PUBHLTH'] }, 'admin')],
    ['its tag is over', () => world.changes.defineTag({ ...tagNow(), to: '2026-02-01' }, 'admin')],
  ])('one is worth nothing when %s', async (_, change) => {
    await world.grant(WANTS)
    expect(grants()).toHaveLength(1)
    await change()
    expect(grants()).toEqual([])
  })

  function tagNow() {
    const { objects: _, ...tag } = world.changes.tag(TAG)
    return tag
  }

  test('says when the first of grant, tag, project and the longest membership ends', async () => {
    const endsOf = (subjects = [ME]) => grants(subjects).map(({ ends }) => ends)
    await world.grant(WANTS)
    expect(endsOf()).toEqual(['2028-01-01T00:00:00.000Z'])
    const guest = { issuer: BROKER, id: 'u-4' }
    const other = { issuer: 'https://other.invalid', id: 'x' }
    await world.changes.addMember(PROJECT, { iss: guest.issuer, sub: guest.id, to: '2026-05-31' }, 'admin')
    await world.changes.addMember(PROJECT, { iss: other.issuer, sub: other.id, to: '2026-07-31' }, 'admin')
    expect(endsOf([guest])).toEqual(['2026-06-01T00:00:00.000Z'])
    for (const both of [[guest, other], [other, guest]]) expect(endsOf(both)).toEqual(['2026-08-01T00:00:00.000Z']) // prettier-ignore
    expect(endsOf([guest, ME])).toEqual(['2028-01-01T00:00:00.000Z'])
    await world.changes.defineTag({ ...tagNow(), to: '2026-04-30' }, 'admin')
    expect([endsOf(), endsOf([guest])]).toEqual([['2026-05-01T00:00:00.000Z'], ['2026-05-01T00:00:00.000Z']])
  })

  test('a project and a membership end by the clock', async () => {
    await world.grant(WANTS)
    await world.changes.addMember(PROJECT, { iss: BROKER, sub: 'u-3', to: '2026-05-31' }, 'admin')
    const guest = { issuer: BROKER, id: 'u-3' }
    expect(grants([guest])).toHaveLength(1)
    world.setNow('2026-06-01T00:00:00Z')
    expect(grants([guest])).toEqual([])
    expect(grants()).toHaveLength(1)
    world.setNow('2029-01-01T00:00:00Z')
    expect(grants()).toEqual([])
  })

  test('a tag lowers the level of all grants on it', async () => {
    await world.grant(WANTS)
    await world.changes.defineTag({ ...tagNow(), highestLevel: 'boolean' }, 'admin')
    expect(grants()).toMatchObject([{ level: 'boolean' }])
  })

  test('each controller gives its own', async () => {
    await world.grant(WANTS)
    await world.grant([{ dataset: 'syd', level: 'count' }], {}, SYD)
    expect(grants().map(({ controller, scope, level }) => ({ controller, scope, level }))).toEqual([
      { controller: NORR, scope: { tag: TAG }, level: 'record' },
      { controller: SYD, scope: { dataset: 'syd' }, level: 'count' },
    ])
  })

  test('a request of somebody with one takes less than 100 microseconds', async () => {
    await world.grant(WANTS)
    grants()
    // The quickest of some rounds: what else the machine does is no matter.
    const rounds = Array.from({ length: 20 }, () => {
      const startedAt = performance.now()
      for (let i = 0; i < 100; i++) grants()
      return (performance.now() - startedAt) / 100
    })
    expect(Math.min(...rounds)).toBeLessThan(0.1)
  })
})

describe('a tag', () => {
  freshWorld()

  async function release(wanted: object) {
    const { decision } = await world.grant(WANTS)
    return world.changes.addTagged({ tag: TAG, decision, ...wanted }, 'admin')
  }

  test('is carried by datasets, people and files from now on, and no more when it is taken', async () => {
    expect(world.rules.tagged(TAG)).toMatchObject({ datasets: new Set(), files: new Set() })
    await release({ datasets: ['norr'], individuals: ['a', 'c'], files: ['norr/reads'] })
    const tagged = world.rules.tagged(TAG)
    expect([...tagged.datasets, ...tagged.files]).toEqual(['norr', 'norr/reads'])
    expect(tagged.individuals.toArray()).toEqual([1, 3])
    expect(() => tagged.individuals.add(2)).toThrow()
    expect(await world.changes.removeTagged({ tag: TAG, individuals: ['a'], datasets: ['norr'] }, 'admin')).toBe(2)
    expect(world.rules.tagged(TAG).individuals.toArray()).toEqual([3])
    expect(world.rules.tagged(TAG).datasets.size).toBe(0)
    expect(world.changes.tag(TAG).objects).toHaveLength(4)
    expect(world.changes.tag(TAG).objects.filter(({ removed }) => removed)).toHaveLength(2)
  })

  test('is carried within its time', async () => {
    await release({ individuals: ['a'], from: '2026-04-01', to: '2026-04-30' })
    const people = () => world.rules.tagged(TAG).individuals.toArray()
    expect(people()).toEqual([])
    world.setNow('2026-04-01T00:00:00Z')
    expect(people()).toEqual([1])
    world.setNow('2026-05-01T00:00:00Z')
    expect(people()).toEqual([])
  })

  test('given twice is carried once, and people are shown by pseudonym', async () => {
    expect(await release({ individuals: ['a'] })).toBe(1)
    expect(await release({ individuals: ['a', 'b'] })).toBe(1)
    expect(world.changes.tag(TAG).objects.map(({ object }) => object)).toEqual([
      expect.stringMatching(/^P-/),
      expect.stringMatching(/^P-/),
    ])
    expect(JSON.stringify(world.recorded.at(-1))).toMatch(/\{"kind":"individual","object":"P-\w+"\}/)
  })

  test('of one controller releases nothing of another', async () => {
    const { decision } = await world.grant(WANTS)
    const add = (wanted: object) => world.changes.addTagged({ tag: TAG, decision, ...wanted }, 'admin')
    await expect(add({ datasets: ['syd'] })).rejects.toThrow(
      'Region Syd is responsible for dataset syd, and Region Test decided',
    )
    await expect(add({ files: ['syd/reads'] })).rejects.toThrow(/Region Syd is responsible for file syd\/reads/)
    await add({ individuals: ['a'] })
    const own = await world.grant(WANTS, {}, SYD)
    await world.changes.addTagged({ tag: TAG, decision: own.decision, individuals: ['b'], datasets: ['syd'] }, 'admin')
    expect(world.rules.tagged(TAG, NORR).individuals.toArray()).toEqual([1])
    expect(world.rules.tagged(TAG, NORR).datasets.size).toBe(0)
    expect(world.rules.tagged(TAG, SYD).individuals.toArray()).toEqual([2])
    expect([...world.rules.tagged(TAG, SYD).datasets]).toEqual(['syd'])
    expect(world.rules.tagged(TAG).individuals.toArray()).toEqual([1, 2])
    expect(world.rules.tagged(TAG, 'Region X').individuals.isEmpty).toBe(true)
  })

  test('is refused by a decision about something else, and by a refusal', async () => {
    const { decision } = await world.grant([{ dataset: 'norr', level: 'count' }])
    await expect(world.changes.addTagged({ tag: TAG, decision, datasets: ['norr'] }, 'admin')).rejects.toThrow(
      /is not about tag/,
    )
  })

  test('is refused by a decision whose application is over', async () => {
    const { decision } = await world.grant(WANTS)
    await world.changes.moveApplication('A-1', 'closed', 'admin')
    await expect(world.changes.addTagged({ tag: TAG, decision, datasets: ['norr'] }, 'admin')).rejects.toThrow(
      /what D-1 approved is over/,
    )
  })

  test('may not be called like a dataset', async () => {
    const tag = { name: 'norr', dac: 'x', purposes: ['HRESCH'], highestLevel: 'count', to: '2027-01-01' }
    await expect(world.changes.defineTag(tag, 'admin')).rejects.toThrow(/there is a dataset norr/)
  })
})

describe('without grants:', () => {
  sharedWorld(() => world.grant(WANTS))

  test.each<[string, readonly { issuer: string; id: string }[], string]>([
    ['nobody', [], PROJECT],
    ['somebody else', [{ issuer: BROKER, id: 'u-other' }], PROJECT],
    ['the same name at another broker', [{ issuer: `${BROKER}/`, id: 'u-pi' }], PROJECT],
    ['a member of another project', [ME], 'urn:ngp:project:2026-018'],
    ['a project in other letters', [ME], PROJECT.toUpperCase()],
    ['no project', [ME], ''],
  ])('%s has none', async (_, subjects, project) => {
    expect(grants([...subjects], project)).toEqual([])
  })
})

describe('by the clock', () => {
  sharedWorld(() => world.grant(WANTS, { from: '2026-04-01', to: '2026-10-31' }))

  test.each<[string, string, number]>([
    ['its first moment', '2026-04-01T00:00:00.000Z', 1],
    ['the moment before', '2026-03-31T23:59:59.999Z', 0],
    ['its last moment', '2026-10-31T23:59:59.999Z', 1],
    ['the moment after', '2026-11-01T00:00:00.000Z', 0],
  ])('one is in force by the clock: %s', (_, at, expected) => {
    world.setNow(at)
    expect(grants()).toHaveLength(expected)
  })
})

describe('a tag that is given', () => {
  sharedWorld(() => world.grant(WANTS))

  test.each<[string, object, RegExp]>([
    ['without a decision', { decision: undefined, datasets: ['norr'] }, /name the decision/],
    ['by a decision that is not there', { decision: 'D-99', datasets: ['norr'] }, /no such decision/],
    ['by an application', { decision: 'A-1', datasets: ['norr'] }, /no such decision/],
    ['of nothing', {}, /say what carries the tag/],
    ['of a dataset that is not there', { datasets: ['x'] }, /there is no dataset x/],
    ['of a file that is not there', { files: ['norr/x'] }, /there is no file norr\/x/],
    ['of nobody', { individuals: ['secret-name'] }, /^there is no individual with that name or pseudonym$/],
    ['of a personal number', { individuals: ['19811228-9874'] }, /^there is no individual with that name/],
    ['of a number', { individuals: [1] }, /individuals.0 must be string/],
    ['of a path', { datasets: ['../norr'] }, /there is no dataset/],
    ['that is not defined', { tag: 'X', datasets: ['norr'] }, /no such tag/],
  ])('is refused %s', async (_, wanted, message) => {
    await expect(world.changes.addTagged({ tag: TAG, decision: 'D-1', ...wanted }, 'admin')).rejects.toThrow(message)
    expect(world.changes.tag(TAG).objects).toEqual([])
  })
})
