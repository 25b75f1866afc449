import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JWK } from 'jose'
import { createAccessTokenCheck } from './identity/access-token.js'
import { addIdentityRoutes, createIdentityApp } from './identity/identity-app.js'
import { importOidcProvider } from './identity/oidc-package.js'
import { createPassportOffice } from './identity/passports.js'
import { toProviderConfig } from './identity/provider-config.js'
import { createSigningKey } from './identity/signing-key.js'
import { addTokenExchange } from './identity/token-exchange.js'
import { LOOPBACK } from './ports.js'

export interface IdentityProviderOptions {
  /** On loopback; 0 takes a free one. */
  readonly port: number
  /** Nodes for which Passports are made, as `aud` names them. */
  readonly audiences: readonly string[]
  /** Public keys of the hubs that act for people, by client. */
  readonly hubKeys?: ReadonlyMap<string, JWK>
  readonly now?: () => Date
}

export interface IdentityProvider {
  /** Where it listens. */
  readonly url: string
  readonly issuer: string
  readonly visaIssuer: string
  /** Where the keys of visas are. */
  readonly visaJku: string
  close(): Promise<void>
}

/** Addresses of an identity provider at a URL; they are known before it runs. */
export function toIdentityAddresses(url: string): Omit<IdentityProvider, 'close'> {
  return { url, issuer: `${url}/oidc`, visaIssuer: `${url}/visas`, visaJku: `${url}/visas/jwks.json` }
}

/**
 * The identity provider of the demonstration, on loopback: anybody can be anyone of `ACCOUNTS`. Never for real data.
 *
 * @throws Error the port cannot be had
 */
export async function createIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { port, audiences, hubKeys = new Map<string, JWK>(), now = () => new Date() } = options
  const refuse: RequestListener = (_request, response) => void response.writeHead(503).end()
  let handle = refuse
  // The issuer holds the port, so the port comes first.
  const server = createServer((request, response) => handle(request, response))
  server.listen(port, LOOPBACK)
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  try {
    const addresses = toIdentityAddresses(`http://${LOOPBACK}:${(server.address() as AddressInfo).port}`)
    const { issuer, visaIssuer, visaJku } = addresses
    const [key, visaKey] = await Promise.all([createSigningKey(), createSigningKey()])
    const office = createPassportOffice({ issuer, key, visaIssuer, visaJku, visaKey, now })
    const checkAccessToken = createAccessTokenCheck(issuer, key.publicJwk, now)
    const oidc = await importOidcProvider()
    const provider = new oidc.Provider(issuer, toProviderConfig({ oidc, issuer, key: key.privateJwk, hubKeys, now }))
    addTokenExchange(provider, { oidc, office, checkAccessToken, audiences, hubKeys })
    const app = createIdentityApp(issuer)
    addIdentityRoutes(app, { provider, addresses, office, checkAccessToken, visaKeys: [visaKey.publicJwk] })
    handle = app
    return { ...addresses, close }
  } catch (error) {
    await close()
    throw error
  }
}
