import type { Purpose } from '../caller.js'
import type { GrantInForce } from '../rules.js'

/** What a person has said, or the law says of them. */
export const STATUS_KINDS = [
  'sparr_inre',
  'sparr_yttre',
  'research_consent',
  'biobank_consent',
  'ehds_optout',
  'deceased',
  'protected_identity',
] as const
export type StatusKind = (typeof STATUS_KINDS)[number]

/** `deny`: a block, a refusal, an opt-out, a protected identity. `allow`: consent, or that there is none of these any more. */
export const STATUS_EFFECTS = ['allow', 'deny'] as const
export type StatusEffect = (typeof STATUS_EFFECTS)[number]

/** One thing that was said of one person. Of those about the same kind and scope the last that was recorded counts. */
export interface Status {
  /** Number of the person. */
  readonly individual: number
  readonly kind: StatusKind
  readonly effect: StatusEffect
  /** `project:…`, `tag:…` or `duo:…` of consent to research, `part:…` of biobank consent, `unit:…` or `provider:…` of a block; absent: all. */
  readonly scope?: string
  /** ISO 8601 in UTC. */
  readonly from: string
  /** Exclusive; absent: until something else is said. */
  readonly to?: string
  /** Where it was said: a form, a register. */
  readonly source: string
}

/** What a scope may begin with; a kind that is not here has none. */
export const SCOPES: Readonly<Partial<Record<StatusKind, readonly string[]>>> = {
  sparr_inre: ['unit', 'provider'],
  sparr_yttre: ['unit', 'provider'],
  research_consent: ['project', 'tag', 'duo'],
  biobank_consent: ['part'],
}

/** What an answer is for, as far as blocks and consent go: research on public and registered data names no purpose. */
type Use = 'open' | 'care' | 'research' | 'own'

/**
 * HTEST is taken for research: tests on people's data have no ground of their own. A request for one's own data (PATRQT) is what
 * blocks are not about.
 */
const USES: Readonly<Record<Purpose, Use>> = {
  TREAT: 'care',
  HQUALIMP: 'care',
  HRESCH: 'research',
  PUBHLTH: 'research',
  HTEST: 'research',
  PATRQT: 'own',
}

/** On which uses a denial of each kind acts (Swedish Patient Data Act, Biobank Act, EHDS Regulation article 71). */
const ACTS_ON: Readonly<Record<StatusKind, readonly Use[]>> = {
  sparr_inre: ['care'],
  // As policy: what is blocked for other care providers is not given to others for research.
  sparr_yttre: ['care', 'research'],
  research_consent: ['open', 'research'],
  biobank_consent: ['open', 'research'],
  ehds_optout: ['open', 'care', 'research'],
  deceased: ['research'],
  // Of numbers nobody is kept out by it; Consent.protectedPeople is for the rest.
  protected_identity: [],
}

/** @param byLaw whether the law lets data serve public health whatever people said */
export function useOf(purpose: Purpose | undefined, byLaw: boolean): Use {
  if (purpose === undefined) return 'open'
  return purpose === 'PUBHLTH' && byLaw ? 'own' : USES[purpose]
}

/** Whether a denial keeps its person out of what a grant is for. */
export function denies({ kind, scope, from }: DenialOf, use: Use, grant: GrantInForce | undefined): boolean {
  if (!ACTS_ON[kind].includes(use)) return false
  switch (kind) {
    case 'research_consent':
      // A refusal of one project is about that project alone.
      return scope === undefined || (grant !== undefined && isOfGrant(scope, grant, true))
    case 'biobank_consent':
      return scope === undefined || scope === 'part:genomics'
    case 'ehds_optout':
      // Permits that were there before go on.
      return grant === undefined || (grant.ehdsPermitAt !== undefined && grant.ehdsPermitAt.toISOString() >= from)
    default:
      // Which unit asks is not known: a block of one acts on all.
      return true
  }
}

export type DenialOf = Pick<Status, 'kind' | 'scope' | 'from'>

/** Whether a consent to research is one to what a grant is for. */
export function consents({ kind, scope }: DenialOf, grant: GrantInForce): boolean {
  return kind === 'research_consent' && (scope === undefined || isOfGrant(scope, grant, false))
}

/** @param unknown of a grant of which no terms of the Data Use Ontology are known */
function isOfGrant(scope: string, { project, scope: on, duo }: GrantInForce, unknown: boolean): boolean {
  const value = scope.slice(scope.indexOf(':') + 1)
  if (scope.startsWith('project:')) return project === value
  if (scope.startsWith('tag:')) return 'tag' in on && on.tag === value
  return duo?.includes(value) ?? unknown
}
