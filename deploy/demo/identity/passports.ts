import { randomUUID } from 'node:crypto'
import type { Account, AccountVisa } from './accounts.js'
import type { SigningKey } from './signing-key.js'

/** A Passport is for the next few minutes; whoever holds it asks again with it, or loses it. */
export const PASSPORT_SECONDS = 300
const VISA_SECONDS = 3_600
/** Visas were asserted some time ago, as those of real organisations. */
const ASSERTED_SECONDS_AGO = 24 * 3_600

/** How anybody in the demonstration has logged in: by saying who they are. */
export const DEMO_ACR = 'urn:fyr:demo:loa'

export interface PassportRequest {
  readonly account: Account
  /** Nodes that are to accept it. */
  readonly audiences: readonly string[]
  /** OAuth client that asked for it. */
  readonly client: string
  /** A hub that acts for the person, and the thumbprint (RFC 7638) of the key that it must show. */
  readonly actor?: { readonly client: string; readonly keyThumbprint: string }
  readonly purpose?: string
  readonly project?: string
  /** Seconds since 1970. */
  readonly authTime?: number
}

/** Makes Passports (GA4GH Passport v1.2) and the visas in them. */
export interface PassportOffice {
  /** Signed visas of a person. */
  visas(account: Account): Promise<readonly string[]>
  passport(request: PassportRequest): Promise<string>
}

export interface PassportOfficeParts {
  readonly issuer: string
  readonly key: SigningKey
  /** Visas come from an issuer of their own, as those of real organisations do. */
  readonly visaIssuer: string
  readonly visaJku: string
  readonly visaKey: SigningKey
  readonly now: () => Date
}

export function createPassportOffice(parts: PassportOfficeParts): PassportOffice {
  const { issuer, key, visaIssuer, visaJku, visaKey, now } = parts
  const seconds = () => Math.floor(now().getTime() / 1_000)

  const signVisa = (account: Account, { type, value, source, by }: AccountVisa): Promise<string> => {
    const iat = seconds()
    const visa = { type, value, source, by, asserted: iat - ASSERTED_SECONDS_AGO }
    const payload = { iss: visaIssuer, sub: account.id, iat, exp: iat + VISA_SECONDS, jti: randomUUID() }
    return visaKey.sign({ ...payload, ga4gh_visa_v1: visa }, { typ: 'vnd.ga4gh.visa+jwt', jku: visaJku })
  }
  const visas = (account: Account) => Promise.all(account.visas.map((visa) => signVisa(account, visa)))

  return {
    visas,
    async passport({ account, audiences, client, actor, purpose, project, authTime }) {
      const iat = seconds()
      const payload = {
        iss: issuer,
        sub: account.id,
        aud: [...audiences],
        iat,
        nbf: iat,
        exp: iat + PASSPORT_SECONDS,
        jti: randomUUID(),
        client_id: client,
        ...(actor ? { act: { sub: actor.client }, cnf: { jkt: actor.keyThumbprint } } : {}),
        acr: DEMO_ACR,
        ...(authTime === undefined ? {} : { auth_time: authTime }),
        ...(purpose === undefined ? {} : { ngp_purpose: purpose }),
        ...(project === undefined ? {} : { ngp_project: project }),
        ga4gh_passport_v1: await visas(account),
      }
      return key.sign(payload, { typ: 'vnd.ga4gh.passport+jwt' })
    },
  }
}
