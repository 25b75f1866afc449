import { randomBytes } from 'node:crypto'
import type { JWK } from 'jose'
import type * as OidcProvider from 'oidc-provider'
import { PASSPORT_SCOPE } from './access-token.js'
import { findAccount } from './accounts.js'
import { createMemoryStore } from './memory-store.js'
import { toCodePage, toConfirmPage, toDonePage, toErrorPage } from './pages.js'
import { DEMO_ACR } from './passports.js'
import { SIGNING_ALGORITHM } from './signing-key.js'
import { TOKEN_EXCHANGE } from './token-exchange.js'

/** Client of `fyr` on a person's machine: anybody can claim to be it, so it has no secret, and PKCE stands in (RFC 8252). */
export const PERSON_CLIENT = 'fyr'
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

const ACCESS_TOKEN_SECONDS = 600
/** A working day, then one logs in again. */
const SESSION_SECONDS = 8 * 3_600

const PERSON: OidcProvider.ClientMetadata = {
  client_id: PERSON_CLIENT,
  client_name: 'The command line fyr',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE, TOKEN_EXCHANGE],
  response_types: ['code'],
  // Any port of loopback (RFC 8252 section 7.3).
  redirect_uris: ['http://127.0.0.1/callback'],
}

function toHubClient(clientId: string, key: JWK): OidcProvider.ClientMetadata {
  return {
    client_id: clientId,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: key.kty === 'OKP' ? 'EdDSA' : 'ES256',
    jwks: { keys: [{ ...key }] },
    grant_types: [TOKEN_EXCHANGE],
    response_types: [],
    redirect_uris: [],
  }
}

export interface ProviderSettings {
  readonly oidc: typeof OidcProvider
  readonly issuer: string
  /** Private key of tokens. */
  readonly key: JWK
  /** Public keys of hubs, by client. */
  readonly hubKeys: ReadonlyMap<string, JWK>
  readonly now: () => Date
}

/** Authorization code with PKCE, device flow, refresh; access tokens are JWTs for the issuer itself (RFC 9068). */
export function toProviderConfig({ oidc, issuer, key, hubKeys, now }: ProviderSettings): OidcProvider.Configuration {
  const { Check, base } = oidc.interactionPolicy
  const policy = base()
  // So that one can become somebody else without looking for a cookie.
  const asksAlways = new Check('demo', 'who it is today is asked every time', (ctx) =>
    ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
  )
  policy.get('login')?.checks.add(asksAlways)
  return {
    adapter: createMemoryStore([PERSON, ...[...hubKeys].map(([id, jwk]) => toHubClient(id, jwk))], now),
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHM },
    jwks: { keys: [key] },
    scopes: ['openid', 'profile', 'offline_access', 'ga4gh_passport_v1'],
    claims: { openid: ['sub'], profile: ['name'] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    pkce: { required: () => true },
    interactions: { policy, url: (_ctx, { uid }) => `${new URL(issuer).pathname}/interaction/${uid}` },
    findAccount: (_ctx, id) => {
      const account = findAccount(id)
      return account && { accountId: account.id, claims: () => ({ sub: account.id, name: account.name }) }
    },
    extraTokenClaims: (ctx) => {
      const authTime = ctx.oidc.entities.AuthorizationCode?.authTime ?? ctx.oidc.entities.DeviceCode?.authTime
      return { acr: DEMO_ACR, ...(authTime === undefined ? {} : { auth_time: authTime }) }
    },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    renderError: (ctx, { error, error_description: description }) => {
      ctx.type = 'html'
      ctx.body = toErrorPage(description ?? error)
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, form, _out, error) => {
          ctx.body = toCodePage(
            form,
            error && 'This code is not right, or is over. Enter the one that your terminal shows.',
          )
        },
        userCodeConfirmSource: (ctx, form, client, _info, code) => {
          ctx.body = toConfirmPage(form, client.clientName ?? client.clientId, code)
        },
        successSource: (ctx) => {
          ctx.body = toDonePage()
        },
      },
      resourceIndicators: {
        enabled: true,
        // Whoever names none gets a token for Passports.
        defaultResource: (_ctx, _client, oneOf) => oneOf ?? issuer,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== issuer) throw new oidc.errors.InvalidTarget()
          return { scope: PASSPORT_SCOPE, accessTokenFormat: 'jwt', jwt: { sign: { alg: SIGNING_ALGORITHM } } }
        },
      },
    },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      DeviceCode: 600,
      Grant: SESSION_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: 600,
      RefreshToken: SESSION_SECONDS,
      Session: SESSION_SECONDS,
    },
  }
}
