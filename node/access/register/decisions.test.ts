import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createKeyPair } from '../../formats/crypt4gh/key-exchange.js'
import {
  APPROVAL,
  BROKER,
  createRegisterWorld,
  NORR,
  PROJECT,
  REFUSAL,
  SYD,
  TAG,
  type RegisterWorld,
} from '../testing/register-world.js'

let world: RegisterWorld
beforeAll(async () => void (world = await createRegisterWorld()))
afterAll(() => world.close())

const WANTS = [{ tag: TAG, level: 'record' }]
const REGION = { assembly: 'GRCh38', referenceName: 'chr17', start: 43_044_294, end: 43_125_364 }
const STUDY = { requestingResearcher: 'C. Carlsson', plannedStudy: 'A trial', criteria: 'AML over 60' }

describe('a decision is refused', () => {
  const { ethics: _, ...withoutEthics } = APPROVAL
  const { responsibleBody: __, ...withoutBody } = APPROVAL
  const { secrecyReview: ___, ...withoutReview } = APPROVAL
  const { appeal: ____, ...withoutAppeal } = REFUSAL
  const rows: readonly (readonly [string, object, RegExp, (readonly object[])?])[] = [
    ['by one', { ...APPROVAL, by: ['Anna'] }, /two different people/],
    ['by nobody', { ...APPROVAL, by: [] }, /by must NOT have fewer/],
    ['by one twice', { ...APPROVAL, by: ['Anna', 'Anna'] }, /two different people/],
    ['by one in two spellings', { ...APPROVAL, by: ['Anna  Andersson', ' anna andersson'] }, /two different people/],
    ['by one in two encodings', { ...APPROVAL, by: ['Åsa', 'A\u030asa'] }, /two different people/],
    ['by two of three names', { ...APPROVAL, by: ['Anna', 'Bo', 'anna'] }, /two different people/],
    ['by a member of the project', { ...APPROVAL, by: ['Anna', 'U-PI'] }, /a member of the project may not decide/],
    ['by a member in full', { ...APPROVAL, by: ['Anna', `${BROKER}|u-pi`] }, /a member of the project may not/],
    ['of an outcome that is none', { ...APPROVAL, outcome: 'maybe' }, /outcome must be "approve"/],
    ['without an outcome', { ...APPROVAL, outcome: undefined }, /outcome|type/],
    ['that is null', null as unknown as object, /must be object/],
    ['with an unknown key', { ...APPROVAL, level: 'file' }, /unknown key "level"/],
    ['without a responsible body', withoutBody, /responsibleBody/],
    ['without a secrecy review', withoutReview, /secrecyReview/],
    ['of research without ethics', withoutEthics, /research needs an ethics approval/],
    ['of another ethics approval', { ...APPROVAL, ethics: { number: 'x', to: '2027-01-01' } }, /is 2025-01234-01/],
    ['longer than ethics', { ...APPROVAL, to: '2028-06-30' }, /lasts longer .* end 2028-01-01T00:00:00.000Z/],
    ['that is over already', { ...APPROVAL, to: '2026-02-01' }, /ends before it begins/],
    [
      'before the ethics approval',
      { ...APPROVAL, ethics: { from: '2026-06-01', to: '2027-01-01' } },
      /begins before the ethics approval/,
    ],
    ['with a date that is none', { ...APPROVAL, to: '2026-02-31' }, /decision: to is no date/],
    ['with a purpose of no project', { ...APPROVAL, purposes: ['PUBHLTH'] }, /the project is for HRESCH, TREAT/],
    [
      'of more than was applied for',
      { ...APPROVAL, wants: [{ tag: TAG, level: 'file' }] },
      /more of .* than was applied/,
    ],
    ['of something else', { ...APPROVAL, wants: [{ dataset: 'norr', level: 'count' }] }, /more of norr is granted/],
    ['of files that go nowhere', APPROVAL, /says where they may go/, [{ tag: TAG, level: 'file' }]],
    ['of regions beyond', { ...APPROVAL, wants: WANTS }, /more of/, [{ tag: TAG, level: 'record', regions: [REGION] }]],
    [
      'with a key that is none',
      { ...APPROVAL, deliverTo: [{ kind: 'crypt4gh', publicKey: 'YWJj' }] },
      /deliverTo: this is no public key/,
    ],
    ['of counting without a study', { ...APPROVAL, legalBasis: 'antalsberakning' }, /planned study/],
    ['of a study without its basis', { ...APPROVAL, antalsberakning: STUDY }, /it alone/],
    ['of a permit without a date', { ...APPROVAL, legalBasis: 'ehds' }, /ehdsPermitAt/],
    ['with a date without a permit', { ...APPROVAL, ehdsPermitAt: '2026-01-01' }, /it alone, has a date/],
    [
      'waiving consent without ethics',
      { ...withoutEthics, legalBasis: 'quality', waivesConsent: true },
      /only an ethics approval/,
    ],
    ['with an audience that is none', { ...APPROVAL, audience: { kind: 'network' } }, /audience/],
    [
      'with a personal number',
      { ...APPROVAL, conditions: 'not 19811228-9874' },
      /conditions holds a personal identity/,
    ],
    ['by somebody whom a token would name', { ...APPROVAL, by: ['admin:dana', 'Bo Berg'] }, /is given by nobody/],
    ['to reject by somebody whom a token would name', { ...REFUSAL, by: ['Bo', ' Admin:dana'] }, /is given by nobody/],
    ['to reject without reasons', { ...REFUSAL, reasons: [] }, /reasons must NOT have fewer/],
    ['to reject without how to appeal', withoutAppeal, /appeal/],
    ['to reject by one', { ...REFUSAL, by: ['Anna'] }, /two different people/],
  ]
  const table = rows.map(([name, decision, message, wants = WANTS]) => [name, decision, message, wants] as const)
  test.each(table)('%s', async (_, decision, message, wants) => {
    const id = await world.apply(wants)
    await expect(world.changes.addDecision(id, decision, 'admin')).rejects.toThrow(message)
    expect(world.changes.application(id)).toMatchObject({ state: 'submitted', decisions: [] })
    expect(world.changes.grants()).toEqual([])
  })
})

