import type { HeldGrant } from '../access/register/held-grants.js'
import type { VisaKey } from './visa-key.js'

/** A day: brokers ask anew, and what was revoked is not in the next. */
const LONGEST_LIFE_S = 24 * 60 * 60

export interface Issuing {
  readonly key: VisaKey
  /** Of the node as others reach it, without a slash at the end. */
  readonly origin: string
  readonly now: Date
}

export function visaIssuer(origin: string): string {
  return `${origin}/visas`
}

export function visaJku(origin: string): string {
  return `${origin}/.well-known/visa-jwks.json`
}

/**
 * The visas of somebody's grants (GA4GH Passport v1.2, ControlledAccessGrants): their value names a level and a tag or a dataset.
 * They tell others what was granted; the node itself looks into its register, whatever a visa says.
 */
export function issueVisas(sub: string, held: readonly HeldGrant[], { key, origin, now }: Issuing): readonly string[] {
  const issuedAt = Math.floor(now.getTime() / 1000)
  return held.map(({ grant, member, level, name, dac, from, to }) => {
    const header = { typ: 'vnd.ga4gh.visa+jwt', jku: visaJku(origin) }
    return key.sign(header, {
      iss: visaIssuer(origin),
      sub,
      jti: `${grant}:${member}`,
      iat: issuedAt,
      exp: Math.min(issuedAt + LONGEST_LIFE_S, toSeconds(to)),
      ga4gh_visa_v1: {
        type: 'ControlledAccessGrants',
        asserted: toSeconds(from),
        value: `${origin}/access/${level}/${name}`,
        // A committee that is called by a name has no URL, and the node speaks for it.
        source: dac !== undefined && /^https?:\/\//.test(dac) ? dac : `${origin}/`,
        by: 'dac',
      },
    })
  })
}

function toSeconds(moment: string): number {
  return Math.floor(Date.parse(moment) / 1000)
}
