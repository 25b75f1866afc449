import { describe, expect, test } from '@jest/globals'
import { Bitmap } from '../variants/bitmap.js'
import { EVERYBODY, isVisible, type VisibleSet } from '../variants/visible-set.js'
import { authorise, knownTo, type AccessQuestion } from './authorise.js'
import { NOBODY_KNOWN, type Caller } from './caller.js'
import { isListed, type AccessState } from './dataset-access.js'
import type { DatasetPolicy } from './dataset-policy.js'
import { NO_CONSENT, NO_RULES, type Consent, type GrantInForce } from './rules.js'

const policy: DatasetPolicy = { id: 'd', assembly: 'GRCh38', access: 'controlled', granularity: 'record' }
const grant: GrantInForce = {
  id: 'G-1',
  project: 'p',
  scope: { tag: 't' },
  level: 'record',
  purposes: ['HRESCH'],
  waivesConsent: true,
}
const caller: Caller = {
  principal: {
    kind: 'person',
    subject: { issuer: 'i', id: 's' },
    subjects: [],
    visas: [],
    isRegistered: true,
    expires: 0,
  },
  project: 'p',
  purpose: 'HRESCH',
}
const everybody = new Bitmap([1, 2, 3, 4])
const question: AccessQuestion = {
  caller,
  granularity: 'record',
  assembly: 'GRCh38',
  places: undefined,
  named: undefined,
}

interface Given {
  readonly grants?: readonly GrantInForce[]
  readonly datasets?: readonly string[]
  readonly individuals?: readonly number[]
  readonly removed?: readonly number[]
  readonly consent?: Partial<Consent>
  readonly version?: string
}

function toState({
  grants = [grant],
  datasets = [],
  individuals = [],
  removed = [],
  consent,
  version = '1',
}: Given): AccessState {
  const here = Bitmap.andNot(everybody, new Bitmap(removed))
  const visible: VisibleSet =
    removed.length > 0 ? { kind: 'some', people: here, version: `register-${removed.length}` } : EVERYBODY
  return {
    rules: {
      ...NO_RULES,
      grantsOf: () => grants,
      tagged: () => ({ datasets: new Set(datasets), individuals: new Bitmap(individuals), files: new Set() }),
      isReleased: (id) => datasets.includes(id),
      version,
    },
    consent: { ...NO_CONSENT, ...consent },
    register: { visible: () => visible, everybody: () => here },
    peopleOf: () => new Bitmap([1, 2, 3]),
    care: false,
    now: new Date(0),
  }
}

function decide(given: Given, asked: Partial<AccessQuestion> = {}, dataset: Partial<DatasetPolicy> = {}) {
  const decision = authorise([{ ...policy, ...dataset }], { ...question, ...asked }, toState(given))
  if (decision.kind === 'denied') return decision.code
  const visible = decision.grant.visibleOf('d')
  return visible && [decision.grant.granularityOf('d'), [...everybody].filter((person) => isVisible(visible, person))]
}

describe('granularity is the least of what is wanted, the dataset, and the grants', () => {
  const counts = { ...grant, id: 'G-2', level: 'count' } as const
  test.each([
    ['record', 'record', ['record']],
    ['count', 'record', ['record']],
    ['record', 'count', ['count']],
    ['record', 'boolean', ['boolean']],
  ] as const)('asked %s of a dataset of %s', (granularity, of, [told]) => {
    expect(decide({ datasets: ['d'] }, { granularity }, { granularity: of })).toEqual([told, [1, 2, 3, 4]])
  })

  test.each([
    ['file', 'record'],
    ['record', 'record'],
    ['count', 'count'],
    ['boolean', 'boolean'],
  ] as const)('a grant of %s tells %s', (level, told) => {
    expect(decide({ datasets: ['d'], grants: [{ ...grant, level }] })).toEqual([told, [1, 2, 3, 4]])
  })

  test.each([
    ['record', ['record', [2]]],
    ['count', ['count', [1, 2, 3]]],
  ] as const)('of several grants the people are those of all that give as much: asked %s', (granularity, expected) => {
    const state = toState({})
    const rules = {
      ...state.rules,
      grantsOf: () => [{ ...counts, scope: { tag: 'all' } }, grant],
      tagged: (tag: string) => ({
        datasets: new Set<string>(),
        individuals: new Bitmap(tag === 'all' ? [1, 2, 3, 9] : [2]),
        files: new Set<string>(),
      }),
    }
    const decision = authorise([policy], { ...question, granularity }, { ...state, rules })
    const granted = decision.kind === 'granted' ? decision.grant : undefined
    const visible = granted?.visibleOf('d')
    expect([granted?.granularityOf('d'), visible?.kind === 'some' ? [...visible.people] : visible]).toEqual(expected)
  })
})