describe('a decision', () => {
  test('to reject keeps its reasons and gives nothing', async () => {
    const id = await world.apply(WANTS)
    const { grants } = await world.changes.addDecision(id, REFUSAL, 'admin')
    expect(grants).toEqual([])
    const shown = world.changes.application(id)
    expect(shown).toMatchObject({ state: 'rejected', decisions: [{ ...REFUSAL, application: id, controller: NORR }] })
    expect(shown.steps.map(({ state }) => state)).toEqual(['draft', 'submitted', 'in_review', 'rejected'])
    await expect(world.changes.addDecision(id, APPROVAL, 'admin')).rejects.toThrow(
      /is rejected: it cannot be decided on/,
    )
  })

  test.each([
    [
      { kind: 'national' },
      'nobody can be of audience national: node.yaml has no access, so that the node knows nobody',
    ],
    [{ kind: 'network', network: 'n' }, 'nobody can be of audience network n: node.yaml has no access, so that the node knows nobody'], // prettier-ignore
  ])('to audience %j says that nobody can be of it, and so does a check', async (audience, warning) => {
    const id = await world.apply(WANTS)
    const made = await world.changes.addDecision(id, { ...APPROVAL, audience }, 'admin')
    expect(made.warnings).toEqual([warning])
    const [unserved] = world.changes.unservedGrants().filter(({ grant }) => made.grants.includes(grant))
    expect(unserved).toMatchObject({ project: PROJECT, audience, reason: expect.stringMatching(/no access/) })
    await world.changes.revokeGrant(made.grants[0]!, 'a test', 'admin')
    expect(world.changes.unservedGrants().map(({ grant }) => grant)).not.toContain(made.grants[0])
  })

  test('to reject says nothing of audiences', async () => {
    const id = await world.apply(WANTS)
    expect(await world.changes.addDecision(id, REFUSAL, 'admin')).not.toHaveProperty('warnings')
  })

  test('lasts as long as the ethics approval, which is that of the project', async () => {
    const { grants } = await world.grant(WANTS)
    const [grant] = world.changes.grants().filter(({ id }) => grants.includes(id))
    expect(grant).toMatchObject({
      project: PROJECT,
      controller: NORR,
      tag: TAG,
      level: 'record',
      purposes: ['HRESCH', 'TREAT'],
      from: '2026-03-01T12:00:00.000Z',
      to: '2028-01-01T00:00:00.000Z',
      waivesConsent: false,
      audience: { kind: 'national' },
    })
    const { decision } = await world.grant(WANTS)
    const shown = world.changes.applications().at(-1)!
    expect(world.changes.application(shown.id).decisions[0]).toMatchObject({
      id: decision,
      ethics: { number: '2025-01234-01', to: '2028-01-01T00:00:00.000Z' },
    })
  })

  test('may give less than was applied for: a level, a region, a purpose, a time', async () => {
    const inner = { ...REGION, start: REGION.start + 10 }
    const { grants } = await world.grant(
      [
        { tag: TAG, level: 'record', regions: [REGION] },
        { dataset: 'norr', level: 'record' },
      ],
      { wants: [{ tag: TAG, level: 'count', regions: [inner] }], purposes: ['HRESCH'], to: '2026-12-31' },
    )
    expect(grants).toHaveLength(1)
    expect(world.changes.grants().at(-1)).toMatchObject({
      level: 'count',
      regions: [{ assembly: 'GRCh38', contig: 17, start: inner.start, end: REGION.end }],
      purposes: ['HRESCH'],
      to: '2027-01-01T00:00:00.000Z',
    })
  })

  test('on counting before a study gives counts, whatever was applied for', async () => {
    const { ethics: _, ...rest } = APPROVAL
    const id = await world.apply([{ tag: TAG, level: 'file' }])
    const basis = { legalBasis: 'antalsberakning', antalsberakning: STUDY }
    await world.changes.addDecision(id, { ...rest, ...basis }, 'admin')
    expect(world.changes.grants().at(-1)).toMatchObject({ level: 'count' })
  })

  test('names where files may go, by the bytes of a key', async () => {
    const { publicKey } = createKeyPair()
    const base64 = Buffer.from(publicKey).toString('base64')
    const pem = `-----BEGIN CRYPT4GH PUBLIC KEY-----\n${base64}\n-----END CRYPT4GH PUBLIC KEY-----\n`
    const deliverTo = [
      { kind: 'crypt4gh', publicKey: pem },
      { kind: 'client', client: 'spe-1' },
    ]
    await world.grant(
      [
        { tag: TAG, level: 'file' },
        { dataset: 'norr', level: 'count' },
      ],
      { deliverTo },
    )
    const [files, counts] = world.changes.grants().slice(-2)
    expect(files!.deliverTo).toEqual([
      { kind: 'crypt4gh', publicKey: base64 },
      { kind: 'client', client: 'spe-1' },
    ])
    expect(counts!.deliverTo).toBeUndefined()
  })
})

