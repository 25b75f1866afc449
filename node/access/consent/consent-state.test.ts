import { describe, expect, test } from '@jest/globals'
import { Bitmap } from '../../variants/bitmap.js'
import { PURPOSES, type Purpose } from '../caller.js'
import type { GrantInForce } from '../rules.js'
import { toConsentState } from './consent-state.js'
import { STATUS_KINDS, type StatusKind } from './status.js'

const FROM = '2026-01-01T00:00:00.000Z'
const ONE = 1
const everybody = new Bitmap([1, 2])
const waived: GrantInForce = {
  id: 'G-1',
  project: 'p1',
  scope: { tag: 't1' },
  level: 'record',
  purposes: PURPOSES,
  waivesConsent: true,
  duo: ['DUO:0000007'],
}
const strict: GrantInForce = { ...waived, waivesConsent: false }

function hiddenBy(
  kind: StatusKind,
  effect: 'allow' | 'deny',
  scope: string | undefined,
  purpose: Purpose | undefined,
  grant: GrantInForce | undefined,
  byLaw = false,
): number[] {
  const status = { individual: ONE, kind, effect, from: FROM, ...(scope === undefined ? {} : { scope }) }
  return [...toConsentState([status], byLaw).hiddenFrom(purpose, grant, everybody)]
}

describe('each kind acts on what the law is about', () => {
  const open = undefined
  const acts: Readonly<Record<StatusKind, readonly (Purpose | undefined)[]>> = {
    sparr_inre: ['TREAT', 'HQUALIMP'],
    sparr_yttre: ['TREAT', 'HQUALIMP', 'HRESCH', 'PUBHLTH', 'HTEST'],
    research_consent: [open, 'HRESCH', 'PUBHLTH', 'HTEST'],
    biobank_consent: [open, 'HRESCH', 'PUBHLTH', 'HTEST'],
    ehds_optout: [open],
    deceased: ['HRESCH', 'PUBHLTH', 'HTEST'],
    protected_identity: [],
  }
  test.each(STATUS_KINDS.flatMap((kind) => [open, ...PURPOSES].map((purpose) => [kind, purpose] as const)))(
    'a denial of %s and %s',
    (kind, purpose) => {
      const grant = purpose && waived
      expect(hiddenBy(kind, 'deny', undefined, purpose, grant)).toEqual(acts[kind].includes(purpose) ? [ONE] : [])
      expect(hiddenBy(kind, 'allow', undefined, purpose, grant)).toEqual([])
    },
  )

  test.each([
    ['PUBHLTH where the law goes before', 'research_consent', 'PUBHLTH', true, []],
    ['PUBHLTH where it does not', 'research_consent', 'PUBHLTH', false, [ONE]],
    ['HRESCH whatever the law says of public health', 'research_consent', 'HRESCH', true, [ONE]],
  ] as const)('%s', (_, kind, purpose, byLaw, hidden) => {
    expect(hiddenBy(kind, 'deny', undefined, purpose, waived, byLaw)).toEqual(hidden)
  })

  test.each([
    ['refused for the project', 'research_consent', 'project:p1', 'HRESCH', waived, [ONE]],
    ['refused for another project', 'research_consent', 'project:p2', 'HRESCH', waived, []],
    ['refused for the tag', 'research_consent', 'tag:t1', 'HRESCH', waived, [ONE]],
    ['refused for another tag', 'research_consent', 'tag:t2', 'HRESCH', waived, []],
    ['refused for the use', 'research_consent', 'duo:DUO:0000007', 'HRESCH', waived, [ONE]],
    ['refused for another use', 'research_consent', 'duo:DUO:0000042', 'HRESCH', waived, []],
    ['refused for one project, of public data', 'research_consent', 'project:p1', undefined, undefined, []],
    ['a biobank sample without genomics', 'biobank_consent', 'part:genomics', 'HRESCH', waived, [ONE]],
    ['a biobank sample without something else', 'biobank_consent', 'part:imaging', 'HRESCH', waived, []],
    ['a block of one unit', 'sparr_inre', 'unit:u1', 'TREAT', waived, [ONE]],
  ] as const)('%s', (_, kind, scope, purpose, grant, hidden) => {
    expect(hiddenBy(kind, 'deny', scope, purpose, grant)).toEqual(hidden)
  })

  test('a refusal of a use acts where it is not known what the project is for', () => {
    const { duo: _, ...unknown } = waived
    expect(hiddenBy('research_consent', 'deny', 'duo:DUO:0000042', 'HRESCH', unknown)).toEqual([ONE])
    expect(
      hiddenBy('research_consent', 'allow', 'duo:DUO:0000042', 'HRESCH', { ...unknown, waivesConsent: false }),
    ).toEqual([1, 2])
  })

  test.each([
    ['before the opt-out', '2025-12-31T23:59:59.999Z', []],
    ['with it', FROM, [ONE]],
    ['after it', '2026-02-01T00:00:00.000Z', [ONE]],
  ] as const)('an EHDS opt-out and a permit issued %s', (_, at, hidden) => {
    const permit = { ...waived, ehdsPermitAt: new Date(at) }
    expect(hiddenBy('ehds_optout', 'deny', undefined, 'HRESCH', permit)).toEqual(hidden)
    expect(hiddenBy('ehds_optout', 'deny', undefined, undefined, undefined)).toEqual([ONE])
  })
})

describe('research without a waiver', () => {
  test.each([
    ['consent to all', undefined, [2]],
    ['consent to the project', 'project:p1', [2]],
    ['consent to the tag', 'tag:t1', [2]],
    ['consent to the use', 'duo:DUO:0000007', [2]],
    ['consent to another project', 'project:p2', [1, 2]],
    ['consent to another use', 'duo:DUO:0000042', [1, 2]],
  ])('shows nobody but those who gave %s', (_, scope, hidden) => {
    expect(hiddenBy('research_consent', 'allow', scope, 'HRESCH', strict)).toEqual(hidden)
  })

  test.each([
    ['care', 'HQUALIMP', strict, []],
    ['public data', undefined, undefined, []],
    ['a waiver', 'HRESCH', waived, []],
    ['research', 'HRESCH', strict, [1, 2]],
  ] as const)('what is not known hides nobody but of research: %s', (_, purpose, grant, hidden) => {
    expect([...toConsentState([], false).hiddenFrom(purpose, grant, everybody)]).toEqual(hidden)
  })

  test('a refusal of all goes before a consent to the project', () => {
    const said = { individual: ONE, kind: 'research_consent', from: FROM } as const
    const both = [
      { ...said, effect: 'deny' },
      { ...said, effect: 'allow', scope: 'project:p1' },
    ] as const
    expect([...toConsentState(both, false).hiddenFrom('HRESCH', strict, everybody)]).toEqual([1, 2])
  })
})
