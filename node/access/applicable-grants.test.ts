import { describe, expect, test } from '@jest/globals'
import { Bitmap, EMPTY } from '../variants/bitmap.js'
import { coverageOf, grantsFor, servesPlaces } from './applicable-grants.js'
import { ANONYMOUS, type Person } from './person.js'
import { NO_RULES, type AccessRules, type GrantInForce, type GrantedRegion, type Tagged } from './rules.js'

const grant: GrantInForce = {
  id: 'g1',
  project: 'p1',
  scope: { dataset: 'd1' },
  level: 'record',
  purposes: ['HRESCH', 'TREAT'],
  waivesConsent: false,
}
const tag: Tagged = { datasets: new Set(['d2']), individuals: new Bitmap([3]), files: new Set(['f1']) }
const rules: AccessRules = {
  ...NO_RULES,
  grantsOf: (subjects, project) =>
    project === 'p1' && subjects.some(({ id }) => id === 'ada')
      ? [grant, { ...grant, id: 'g2', scope: { tag: 't' } }]
      : [],
  tagged: (name) => (name === 't' ? tag : NO_RULES.tagged(name)),
}
const ada: Person = {
  kind: 'person',
  subject: { issuer: 'https://b', id: 'ada' },
  subjects: [{ issuer: 'https://b', id: 'ada' }],
  visas: [],
  isRegistered: true,
  expires: 0,
}
const now = new Date(0)

describe('grants that a request may rely on', () => {
  const asks = { principal: ada, project: 'p1', purpose: 'HRESCH' } as const
  test.each([
    ['a member who names project and purpose', asks, false, ['g1', 'g2']],
    ['nobody known', { ...asks, principal: ANONYMOUS }, false, []],
    ['no project', { principal: ada, purpose: 'HRESCH' }, false, []],
    ['another project', { ...asks, project: 'p2' }, false, []],
    ['no purpose', { principal: ada, project: 'p1' }, false, []],
    ['a purpose that was not granted', { ...asks, purpose: 'HQUALIMP' }, false, []],
    ['care where the region does not allow it', { ...asks, purpose: 'TREAT' }, false, []],
    ['care where it does', { ...asks, purpose: 'TREAT' }, true, ['g1', 'g2']],
  ] as const)('%s', (_, caller, care, expected) => {
    expect(grantsFor(caller, rules, { id: 'd1' }, { now, care }).map((one) => one.grant.id)).toEqual(expected)
  })

  test.each([
    [{ dataset: 'd1' }, 'd1', { isWhole: true, people: [], files: [] }],
    [{ dataset: 'd1' }, 'd2', undefined],
    [{ tag: 't' }, 'd1', { isWhole: false, people: [3], files: ['f1'] }],
    [{ tag: 't' }, 'd2', { isWhole: true, people: [3], files: ['f1'] }],
    [{ tag: 'on nothing' }, 'd1', undefined],
  ])('%j covers of %s %j', (scope, dataset, expected) => {
    const covers = coverageOf({ ...grant, scope }, { id: dataset }, rules)
    expect(covers && { ...covers, people: [...covers.people], files: [...covers.files] }).toEqual(expected)
  })

  test('a tag on nothing covers nobody', () => {
    expect(NO_RULES.tagged('x').individuals).toBe(EMPTY)
  })
})

describe('regions of a grant', () => {
  const at = (start: number, end: number, contig = 17): GrantedRegion => ({ assembly: 'GRCh38', contig, start, end })
  test.each([
    ['no place', [at(0, 10)], undefined, false],
    ['no places', [at(0, 10)], [], false],
    ['no regions', undefined, undefined, true],
    ['inside', [at(0, 10)], [at(0, 10)], true],
    ['one base over the end', [at(0, 10)], [at(0, 11)], false],
    ['one base before the start', [at(5, 10)], [at(4, 10)], false],
    ['over two that meet', [at(10, 20), at(0, 10)], [at(5, 15)], true],
    ['over two that overlap', [at(0, 12), at(8, 20)], [at(5, 15)], true],
    ['over a gap of one base', [at(0, 10), at(11, 20)], [at(5, 15)], false],
    ['another contig', [at(0, 10)], [at(0, 5, 16)], false],
    ['another assembly', [{ ...at(0, 10), assembly: 'GRCh37' }], [at(0, 5)], false],
    ['two places, one outside', [at(0, 10)], [at(0, 5), at(20, 21)], false],
    ['two places inside', [at(0, 10), at(20, 30)], [at(0, 5), at(20, 21)], true],
  ] as const)('%s', (_, regions, places, expected) => {
    expect(servesPlaces(regions ? { ...grant, regions } : grant, places)).toBe(expected)
  })
})
