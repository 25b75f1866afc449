/** Who somebody is to an issuer of tokens: `iss` and `sub`. */
export interface Subject {
  readonly issuer: string
  readonly id: string
}

/** A visa that was verified, is of a trusted issuer within its bounds, belongs to the person, and whose conditions are met. */
export interface Visa {
  readonly issuer: string
  /** `jti`. */
  readonly id?: string
  readonly type: string
  readonly value: string
  readonly source: string
  readonly by?: string
  /** Seconds since 1970, as `expires`. */
  readonly asserted: number
  readonly expires: number
}

/** A home organisation of somebody, by a verified visa. */
export interface Affiliation {
  /** A DNS name in small letters. */
  readonly organisation: string
  /** Seconds since 1970. */
  readonly expires: number
}

/** Somebody whom a Passport, or an access token with userinfo, showed to the node. */
export interface Person {
  readonly kind: 'person'
  /** As the broker calls them: the key of the person in audit and registers. */
  readonly subject: Subject
  /** The same person at every issuer whose link to them is believed, `subject` among them. */
  readonly subjects: readonly Subject[]
  readonly visas: readonly Visa[]
  /** Absent: none is known. */
  readonly affiliations?: readonly Affiliation[]
  /** Bona fide: ResearcherStatus and AcceptedTermsAndPolicies of the registered-access value (GA4GH Passport v1.2). */
  readonly isRegistered: boolean
  /** `jti` of the Passport. */
  readonly passportId?: string
  /** The hub that uses the Passport, `act.sub`; absent: the person's own client does. */
  readonly actor?: string
  /** OAuth client that the Passport was made for. */
  readonly client?: string
  /** Thumbprint (RFC 7638) of the key that the Passport is bound to, `cnf.jkt`. */
  readonly keyThumbprint?: string
  /** How the person logged in. */
  readonly acr?: string
  /** When, `auth_time`, seconds since 1970. */
  readonly authenticatedAt?: number
  /** Care unit and provider (HSA ids) on whose behalf. */
  readonly unit?: string
  readonly provider?: string
  /** What the Passport was asked for, where the broker says so; headers may not say otherwise. */
  readonly purpose?: string
  readonly project?: string
  /** Seconds since 1970: nothing that is derived from it may last longer. */
  readonly expires: number
}

/** Who asks. */
export type Principal = { readonly kind: 'anonymous' } | Person

export const ANONYMOUS: Principal = { kind: 'anonymous' }

/** The name of a principal in audit and tickets. */
export function nameOf(principal: Principal): string {
  return principal.kind === 'anonymous' ? 'anonymous' : `${principal.subject.issuer}|${principal.subject.id}`
}
