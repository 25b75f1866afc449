/** Names on the wire of the exchange of an access token for a Passport: RFC 8693 and GA4GH AAI 1.2. */
export const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
export const PASSPORT_TYPE = 'urn:ga4gh:params:oauth:token-type:passport'
/** Scope of the access tokens of which Passports can be made. */
export const PASSPORT_SCOPE = 'openid ga4gh_passport_v1'

export interface ExchangeRequest {
  readonly accessToken: string
  /** Who is to accept the Passport. */
  readonly audience: string
  readonly purpose?: string
  readonly project?: string
}

/** The form of the exchange, without what says which client asks. */
export function toExchangeForm({ accessToken, audience, purpose, project }: ExchangeRequest): Record<string, string> {
  return {
    grant_type: TOKEN_EXCHANGE_GRANT,
    requested_token_type: PASSPORT_TYPE,
    subject_token: accessToken,
    subject_token_type: ACCESS_TOKEN_TYPE,
    resource: audience,
    // Of the broker's own making: tools that can send nothing but a token say by it what it is for.
    ...(purpose === undefined ? {} : { ngp_purpose: purpose }),
    ...(project === undefined ? {} : { ngp_project: project }),
  }
}
