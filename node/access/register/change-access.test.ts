import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { changeAccess } from './change-access.js'
import { BROKER, createRegisterWorld, NORR, PROJECT, TAG, type RegisterWorld } from '../testing/register-world.js'
import { parseBed } from './granted-regions.js'
import { toMoment } from './parse-input.js'

let world: RegisterWorld
beforeAll(async () => void (world = await createRegisterWorld()))
afterAll(() => world.close())

test('a change that cannot be put on record is not made', async () => {
  const before = world.changes.projects().length
  const project = { ...world.changes.projects()[0], id: 'urn:ngp:project:new', closed: undefined }
  const { closed: _, ...input } = project
  world.failRecording(true)
  await expect(world.changes.addProject(input, 'admin')).rejects.toThrow('the disk is full')
  world.failRecording(false)
  expect(world.changes.projects()).toHaveLength(before)
  await world.changes.addProject(input, 'admin')
  expect(world.changes.projects()).toHaveLength(before + 1)
  expect(world.recorded.at(-1)).toMatchObject({
    event: 'project.change',
    details: { what: 'project.add', project: 'urn:ngp:project:new', by: 'admin', at: '2026-03-01T12:00:00.000Z' },
  })
})

test('changes that are asked for at once are made one after another', async () => {
  const members = Array.from({ length: 20 }, (_, i) => ({ iss: BROKER, sub: `many-${i}` }))
  await Promise.all(members.map((member) => world.changes.addMember(PROJECT, member, 'admin')))
  expect(world.changes.project(PROJECT).members).toHaveLength(21)
})

test('another opener waits for a change, and sees it', async () => {
  const other = changeAccess(world.fixture.directory, { organization: NORR, now: world.now, record: async () => {} })
  await other.addMember(PROJECT, { iss: BROKER, sub: 'other' }, 'somebody')
  expect(world.rules.grantsOf([{ issuer: BROKER, id: 'other' }], PROJECT, world.now())).toEqual([])
  expect(world.changes.project(PROJECT).members.at(-1)).toMatchObject({ sub: 'other', role: 'member' })
  other.close()
})

describe('refused', () => {
  const project = {
    id: 'urn:ngp:project:x',
    title: 'X',
    principalInvestigator: { iss: BROKER, sub: 's' },
    purposes: ['HRESCH'],
    from: '2026-01-01',
    to: '2026-12-31',
  }
  test.each<[string, object, RegExp]>([
    ['a project that is no URN', { ...project, id: '2026-17' }, /id must match pattern/],
    ['a project that is there', { ...project, id: PROJECT }, /there is a project/],
    ['a project of no purpose', { ...project, purposes: [] }, /purposes must NOT have fewer/],
    ['a project of a purpose that is none', { ...project, purposes: ['FUN'] }, /must be one of TREAT, HRESCH/],
    ['a project that ends before it begins', { ...project, to: '2025-12-31' }, /ends before it begins/],
    ['a project of a DUO term that is none', { ...project, duo: ['GRU'] }, /duo.0 must match/],
    [
      'a title with a personal number',
      { ...project, title: 'Of 811228-9874' },
      /title holds a personal identity number/,
    ],
    [
      'an investigator called by a personal number',
      { ...project, principalInvestigator: { iss: BROKER, sub: '198112289874' } },
      /principalInvestigator.sub holds a personal identity number/,
    ],
    ['a title of two lines', { ...project, title: 'a\nb' }, /title must match/],
    ['an unknown key', { ...project, admin: true }, /unknown key "admin"/],
    ['a prototype', JSON.parse(`{"__proto__": {"id": "x"}, "id": "urn:ab:c"}`) as object, /unknown key|must have/],
  ])('%s', async (_, value, message) => {
    await expect(world.changes.addProject(value, 'admin')).rejects.toThrow(message)
  })

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['a change by nobody', () => world.changes.closeProject(PROJECT, ''), /by: it must NOT have fewer/],
    ['a change by a personal number', () => world.changes.closeProject(PROJECT, '8112289874'), /by holds a personal/],
    ['a member twice', () => world.changes.addMember(PROJECT, { iss: BROKER, sub: 'u-pi' }, 'a'), /is a member/],
    ['a member of nothing', () => world.changes.addMember('x', { iss: BROKER, sub: 'a' }, 'a'), /no such project/],
    ['to remove nobody', () => world.changes.removeMember(PROJECT, { iss: BROKER, sub: 'x' }, 'a'), /is no member/],
    ['a tag with a slash', () => world.changes.defineTag({ ...TAG_INPUT, name: 'a/b' }, 'a'), /name must match/],
    [
      'a tag with a level that is none',
      () => world.changes.defineTag({ ...TAG_INPUT, highestLevel: 'all' }, 'a'),
      /one of/,
    ],
    ['a grant that is not there', () => world.changes.revokeGrant('G-1 OR 1=1', 'r', 'a'), /no such grant/],
  ])('%s', async (_, change, message) => {
    await expect(change()).rejects.toThrow(message)
  })
})

const TAG_INPUT = { name: TAG, dac: 'D', purposes: ['HRESCH'], highestLevel: 'count', to: '2027-01-01' }

describe('times', () => {
  test.each([
    ['2026-12-31', 'from', '2026-12-31T00:00:00.000Z'],
    ['2026-12-31', 'to', '2027-01-01T00:00:00.000Z'],
    ['2026-12-31T15:00+01:00', 'to', '2026-12-31T14:00:00.000Z'],
    ['2026-12-31T15:00:30.5Z', 'from', '2026-12-31T15:00:30.500Z'],
  ] as const)('%s as %s', (text, edge, expected) => expect(toMoment('x', text, edge)).toBe(expected))

  test.each([
    '',
    'tomorrow',
    '2026-02-30',
    '2026-13-01',
    '31/12/2026',
    '2026-12-31T15:00',
    '20261231',
    '+012026-01-01',
  ])('%j is none', (text) => expect(() => toMoment('x', text, 'to')).toThrow(/x is no date/))
})

test('regions come from BED files; one without any bounds nothing and is refused', () => {
  expect(parseBed('track x\n#c\nchr17\t1\t2\textra\r\n\n1 5 9\n', 'GRCh38')).toEqual([
    { assembly: 'GRCh38', referenceName: 'chr17', start: 1, end: 2 },
    { assembly: 'GRCh38', referenceName: '1', start: 5, end: 9 },
  ])
  expect(() => parseBed('# nothing\n', 'GRCh38')).toThrow(/no region/)
  expect(() => parseBed('chr1\t5', 'GRCh38')).toThrow(/line 1/)
})