describe('an application is refused', () => {
  test.each<[string, object, RegExp]>([
    ['of a project that is not there', { project: 'urn:x-a:b', wants: WANTS }, /no such project/],
    ['for a tag that is not there', { project: PROJECT, wants: [{ tag: 'X', level: 'count' }] }, /no such tag/],
    [
      'for a dataset that is not there',
      { project: PROJECT, wants: [{ dataset: 'x', level: 'count' }] },
      /no dataset x/,
    ],
    [
      'for two things at once',
      { project: PROJECT, wants: [{ tag: TAG, dataset: 'norr', level: 'count' }] },
      /not both/,
    ],
    ['for nothing', { project: PROJECT, wants: [] }, /wants must NOT have fewer/],
    [
      'for a level that is none',
      { project: PROJECT, wants: [{ tag: TAG, level: 'all' }] },
      /boolean, count, record, file/,
    ],
    ['to nobody', { project: PROJECT, controller: 'Region X', wants: WANTS }, /responsible for no dataset/],
    [
      'to the wrong controller',
      { project: PROJECT, wants: [{ dataset: 'syd', level: 'count' }] },
      /Region Syd is responsible for dataset syd, not Region Test/,
    ],
    [
      'for a region that is none',
      { project: PROJECT, wants: [{ tag: TAG, level: 'count', regions: [{ ...REGION, end: 1 }] }] },
      /chr17:43044294-1 is no region of GRCh38/,
    ],
    ['with no object', 'x' as unknown as object, /must be object/],
  ])('%s', async (_, application, message) => {
    await expect(world.changes.addApplication(application, 'admin')).rejects.toThrow(message)
  })

  test('when it is sent back without a word, decided on before it was submitted, or changed when it was', async () => {
    const { id } = await world.changes.addApplication({ project: PROJECT, controller: SYD, wants: WANTS }, 'admin')
    await expect(world.changes.addDecision(id, APPROVAL, 'admin')).rejects.toThrow(/is draft: it cannot be decided on/)
    await expect(world.changes.moveApplication(id, 'approved', 'admin')).rejects.toThrow(/by a decision/)
    await world.changes.moveApplication(id, 'submitted', 'admin')
    await expect(world.changes.changeWants(id, WANTS, 'admin')).rejects.toThrow(/can be changed no more/)
    await expect(world.changes.moveApplication(id, 'returned', 'admin')).rejects.toThrow(/say in a note why/)
    await world.changes.moveApplication(id, 'returned', 'admin', 'Which samples?')
    await world.changes.changeWants(id, [{ dataset: 'syd', level: 'count' }], 'admin')
    await world.changes.moveApplication(id, 'submitted', 'admin')
    const { steps, wants } = world.changes.application(id)
    expect(wants).toEqual([{ dataset: 'syd', level: 'count' }])
    expect(steps.map(({ state }) => state)).toEqual(['draft', 'submitted', 'returned', 'submitted'])
    expect(steps[2]).toEqual({ state: 'returned', by: 'admin', at: '2026-03-01T12:00:00.000Z', note: 'Which samples?' })
  })
})