describe('who may know of a dataset', () => {
  test.each([
    ['public', {}, true],
    ['registered', {}, true],
    ['controlled', {}, false],
    ['controlled', { datasets: ['d'] }, true],
    ['controlled', { individuals: [1] }, false],
  ] as const)('%s with %j is listed: %s', (access, given, expected) => {
    expect(isListed({ ...policy, access }, toState(given))).toBe(expected)
  })

  test.each([
    ['somebody in it was granted', { individuals: [1] }, caller, true],
    ['nobody in it was granted', { individuals: [4] }, caller, false],
    ['whoever was granted in it was removed', { individuals: [1], removed: [1] }, caller, false],
    ['the grant is for something else', { individuals: [1] }, { ...caller, purpose: 'PUBHLTH' }, false],
    ['nobody is known', { individuals: [1] }, NOBODY_KNOWN, false],
  ] as const)('unlisted, and %s', (_, given, who, isKnown) => {
    expect(knownTo(who, [policy], toState(given))).toHaveLength(isKnown ? 1 : 0)
    const named = decide(given, { caller: who, named: ['d'] })
    expect(named).toEqual(isKnown ? ['record', [1]] : 'not_found')
  })

  test('of people alone pre-counted data have nobody', () => {
    expect(decide({ individuals: [1] }, { named: ['d'] }, { content: 'sites' })).toBe('not_found')
    expect(decide({ datasets: ['d'] }, {}, { content: 'sites' })).toEqual(['record', [1, 2, 3, 4]])
  })

  test('a grant is worth nothing for the data of another controller', () => {
    const grants = [{ ...grant, controller: 'Region Norr' }]
    expect(decide({ datasets: ['d'], grants }, { named: ['d'] }, { controller: 'Region Syd' })).toBe(
      'permission_denied',
    )
    expect(decide({ datasets: ['d'], grants }, {}, { controller: 'Region Norr' })).toEqual(['record', [1, 2, 3, 4]])
  })

  test.each([
    ['n', { hub: 'n' }, true],
    ['n', { hub: 'm' }, false],
    ['n', {}, false],
  ] as const)('a grant to network %s, asked with %j', (network, rest, isServed) => {
    const grants = [{ ...grant, audience: { kind: 'network', network } } as const]
    const expected = isServed ? ['record', [1, 2, 3, 4]] : 'permission_denied'
    expect(decide({ datasets: ['d'], grants }, { named: ['d'], caller: { ...caller, ...rest } })).toEqual(expected)
  })

  test.each([
    ['national', { audiences: { national: 1 } }, true],
    ['national', { audiences: { EEA: 1 } }, false],
    ['national', { hub: 'national' }, false],
    ['national', {}, false],
  ] as const)('a grant that is %s, asked with %j', (kind, rest, isServed) => {
    const grants = [{ ...grant, audience: { kind } } as const]
    const expected = isServed ? ['record', [1, 2, 3, 4]] : 'permission_denied'
    expect(decide({ datasets: ['d'], grants }, { named: ['d'], caller: { ...caller, ...rest } })).toEqual(expected)
  })
})

describe('the people who are shown', () => {
  const visibleOf = (given: Given, dataset: Partial<DatasetPolicy> = {}) => {
    const decision = authorise([{ ...policy, ...dataset }], question, toState({ datasets: ['d'], ...given }))
    return decision.kind === 'granted' ? decision.grant.visibleOf('d') : undefined
  }

  test.each(['public', 'controlled'] as const)('are everybody, unlisted, when nobody is hidden: %s', (access) => {
    expect(visibleOf({}, { access })).toBe(EVERYBODY)
  })

  test('are of another version with another state of anything that they follow from', () => {
    const hidden = { hiddenFrom: () => new Bitmap([1]) }
    const versions = [
      { consent: { ...hidden, version: 'a' } },
      { consent: { ...hidden, version: 'b' } },
      { consent: { ...hidden, version: 'a' }, version: '2' },
      { consent: { ...hidden, version: 'a' }, removed: [2] },
      { consent: { ...hidden, version: 'a' }, grants: [{ ...grant, id: 'G-9' }] },
    ].map((given) => {
      const visible = visibleOf(given)
      return visible?.kind === 'some' ? visible.version : undefined
    })
    expect(versions).not.toContain(undefined)
    expect(new Set(versions).size).toBe(versions.length)
  })

  test('are nobody of protected identity where records can be told, in numbers too', () => {
    const consent = { protectedPeople: () => new Bitmap([2]) }
    const counted = (granularity: 'record' | 'count', level: 'record' | 'count') =>
      decide({ datasets: ['d'], consent, grants: [{ ...grant, level }] }, { granularity })
    expect(counted('record', 'record')).toEqual(['record', [1, 3, 4]])
    expect(counted('count', 'record')).toEqual(['record', [1, 3, 4]])
    expect(counted('record', 'count')).toEqual(['count', [1, 2, 3, 4]])
  })
})
