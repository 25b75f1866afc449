import type { AccessConfig, BrokerConfig, VisaIssuerConfig } from '../../../schemas/index.js'
import { toHttpStatus, toNodeError } from '../../errors.js'
import { createAuthenticate, refuseSignatures } from '../authenticate.js'
import type { Authenticate, Caller, Credentials, VerifySignature } from '../caller.js'
import { createClearinghouse } from '../passport/clearinghouse.js'
import { createJsonClient, type FetchJson } from '../passport/fetch-json.js'
import type { Person } from '../person.js'
import { createTrust } from '../passport/trust.js'
import { REGISTERED_ACCESS } from '../passport/to-person.js'
import { startTestIssuer, type TestIssuer } from './test-issuer.js'

export const NODE = 'https://norr.test'
const ALL_TYPES = [
  'AffiliationAndRole',
  'AcceptedTermsAndPolicies',
  'ResearcherStatus',
  'ControlledAccessGrants',
  'LinkedIdentities',
]

/** A broker, an issuer of visas, and the clock of all of them. */
export interface AccessWorld {
  readonly broker: TestIssuer
  readonly rems: TestIssuer
  /** Milliseconds since 1970. */
  clock: number
  readonly now: () => Date
  close(): Promise<void>
}

export async function startAccessWorld(): Promise<AccessWorld> {
  const seconds = () => Math.floor(world.clock / 1000)
  const world: AccessWorld = {
    broker: await startTestIssuer('broker', seconds),
    rems: await startTestIssuer('rems', seconds, 'RS256'),
    clock: Date.UTC(2026, 0, 2, 12),
    now: () => new Date(world.clock),
    async close() {
      await Promise.all([world.broker.close(), world.rems.close()])
    },
  }
  return world
}

export interface AccessChanges {
  readonly access?: Partial<AccessConfig>
  readonly broker?: Partial<BrokerConfig>
  readonly rems?: Partial<VisaIssuerConfig>
  /** Further issuers of visas. */
  readonly issuers?: readonly VisaIssuerConfig[]
  readonly verifySignature?: VerifySignature
}

/** The rights to issue visas of every kind. */
export function toIssuerConfig({ issuer, jwksUri }: TestIssuer): VisaIssuerConfig {
  return { issuer, jku: [jwksUri], types: ALL_TYPES, sources: [issuer] }
}

/** A node that trusts the broker, and the issuer as one that uses the broker's names; with no cache of before. */
export interface TestNode {
  readonly authenticate: Authenticate
  /** Addresses that it asked. */
  readonly fetched: string[]
  /** Why visas did not count. */
  readonly dropped: string[]
}

export function createTestNode({ broker, rems, now }: AccessWorld, changes: AccessChanges = {}): TestNode {
  const fetched: string[] = []
  const dropped: string[] = []
  const client = createJsonClient(true)
  const fetchJson: FetchJson = (address, token) => {
    fetched.push(address)
    return client.fetchJson(address, token)
  }
  const access: AccessConfig = {
    trust: 'passport',
    brokers: [{ issuer: broker.issuer, jwksUri: broker.jwksUri, ...changes.broker }],
    visaIssuers: [{ ...toIssuerConfig(rems), subjectsOf: broker.issuer, ...changes.rems }, ...(changes.issuers ?? [])],
    allowPrivate: true,
    ...changes.access,
  }
  const realm = { id: 'se.fyr.norr', metadataUrl: () => `${NODE}/.well-known/oauth-protected-resource` }
  const trust = createTrust(access, () => access.audience ?? NODE, fetchJson, now)
  const clearinghouse = createClearinghouse(trust, realm, (reason) => dropped.push(reason))
  const { verifySignature = refuseSignatures } = changes
  return { authenticate: createAuthenticate({ access, realm, clearinghouse, verifySignature }), fetched, dropped }
}

/** A request with these headers; a list is of a header that was sent several times. */
export function toRequest(headers: Readonly<Record<string, string | readonly string[]>>, target = '/'): Credentials {
  const values = Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? [value] : value])
  return { method: 'GET', target, headers: new Map(values as [string, readonly string[]][]) }
}

export function withToken(token: string, headers: Readonly<Record<string, string>> = {}): Credentials {
  return toRequest({ authorization: `Bearer ${token}`, ...headers })
}

/** What became of a request: who asked, or status, challenge and message. */
export type Outcome =
  | { readonly status: 200; readonly caller: Caller }
  | {
      readonly status: number
      readonly error: string | undefined
      readonly message: string
      readonly challenge: string
    }

export async function outcomeOf({ authenticate }: TestNode, credentials: Credentials): Promise<Outcome> {
  try {
    return { status: 200, caller: await authenticate(credentials) }
  } catch (thrown) {
    const { code, headers, message } = toNodeError(thrown)
    const challenge = headers[headers.indexOf('www-authenticate') + 1] ?? ''
    const error = / ?error="([a-z_]+)"/.exec(challenge)?.[1] ?? (code === 'unavailable' ? 'unavailable' : undefined)
    return { status: toHttpStatus(code), error, message, challenge }
  }
}

/** The two visas of registered access. */
export function toRegisteredVisas(issuer: TestIssuer): Promise<string[]> {
  return Promise.all([
    issuer.toVisa({ type: 'ResearcherStatus', value: REGISTERED_ACCESS, by: 'so' }),
    issuer.toVisa({ type: 'AcceptedTermsAndPolicies', value: REGISTERED_ACCESS, by: 'self' }),
  ])
}

/** The person of a Passport of alice with these visas. */
export async function identifyBearer(
  { broker }: AccessWorld,
  node: TestNode,
  visas: readonly unknown[],
): Promise<Person> {
  const outcome = await outcomeOf(node, withToken(await broker.toPassport(visas, NODE)))
  if (!('caller' in outcome) || outcome.caller.principal.kind !== 'person') throw new Error(JSON.stringify(outcome))
  return outcome.caller.principal
}
