import { closed, text } from '../json-schema.js'

/** How much proof a node wants of who passes a question on, beside the person's Passport. */
export const TRUST_LEVELS = ['passport', 'signed', 'signed+mtls'] as const
export type TrustLevel = (typeof TRUST_LEVELS)[number]

/** A GA4GH AAI broker whose Passports are accepted. URLs are compared as they are written. */
export interface BrokerConfig {
  readonly issuer: string
  readonly jwksUri: string
  /** Access tokens of this broker are accepted too, and the visas are asked for there (LS-AAI). */
  readonly userinfoEndpoint?: string
  /** Values of `aud` of its access tokens that are accepted, beside the node's own audience and the issuer. */
  readonly accessTokenAudience?: readonly string[]
  /** False: Passports may lack `aud`, and must then be bound to a key (`cnf`). Default: true. */
  readonly requiresAudience?: boolean
  /** Values of `acr` with which records may be asked, and counts; absent: any. */
  readonly acceptedAcr?: { readonly record?: readonly string[]; readonly count?: readonly string[] }
  /** Longest time since the login with which counts and records may be asked, seconds; absent: any. */
  readonly maximumLoginAge?: number
}

/** Whose visas are accepted, and for what: without these bounds any issuer could grant any node's data. */
export interface VisaIssuerConfig {
  readonly issuer: string
  /** Where its keys may be: the only addresses that a visa's `jku` may name. */
  readonly jku: readonly string[]
  readonly types: readonly string[]
  readonly sources: readonly string[]
  /** Values must begin with it; absent: any. */
  readonly valuePrefix?: string
  /** Organisations of which its AffiliationAndRole visas may speak, as in `audiences`; absent: any. */
  readonly organisations?: readonly string[]
  /** Issuer of the broker whose subjects this one uses unchanged. */
  readonly subjectsOf?: string
  /** Its LinkedIdentities visas are believed. Default: false. */
  readonly isLinker?: boolean
  /** Longest time since `asserted` that a visa is worth something, seconds. */
  readonly maximumAge?: number
}

/** A hub that may pass questions on. */
export interface HubClientConfig {
  /** `keyid` of its signatures. */
  readonly keyId: string
  /** `act.sub` of the Passports that it uses. */
  readonly client: string
  /** Its public key as a JWK in a file, P-256 or Ed25519; from the node's directory. */
  readonly publicKeyFile: string
  /** SHA-256 of its TLS certificate, hexadecimal; needed at `signed+mtls`. */
  readonly certificateSha256?: string
}

/** A REMS whose decisions are asked for again at every use. */
export interface RemsConfig {
  readonly url: string
  readonly apiKeyFile: string
  readonly userId: string
  /** Issuer of its visas, one of `visaIssuers`. */
  readonly issuer: string
  /** For whose data it decides; default: the node's organization. */
  readonly controller?: string
}

/** The node as an issuer of visas for its own grants. */
export interface VisasConfig {
  /** The key with which brokers ask for them; from the node's directory. */
  readonly apiKeyFile: string
  /** Issuer of the broker whose subjects the members of projects are; default: the only one of `brokers`. */
  readonly subjectsOf?: string
}

/**
 * Home organisations by territory: `kth.se` is that one alone, `*.kth.se` whatever is below it. Those of the region are national
 * too, and national ones of the EEA. Absent: nobody is of it by this key.
 */
export interface AudienceOrganisations {
  readonly region?: readonly string[]
  readonly national?: readonly string[]
  readonly EEA?: readonly string[]
}

/** `access` of `node.yaml`; absent: nobody is known to the node, and public data alone are told. */
export interface AccessConfig {
  readonly trust: TrustLevel
  /** What `aud` of a Passport for this node must be; default: the origin of `baseUrl`. */
  readonly audience?: string
  readonly brokers: readonly BrokerConfig[]
  readonly visaIssuers: readonly VisaIssuerConfig[]
  readonly hubs?: readonly HubClientConfig[]
  /** A person's own Passport, which no hub passed on and no key is bound to, is refused unless this is `bearer`. */
  readonly direct?: 'refused' | 'bearer'
  /** Whether patients' data may serve the care of other patients (TREAT). Default: false. */
  readonly care?: boolean
  /** Whether the law lets data serve public health (PUBHLTH) without regard to consent and blocks. Default: false. */
  readonly publicHealthByLaw?: boolean
  /** Who is of the region, the country and the EEA, to which grants may be; absent: nobody. */
  readonly audiences?: AudienceOrganisations
  readonly rems?: readonly RemsConfig[]
  /** Absent: the node issues no visas. */
  readonly visas?: VisasConfig
  /** Allow brokers and issuers on private and loopback addresses and without TLS: for tests and demonstrations. */
  readonly allowPrivate?: boolean
}

const url = { type: 'string', format: 'uri', pattern: '^https?://' }
const texts = { type: 'array', items: text }
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
const organisations = {
  type: 'array',
  items: { type: 'string', pattern: String.raw`^(\*(\.${label})+|${label}(\.${label})+)$`, maxLength: 255 },
}
const list = (required: readonly string[], properties: object) => ({
  type: 'array',
  items: { type: 'object', required, properties, ...closed },
})

export const accessSchema = {
  type: 'object',
  required: ['trust', 'brokers', 'visaIssuers'],
  properties: {
    trust: { enum: TRUST_LEVELS },
    audience: text,
    brokers: list(['issuer', 'jwksUri'], {
      issuer: text,
      jwksUri: url,
      userinfoEndpoint: url,
      accessTokenAudience: texts,
      requiresAudience: { type: 'boolean' },
      acceptedAcr: { type: 'object', properties: { record: texts, count: texts }, ...closed },
      maximumLoginAge: { type: 'integer', minimum: 1 },
    }),
    visaIssuers: list(['issuer', 'jku', 'types', 'sources'], {
      issuer: text,
      jku: { type: 'array', items: url, minItems: 1 },
      types: texts,
      sources: texts,
      valuePrefix: text,
      organisations,
      subjectsOf: text,
      isLinker: { type: 'boolean' },
      maximumAge: { type: 'integer', minimum: 1 },
    }),
    hubs: list(['keyId', 'client', 'publicKeyFile'], {
      keyId: text,
      client: text,
      publicKeyFile: text,
      certificateSha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    }),
    direct: { enum: ['refused', 'bearer'] },
    care: { type: 'boolean' },
    publicHealthByLaw: { type: 'boolean' },
    audiences: {
      type: 'object',
      properties: { region: organisations, national: organisations, EEA: organisations },
      ...closed,
    },
    rems: list(['url', 'apiKeyFile', 'userId', 'issuer'], {
      url,
      apiKeyFile: text,
      userId: text,
      issuer: text,
      controller: text,
    }),
    visas: {
      type: 'object',
      required: ['apiKeyFile'],
      properties: { apiKeyFile: text, subjectsOf: text },
      ...closed,
    },
    allowPrivate: { type: 'boolean' },
  },
  ...closed,
}
