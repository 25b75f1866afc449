import express, { urlencoded, type ErrorRequestHandler, type Express, type Request, type Response } from 'express'
import helmet from 'helmet'
import type { JWK } from 'jose'
import type { Provider } from 'oidc-provider'
import type { AccessTokenCheck } from './access-token.js'
import { findAccount } from './accounts.js'
import { toErrorPage, toHomePage, toLoginPage } from './pages.js'
import { DEMO_ACR, type PassportOffice } from './passports.js'

export interface IdentityRoutes {
  readonly provider: Provider
  readonly addresses: { readonly issuer: string; readonly visaJku: string }
  readonly office: PassportOffice
  readonly checkAccessToken: (text: string) => Promise<AccessTokenCheck>
  readonly visaKeys: readonly JWK[]
}

/** Pages without script; forms go to itself, and from there to wherever a client of a person listens on loopback. */
const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'style-src': ["'unsafe-inline'"],
      'img-src': ['data:'],
      'form-action': ["'self'", 'http://127.0.0.1:*'],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  strictTransportSecurity: false,
})

export function createIdentityApp(issuer: string): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders)
  app.get('/', (_request, response) => void response.type('html').send(toHomePage(issuer)))
  return app
}

/** Login by picking a person; a `login_hint` that names one picks it. */
function addLogin(app: Express, provider: Provider, base: string): void {
  const path = `${base}/interaction/:uid`

  const logIn = async (request: Request, response: Response, person: unknown) => {
    const account = findAccount(person)
    if (!account) return void response.status(400).type('html').send(toErrorPage('There is nobody of this name.'))
    const result = { login: { accountId: account.id, acr: DEMO_ACR, amr: ['demo'], remember: false } }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  app.get(path, async (request, response) => {
    const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
    const { login_hint: hint, client_id: client } = params
    if (prompt.name === 'login') {
      if (findAccount(hint)) return logIn(request, response, hint)
      const found = typeof client === 'string' ? await provider.Client.find(client) : undefined
      return void response.type('html').send(toLoginPage(request.path, found?.clientName ?? 'Somebody'))
    }
    // Every client here is the demonstration's own: what it asks for it gets.
    const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
    const grant = known ?? new provider.Grant({ accountId: session?.accountId, clientId: String(client) })
    const { missingOIDCScope, missingResourceScopes } = prompt.details as {
      missingOIDCScope?: readonly string[]
      missingResourceScopes?: Readonly<Record<string, readonly string[]>>
    }
    if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '))
    for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {}))
      grant.addResourceScope(resource, scopes.join(' '))
    const result = { consent: { grantId: await grant.save() } }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
  })

  app.post(path, urlencoded({ extended: false, limit: '4kb' }), async (request, response) => {
    const { prompt } = await provider.interactionDetails(request, response)
    if (prompt.name !== 'login') return void response.redirect(request.originalUrl)
    await logIn(request, response, (request.body as { person?: unknown } | undefined)?.person)
  })
}

/**
 * Userinfo as GA4GH AAI 1.0 has it: it takes the Passport-scoped access token, which the package's own refuses because it is bound
 * to an audience.
 */
function addUserinfo(app: Express, base: string, routes: IdentityRoutes): void {
  const { addresses, office, checkAccessToken } = routes
  app.all(`${base}/me`, async (request, response) => {
    response.set({ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' })
    const sent = /^Bearer ([\w.~+/=-]+)$/i.exec(request.get('authorization') ?? '')
    if (!sent) return void response.status(401).set('www-authenticate', 'Bearer realm="demo"').end()
    const checked = await checkAccessToken(sent[1]!)
    if (!checked.ok) {
      const challenge = `Bearer realm="demo", error="${checked.error}"`
      const status = checked.error === 'insufficient_scope' ? 403 : 401
      return void response.status(status).set('www-authenticate', challenge).json({ error: checked.error })
    }
    const { account } = checked.token
    const visas = await office.visas(account)
    response.json({ iss: addresses.issuer, sub: account.id, name: account.name, ga4gh_passport_v1: visas })
  })
}

const showError: ErrorRequestHandler = (_error, _request, response, next) => {
  if (response.headersSent) return next(_error)
  response.status(400).type('html').send(toErrorPage('This login is over, or was never begun. Begin again.'))
}

export function addIdentityRoutes(app: Express, routes: IdentityRoutes): void {
  const { provider, addresses, visaKeys } = routes
  const base = new URL(addresses.issuer).pathname
  app.get(new URL(addresses.visaJku).pathname, (_request, response) => void response.json({ keys: visaKeys }))
  addUserinfo(app, base, routes)
  addLogin(app, provider, base)
  const callback = provider.callback()
  app.use(base, (request, response) => void callback(request, response))
  app.use(showError)
}
