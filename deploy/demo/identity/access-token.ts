import { createLocalJWKSet, errors, jwtVerify, type JWK } from 'jose'
import { findAccount, type Account } from './accounts.js'
import { SIGNING_ALGORITHM } from './signing-key.js'

/** What a Passport-scoped access token must be good for (GA4GH AAI 1.2). */
export const PASSPORT_SCOPE = 'openid ga4gh_passport_v1'

export interface AccessToken {
  readonly account: Account
  /** Client that the person logged in with. */
  readonly client: string
  readonly authTime?: number
}

/** `insufficient_scope`: it is good, but not for Passports (RFC 6750 section 3.1). */
export type AccessTokenCheck =
  | { readonly ok: true; readonly token: AccessToken }
  | { readonly ok: false; readonly error: 'invalid_token' | 'insufficient_scope' }

/** Checks the access tokens that the identity provider gave out itself. */
export function createAccessTokenCheck(
  issuer: string,
  publicJwk: JWK,
  now: () => Date,
): (text: string) => Promise<AccessTokenCheck> {
  const keys = createLocalJWKSet({ keys: [publicJwk] })
  return async (text) => {
    try {
      const { payload } = await jwtVerify(text, keys, {
        issuer,
        audience: issuer,
        typ: 'at+jwt',
        algorithms: [SIGNING_ALGORITHM],
        requiredClaims: ['sub', 'scope', 'exp', 'iat', 'client_id'],
        currentDate: now(),
      })
      const { sub, scope, client_id: client, auth_time: authTime } = payload
      const account = findAccount(sub)
      if (!account || typeof scope !== 'string' || typeof client !== 'string')
        return { ok: false, error: 'invalid_token' }
      const scopes = scope.split(' ')
      if (!PASSPORT_SCOPE.split(' ').every((needed) => scopes.includes(needed)))
        return { ok: false, error: 'insufficient_scope' }
      return { ok: true, token: { account, client, ...(typeof authTime === 'number' ? { authTime } : {}) } }
    } catch (error) {
      if (error instanceof errors.JOSEError) return { ok: false, error: 'invalid_token' }
      throw error
    }
  }
}
