/** Value of the two visas that together make a registered ("bona fide") researcher: GA4GH Passport v1.2, Dyke et al. 2018. */
export const REGISTERED_ACCESS = 'https://doi.org/10.1038/s41431-018-0219-y'

/** Organisations that stand behind the demonstration's visas; `.example` belongs to nobody (RFC 2606). */
export const UNIVERSITY = 'https://university.example'
export const REGION = 'https://region.example'

/** One visa as it is about to be signed. */
export interface AccountVisa {
  readonly type: 'AffiliationAndRole' | 'ResearcherStatus' | 'AcceptedTermsAndPolicies'
  readonly value: string
  readonly source: string
  readonly by: 'so' | 'self' | 'system'
}

/** Somebody who can log in to the demonstration. */
export interface Account {
  /** `sub` of tokens, and the `login_hint` that logs in without a click. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly visas: readonly AccountVisa[]
}

function affiliation(value: string, source: string): AccountVisa {
  return { type: 'AffiliationAndRole', value, source, by: 'system' }
}

const REGISTERED: readonly AccountVisa[] = [
  affiliation('faculty@university.example', UNIVERSITY),
  { type: 'ResearcherStatus', value: REGISTERED_ACCESS, source: UNIVERSITY, by: 'so' },
  { type: 'AcceptedTermsAndPolicies', value: REGISTERED_ACCESS, source: UNIVERSITY, by: 'self' },
]

export const ACCOUNTS: readonly Account[] = [
  {
    id: 'visitor',
    name: 'Vera Visitor',
    description: 'nobody in particular: sees public data and the catalogue',
    visas: [],
  },
  {
    id: 'researcher',
    name: 'Rune Researcher',
    description: 'a registered researcher: sees counts of registered data as well',
    visas: REGISTERED,
  },
  {
    id: 'member',
    name: 'Maja Member',
    description: 'a researcher in the haematology project: sees what regions have decided to release to it',
    visas: REGISTERED,
  },
  {
    id: 'administrator',
    name: 'Alva Administrator',
    description: 'administers a region: decides about data, and has no right to see them as a researcher',
    visas: [affiliation('ngp.administrator@region.example', REGION)],
  },
]

export function findAccount(id: unknown): Account | undefined {
  return ACCOUNTS.find((account) => account.id === id)
}
