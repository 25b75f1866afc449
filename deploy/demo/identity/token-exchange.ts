import { calculateJwkThumbprint, type JWK } from 'jose'
import type * as OidcProvider from 'oidc-provider'
import type { AccessTokenCheck } from './access-token.js'
import { PASSPORT_SECONDS, type PassportOffice } from './passports.js'

/** RFC 8693. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
/** GA4GH AAI 1.2. */
export const PASSPORT_TYPE = 'urn:ga4gh:params:oauth:token-type:passport'

/** HL7 v3 ActReason, as the nodes know it. */
const PURPOSES: readonly string[] = ['TREAT', 'HRESCH', 'HQUALIMP', 'PUBHLTH', 'PATRQT', 'HTEST']
const PROJECT = /^urn:[a-z0-9][a-z0-9-]{0,31}:[!-~]{1,200}$/i

interface ExchangeParameters {
  readonly requested_token_type?: string
  readonly subject_token?: string
  readonly subject_token_type?: string
  readonly resource?: string | string[]
  readonly ngp_purpose?: string
  readonly ngp_project?: string
}

export interface TokenExchangeParts {
  readonly oidc: typeof OidcProvider
  readonly office: PassportOffice
  readonly checkAccessToken: (text: string) => Promise<AccessTokenCheck>
  /** Nodes for which Passports are made. */
  readonly audiences: readonly string[]
  /** Public keys of the clients that act for others: what they get is bound to their key. */
  readonly hubKeys: ReadonlyMap<string, JWK>
}

/** Access token for Passport (RFC 8693, GA4GH AAI 1.2): a hub's bears its name and key, a person's own client gets a plain one. */
export function addTokenExchange(provider: OidcProvider.Provider, parts: TokenExchangeParts): void {
  const { oidc, office, checkAccessToken, audiences, hubKeys } = parts
  const { InvalidRequest, InvalidTarget } = oidc.errors

  const exchange = async (ctx: OidcProvider.TokenEndpointGrantContext<ExchangeParameters>): Promise<void> => {
    const { params, client } = ctx.oidc
    if (params.requested_token_type !== PASSPORT_TYPE)
      throw new InvalidRequest('requested_token_type must be the Passport')
    if (params.subject_token_type !== ACCESS_TOKEN_TYPE || params.subject_token === undefined)
      throw new InvalidRequest('the subject token must be an access token')
    const { ngp_purpose: purpose, ngp_project: project } = params
    if (purpose !== undefined && !PURPOSES.includes(purpose)) throw new InvalidRequest('ngp_purpose is not known')
    if (project !== undefined && !PROJECT.test(project)) throw new InvalidRequest('ngp_project must be a URN')
    const checked = await checkAccessToken(params.subject_token)
    // RFC 8693 section 2.2.2.
    if (!checked.ok) throw new InvalidRequest('the subject token is not valid')
    const { account, client: loggedInWith, authTime } = checked.token
    const hubKey = hubKeys.get(client.clientId)
    // A client that anybody can claim to be exchanges what was given to itself, and nothing else.
    if (!hubKey && loggedInWith !== client.clientId) throw new InvalidRequest('the subject token is not valid')
    const wanted = [params.resource ?? []].flat()
    if (wanted.length === 0 || !wanted.every((resource) => audiences.includes(resource)))
      throw new InvalidTarget('no Passport is made for this resource')
    const passport = await office.passport({
      account,
      audiences: wanted,
      client: client.clientId,
      ...(hubKey ? { actor: { client: client.clientId, keyThumbprint: await calculateJwkThumbprint(hubKey) } } : {}),
      ...(purpose === undefined ? {} : { purpose }),
      ...(project === undefined ? {} : { project }),
      ...(authTime === undefined ? {} : { authTime }),
    })
    ctx.body = {
      access_token: passport,
      issued_token_type: PASSPORT_TYPE,
      token_type: 'Bearer',
      expires_in: PASSPORT_SECONDS,
    }
  }

  provider.registerGrantType<ExchangeParameters>(
    TOKEN_EXCHANGE,
    exchange,
    ['requested_token_type', 'subject_token', 'subject_token_type', 'resource', 'ngp_purpose', 'ngp_project'],
    ['resource'],
  )
}
