import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'

/** Of registered access (GA4GH Passport v1.2, registered-access value). */
const REGISTERED = 'https://doi.org/10.1038/s41431-018-0219-y'
const ALGORITHM = 'ES256'
/** Longer than the longest test, and shorter than the 15 minutes that a node takes one for. */
const LIFETIME_SECONDS = 12 * 60
const KEY_ID = 'test-1'

export interface PassportWish {
  readonly subject: string
  readonly audience: string
  readonly isRegistered: boolean
  readonly affiliations?: readonly { readonly value: string; readonly by: string }[]
  readonly project?: string
  readonly purpose?: string
  /** OAuth client that it is made for. */
  readonly client?: string
  readonly lifetimeSeconds?: number
  /** The hub that may use it, and the thumbprint of the key with which it signs; absent: requests need not be signed. */
  readonly hub?: { readonly client: string; readonly keyThumbprint?: string }
}

/** A broker of its own, that also asserts who is a researcher; its keys are served over HTTP on loopback. */
export interface PassportIssuer {
  readonly issuer: string
  readonly jwksUri: string
  toPassport(wish: PassportWish): Promise<string>
  close(): void
}

interface Said {
  readonly type: string
  readonly value: string
  readonly by: string
}

function toVisa(issuer: string, subject: string, said: Said, now: number, key: CryptoKey, jku: string) {
  const visa = { ...said, asserted: now - 60, source: issuer }
  return new SignJWT({ ga4gh_visa_v1: visa })
    .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, jku, typ: 'vnd.ga4gh.visa+jwt' })
    .setIssuer(issuer)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(key)
}

export async function startPassportIssuer(): Promise<PassportIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM)
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' }] })
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(keys)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const jwksUri = `${issuer}jwks`
  return {
    issuer,
    jwksUri,
    async toPassport(wish) {
      const { subject, audience, isRegistered, affiliations = [], project, purpose, client, hub } = wish
      const now = Math.floor(Date.now() / 1_000)
      const types = isRegistered ? ['ResearcherStatus', 'AcceptedTermsAndPolicies'] : []
      const said = [
        ...types.map((type) => ({ type, value: REGISTERED, by: 'system' })),
        ...affiliations.map((one) => ({ type: 'AffiliationAndRole', ...one })),
      ]
      const visas = await Promise.all(said.map((one) => toVisa(issuer, subject, one, now, privateKey, jwksUri)))
      const asked = {
        ...(project === undefined ? {} : { ngp_project: project }),
        ...(purpose === undefined ? {} : { ngp_purpose: purpose }),
        ...(client === undefined ? {} : { client_id: client }),
        ...(hub === undefined ? {} : { act: { sub: hub.client } }),
        ...(hub?.keyThumbprint === undefined ? {} : { cnf: { jkt: hub.keyThumbprint } }),
      }
      return new SignJWT({ ...asked, ga4gh_passport_v1: visas })
        .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: 'vnd.ga4gh.passport+jwt' })
        .setIssuer(issuer)
        .setSubject(subject)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + (wish.lifetimeSeconds ?? LIFETIME_SECONDS))
        .setJti(randomUUID())
        .sign(privateKey)
    },
    close: () => void server.close(),
  }
}
